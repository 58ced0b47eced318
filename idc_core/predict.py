"""Score patches that lie in files: one, several, folders or zips of them.

Conventions:

- Any PNG or JPEG of at most 50×50 pixels is scored. What its name does not say stays empty in the
  table.
- A patch of which a source holds a second copy is scored once, as it is taken once by `prepare`.
- What cannot be read is listed with a reason and skipped; one bad file never ends the others.
- A file is named as it was given, of an absolute path only by what may leave this machine; a file
  in a folder or zip by its name in there, with the folder's or zip's own name before it if there
  are several sources.
- The called are those with `score >= threshold`.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.exports.facts import RAW, Facts
from idc_core.exports.table import table_csv
from idc_core.file_names import is_of_system, read_name
from idc_core.files import sha256_of, write_text
from idc_core.gate import Profile
from idc_core.images import MAX_BYTES, ImageRefused, Pixels, pad_patch
from idc_core.input_check import Checked, check, joined
from idc_core.layout import second_copies
from idc_core.lost_files import Loss, judge_files, side_of_folders
from idc_core.patch_files import LOSSY, read_patch
from idc_core.patches import PatchName
from idc_core.places import shown
from idc_core.provenance import now
from idc_core.recalibration import ScoreMap
from idc_core.refusal import Refusal
from idc_core.runs import Run
from idc_core.scoring import Scorer
from idc_core.sources import Reject, Source, open_source, same_bytes
from idc_core.store_words import kinds_told, second_copy

COLUMNS = ("file", "patient", "x", "y", "label", "score", "called", "odd")
"""file str · patient str or None · x, y, label Int64, empty where unknown · score float64 ·
called 0 or 1 · odd str, what the input check says of it in two words each, "" where nothing."""

BLOCK = 1024
"""Patches held in memory at a time: 30 MB as the network takes them."""

_PASSED_OVER = frozenset({"nested_copy", "browser_copy", "system_file"})
_AFTER_END = "bytes after the end"

Tell = Callable[[str, int, int], None]  # what is done, how many, of how many


class Skipped(Reject):
    """An input that was not scored: its name, a short code and a sentence."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"{self.file}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Predicted:
    """The scores, one row a patch in columns `COLUMNS`, what was skipped, and the input check;
    `lossy`: how many patches are JPEG, `after_end`: how many files have bytes after their end."""

    table: pd.DataFrame
    skipped: tuple[Skipped, ...]
    checked: Checked
    lossy: int = 0
    after_end: int = 0

    @property
    def refused(self) -> tuple[Skipped, ...]:
        """What was skipped and is neither a second copy nor a file of the system."""
        return tuple(each for each in self.skipped if each.reason not in _PASSED_OVER)

    def told(self) -> list[str]:
        """Sentences on copies, on files of the system, and on what is unusual about the files."""
        passed = Counter(each.reason for each in self.skipped if each.reason in _PASSED_OVER)
        system = passed.pop("system_file", 0)
        return [
            *second_copy(passed, done="scored"),
            *([f"Files of the system, passed over: {system:,}."] if system else []),
            *kinds_told(self.lossy, self.after_end, len(self.table)),
        ]

    def loss(self) -> Loss:
        """What the skipped files mean for classes, sides and patients, and one of those files."""
        side = self.table["file"].map(side_of_folders)
        sides = dict(zip(self.table["patient"], side, strict=True))
        sides.pop(None, None)
        return judge_files(self.table, sides, self.skipped)


def predict_sources(
    sources: Sequence[Path], scorer: Scorer, threshold: float, progress: Tell | None = None,
    *, calibration: ScoreMap | None = None, profile: Profile | None = None,
) -> Predicted:  # fmt: skip
    """Score every patch in `sources`, in their order, and by name within each.

    With the run's kept `calibration` scores are mapped before they are called. Every patch is held
    against the `profile` of the training patches; without one only size and blankness are checked.

    Raises `Refusal` only if the network itself will not do.
    """
    files: list[str] = []
    scores: list[npt.NDArray[np.float64]] = []
    skipped: list[Skipped] = []
    checked: list[Checked] = []
    kinds: Counter[str] = Counter()
    for path, named in zip(sources, _named(sources), strict=True):
        prefix = f"{named}/" if len(sources) > 1 else ""
        try:
            for names, patches, sizes in _blocks(path, named, prefix, skipped, kinds, progress):
                block = np.stack(patches)
                raw = scorer.score(block)
                checked.append(check(block, profile, np.array(sizes)))
                scores.append(raw if calibration is None else calibration.apply(raw))
                files.extend(names)
        except _Unopened as unopened:
            skipped.append(Skipped(path.as_posix(), "unreadable", str(unopened)))
        except OSError as broken:
            reason = f"it cannot be read ({broken.strerror or broken})."
            skipped.append(Skipped(path.as_posix(), "unreadable", reason))
    found = joined(checked)
    table = _table(files, scores, threshold).assign(odd=pd.Series(found.words(), dtype=object))
    return Predicted(table, tuple(skipped), found, kinds[LOSSY], kinds[_AFTER_END])


def write_scores(path: Path, table: pd.DataFrame, facts: Facts) -> None:
    """Write the table as CSV, whole or not at all, with what it was made of (see `facts_of`).

    File names are other people's text: one that a spreadsheet would take for a formula gets an
    apostrophe in front. A score has the digits that read back as the very same number.
    """
    patient = table["patient"]
    patients = int(patient.nunique()) if patient.notna().all() else None
    write_text(path, table_csv(table[list(COLUMNS)], facts.of(len(table), patients)))


