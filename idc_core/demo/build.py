"""The demo's patch store `data/demo`: rebuilt, or completed by its pixels.

The store is shipped without `patches.npy`, which is drawn at the first start and must give the
fingerprint of the shipped manifest. The store is made by `prepare`, from files, as any other.
"""

import tempfile
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from idc_core.data.images import Pixels, digest, pad_patch
from idc_core.data.patches import PatchName
from idc_core.data.prepare import prepare
from idc_core.data.split.splits import GivenSplit
from idc_core.data.stores.store import PatchStore, fingerprint_of, open_store
from idc_core.demo.draw import PLANS, SEED, DrawnPatient, Plan, draw_patients
from idc_core.io import record
from idc_core.io.files import write_with
from idc_core.io.progress import TellStage
from idc_core.io.refusal import Refusal


def ensure_demo(
    folder: Path, progress: TellStage | None = None, plans: tuple[Plan, ...] = PLANS
) -> PatchStore:
    """Open the demo in `folder`, and draw first what is missing of it (under half a minute).

    Two processes may do so at once: each draws the same bytes and renames a whole file into place.
    Raises `Refusal` where the drawn pixels are not those that the manifest describes.
    """
    if not (folder / "manifest.json").is_file():
        return build_demo(folder, progress, plans)
    store = open_store(folder)
    if not _has_whole_pixels(store):
        _draw_pixels(store, progress, plans)
    return open_store(folder)


def build_demo(
    folder: Path, progress: TellStage | None = None, plans: tuple[Plan, ...] = PLANS
) -> PatchStore:
    """Draw the patients, write them as files in Kaggle's layout and prepare a store of these."""
    split = GivenSplit({plan.patient: plan.split for plan in plans}, "the plans of the demo")
    with tempfile.TemporaryDirectory() as written:
        files = Path(written) / "drawn"
        for done, drawn in enumerate(draw_patients(SEED, plans), start=1):
            _write_files(drawn, files)
            if progress:
                progress("drawing", done, len(plans))
        store = prepare(files, folder, name="demo", split=split, progress=progress, overwrite=True)
    # The folder it was drawn into is gone, and nobody prepares from it again.
    # Without the clock the same drawing gives the same manifest, and a rebuild shows no change.
    drawn_by = f"drawn by idc_core.demo, seed {SEED}"
    manifest = record.replace(
        store.manifest, source=drawn_by, source_mark=None, made=None, synthetic=True
    )
    record.write(folder / "manifest.json", manifest)
    return open_store(folder)


def _write_files(drawn: DrawnPatient, folder: Path) -> None:
    for label in (0, 1):
        (folder / drawn.patient / str(label)).mkdir(parents=True, exist_ok=True)
    places = zip(drawn.patches, drawn.x, drawn.y, drawn.label, strict=True)
    for pixels, x, y, label in places:
        name = str(PatchName(drawn.patient, int(x), int(y), int(label)))
        _, encoded = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
        (folder / drawn.patient / str(label) / name).write_bytes(encoded.tobytes())


def _has_whole_pixels(store: PatchStore) -> bool:
    if not store.has_pixels:
        return False
    try:
        return len(store.patches) == len(store.index)
    except Refusal:
        return False


def _draw_pixels(store: PatchStore, progress: TellStage | None, plans: tuple[Plan, ...]) -> None:
    padded: list[Pixels] = []
    parts: list[pd.DataFrame] = []
    for done, drawn in enumerate(draw_patients(SEED, plans), start=1):
        padded.extend(pad_patch(pixels) for pixels in drawn.patches)
        parts.append(_index_of(drawn))
        if progress:
            progress("drawing", done, len(plans))
    found = fingerprint_of(pd.concat(parts, ignore_index=True))
    if not found == store.fingerprint == fingerprint_of(store.index):
        raise Refusal(
            f"expected the synthetic demo to have the fingerprint {store.fingerprint[:12]} of "
            f"{store.path / 'manifest.json'}: it has {found[:12]}. Take {store.path} from the "
            "repository again, or rebuild the demo and its model: make demo."
        )
    pixels = np.stack(padded)
    write_with(store.path / "patches.npy", lambda file: np.save(file, pixels, allow_pickle=False))


def _index_of(drawn: DrawnPatient) -> pd.DataFrame:
    """The rows that `prepare` writes for these patches (but for `file`)."""
    return pd.DataFrame(
        {
            "patient": drawn.patient,
            "x": drawn.x,
            "y": drawn.y,
            "label": drawn.label,
            "width": np.array([pixels.shape[1] for pixels in drawn.patches], np.int16),
            "height": np.array([pixels.shape[0] for pixels in drawn.patches], np.int16),
            "digest": [digest(pixels) for pixels in drawn.patches],
            "split": drawn.split,
        }
    )
