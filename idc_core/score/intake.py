"""Patches that somebody uploads in a zip: hostile until read, bounded in number, memory and time.

The zip is opened through the one gate of zips (`archives`). Entries are read one by one, never
unpacked to the disk, each through the one decoder of patches (`images`).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.folders.file_names import read_name
from idc_core.data.folders.patch_files import read_patch
from idc_core.data.folders.patch_sources import Skipped, copies_in
from idc_core.data.folders.sources import open_source
from idc_core.data.images import ImageRefused, most_bytes, pad_patch
from idc_core.data.whole_set import all_too_large
from idc_core.io.archives import Limits
from idc_core.io.progress import TellStage
from idc_core.io.refusal import Refusal
from idc_core.records.raster import USUAL
from idc_core.runs.run import UNLABELLED

MOST_PATCHES = 20_000
LIMITS = Limits(
    entries=MOST_PATCHES,
    entry_bytes=64 * 2**20,
    total_bytes=2 * 2**30,
    ratio=200,
    cure="For many: python train_cli.py predict --run RUN FOLDER --out scores.csv",
)


@dataclass(frozen=True)
class Brought:
    """`patches` (n, side, side, 3); `rows` in the same order: file, note, patient, x, y, label.

    Patient is "" and the place −1 where a name does not say them; the label is −1 then.
    """

    patches: npt.NDArray[np.uint8]
    rows: pd.DataFrame
    skipped: tuple[Skipped, ...]

    @property
    def placed(self) -> bool:
        """Whether every patch has a patient and a place of its own."""
        known = (self.rows["patient"] != "").all()
        return bool(known) and not self.rows.duplicated(["patient", "x", "y"]).any()


def read_zip(
    path: Path,
    progress: TellStage | None = None,
    side: int = USUAL.patch_px,
) -> Brought:
    """Every patch of a zip, by name, of at most `side` pixels a side and padded to that; what is no
    patch is listed with its reason.

    Raises `Refusal` where it is no zip, holds too much, or not one patch.
    """
    tell = progress or (lambda doing, done, of: None)
    taken: list[npt.NDArray[np.uint8]] = []
    rows: list[tuple[str, str, str, int, int, int]] = []
    with open_source(path, LIMITS) as source:
        copies = copies_in(source)
        skipped = [Skipped(*each) for each in [*source.skipped, *copies]]
        names = sorted(set(source.names) - {each.file for each in copies})
        for at, name in enumerate(names, start=1):
            tell("read", at, len(names))
            try:
                read = read_patch(source.read(name, most_bytes(side) + 1), side)
            except ImageRefused as refused:
                skipped.append(Skipped(name, refused.reason, str(refused)))
                continue
            except OSError as broken:
                why = f"it cannot be read ({broken.strerror or broken})."
                skipped.append(Skipped(name, "unreadable", why))
                continue
            taken.append(pad_patch(read.pixels, side))
            rows.append((name, read.note, *_place(name)))
    if not taken:
        whole = all_too_large([each.detail for each in skipped], side=side)
        if whole is not None:
            raise Refusal(f"expected patches in {path.name}: {whole}")
        first = f": {skipped[0]}" if skipped else ""
        raise Refusal(f"expected at least one patch in {path.name}: found none{first}")
    columns = ["file", "note", "patient", "x", "y", "label"]
    return Brought(np.stack(taken), pd.DataFrame(rows, columns=columns), tuple(skipped))


def _place(name: str) -> tuple[str, int, int, int]:
    try:
        known = read_name(name.rsplit("/", 1)[-1]).name
    except Refusal:
        return "", -1, -1, UNLABELLED
    return known.patient, known.x, known.y, known.label