def facts_of(run: Run, threshold: float) -> Facts:
    """What scores of a run's network were made of; files of one's own are in no split."""
    point = run.operating_point()
    locked = point is not None and float(point["threshold"]) == threshold
    return Facts(
        run=run.name, model=_digest(run.path / "model.onnx"), threshold=threshold,
        data=str((run.info.get("data") or {}).get("fingerprint") or "") or None,
        state="operating point" if locked else "exploratory",
        calibration=run.calibration_id() or RAW, made=now(),
    )  # fmt: skip


def _digest(file: Path) -> str | None:
    return sha256_of(file) if file.is_file() else None


class _Unopened(Refusal):
    """A source of which nothing can be read."""


def _blocks(
    path: Path, named: str, prefix: str, skipped: list[Skipped], kinds: Counter[str],
    progress: Tell | None,
) -> Iterator[tuple[list[str], list[Pixels], list[tuple[int, int]]]]:  # fmt: skip
    """Names, padded patches and true sizes of one source, at most `BLOCK` at a time."""
    names: list[str] = []
    patches: list[Pixels] = []
    sizes: list[tuple[int, int]] = []
    for name, data in _contents(path, named, prefix, skipped, progress):
        try:
            read = read_patch(data)
            patches.append(pad_patch(read.pixels))
            sizes.append((read.pixels.shape[1], read.pixels.shape[0]))
            names.append(name)
            kinds.update({LOSSY: read.converted == LOSSY, _AFTER_END: read.after_end > 0})
        except ImageRefused as refused:
            skipped.append(Skipped(name, refused.reason, str(refused)))
        if len(names) == BLOCK:
            yield names, patches, sizes
            names, patches, sizes = [], [], []
    if names:
        yield names, patches, sizes


def _contents(
    path: Path, named: str, prefix: str, skipped: list[Skipped], progress: Tell | None
) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every file of one source; what cannot be read goes to `skipped`."""
    if not path.is_dir() and not _is_zip(path):
        yield named, _bytes_of(path)
        return
    try:
        with open_source(path) as source:
            skipped.extend(Skipped(prefix + name, *why) for name, *why in source.skipped)
            yield from _read_all(source, prefix, skipped, progress)
    except Refusal as refused:
        raise _Unopened(str(refused)) from None


def _read_all(
    source: Source, prefix: str, skipped: list[Skipped], progress: Tell | None
) -> Iterator[tuple[str, bytes]]:
    copies = {each.file: each for each in copies_in(source)}
    for at, name in enumerate(sorted(source.names), start=1):
        if (copy := copies.get(name)) is not None:
            skipped.append(Skipped(prefix + name, copy.reason, copy.detail))
            continue
        try:
            # A byte more than is allowed, so that the decoder sees that it is too many.
            data = source.read(name, MAX_BYTES + 1)
        except OSError as broken:
            reason = broken.strerror or str(broken)
            skipped.append(Skipped(prefix + name, "unreadable", f"it cannot be read ({reason})."))
            continue
        finally:
            if progress is not None:
                progress(f"score {source.path.name}", at, len(source.names))
        yield prefix + name, data


def copies_in(source: Source) -> list[Reject]:
    """Files of a source that are passed over: second copies of others, and files of the system."""
    system = [name for name in source.names if is_of_system(name.rpartition("/")[2])]
    left = [Reject(name, "system_file", "a file of the system, no patch") for name in system]
    equal = partial(same_bytes, source)
    return left + second_copies(source.names, source.path.resolve().stem, equal)


def _named(sources: Sequence[Path]) -> list[str]:
    """Sources as they were given; of absolute paths only what may leave this machine, and as much
    of it as tells them apart."""
    names = [shown(path) if path.is_absolute() else path.as_posix() for path in sources]
    if len(set(names)) == len(set(sources)):
        return names
    absolute = [path for path in sources if path.is_absolute()]
    common = Path(os.path.commonpath([path.parent for path in absolute]))
    return [
        path.relative_to(common).as_posix() if path.is_absolute() else name
        for path, name in zip(sources, names, strict=True)
    ]


def _is_zip(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06") or path.suffix.lower() == ".zip"


def _bytes_of(path: Path) -> bytes:
    if not path.is_file():
        there = "it is neither a file nor a folder." if path.exists() else "it is not there."
        raise _Unopened(there)
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _table(
    files: list[str], scores: list[npt.NDArray[np.float64]], threshold: float
) -> pd.DataFrame:
    score = np.concatenate(scores) if scores else np.empty(0, np.float64)
    known = [_known(file) for file in files]
    columns: dict[str, Any] = {
        field: [None if name is None else getattr(name, field) for name in known]
        for field in ("patient", "x", "y", "label")
    }
    return pd.DataFrame(
        {
            "file": pd.Series(files, dtype=object),
            "patient": pd.Series(columns["patient"], dtype=object),
            "x": pd.array(columns["x"], dtype="Int64"),
            "y": pd.array(columns["y"], dtype="Int64"),
            "label": pd.array(columns["label"], dtype="Int64"),
            "score": score,
            "called": (score >= threshold).astype(np.int8),
        }
    )


def _known(file: str) -> PatchName | None:
    try:
        return read_name(PurePosixPath(file).name).name
    except Refusal:
        return None
