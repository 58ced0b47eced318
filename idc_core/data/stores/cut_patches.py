"""A patch store of patches that are in memory already, of any raster: cut by a program, or scored.

`prepare` makes stores of files; both lead to the same folder, and to the same bytes.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from idc_core.data.images import digest
from idc_core.data.places import place_of
from idc_core.data.slides import occupancies, whole_among
from idc_core.data.split.splits import audit, refuse_leaks
from idc_core.data.stores.pixels import PatchRows
from idc_core.data.stores.store import PatchStore, columns_of, fingerprint_of, open_store
from idc_core.data.stores.writer import create_patches, replacing, rows_at_once
from idc_core.io import record
from idc_core.io.files import write_parquet, write_text
from idc_core.io.provenance import now
from idc_core.io.refusal import Refusal
from idc_core.records.manifest import Manifest, Split
from idc_core.records.raster import Raster

KINDS = {"patient": str, "x": np.int32, "y": np.int32, "label": np.int8, "split": str}


def write_store(
    store: Path,
    rows: pd.DataFrame,
    patches: PatchRows,
    raster: Raster,
    *,
    source: str = "",
    synthetic: bool | None = None,
) -> PatchStore:
    """Write the store `store` and open it; one that is there is replaced.

    `rows`: columns patient (and slide), x, y, label (0, 1, or −1 where unknown) and split, in the
    order of `patches` (n, side, side, 3); `width` and `height` where patches are smaller, `file`
    where there are names. Raises `Refusal`, and leaves what is there as it was, where places are no
    corners of the raster's grid or twice there, a patient is in two splits, or patches have another
    side.
    """
    _refuse_others(rows, patches, raster)
    with replacing(store) as part:
        index = pack_rows(part, rows, patches, raster)
        refuse_leaks(index)
        manifest = _manifest(store.name, index, raster, source, synthetic)
        record.write(part / "manifest.json", manifest)
    return open_store(store)


def pack_rows(part: Path, rows: pd.DataFrame, patches: PatchRows, raster: Raster) -> pd.DataFrame:
    """Write all files of a store but its manifest into the folder `part`; the index that they have.

    `rows` as `write_store` takes them.
    """
    names = [rows[name].astype(str) for name in place_of(rows)[:-2]]
    order = np.lexsort((rows["x"], rows["y"], *reversed(names)))
    index = rows.iloc[order].reset_index(drop=True).astype(KINDS)
    for name in ("width", "height"):
        index[name] = np.asarray(index.get(name, raster.patch_px), np.int16)
    if "file" not in index:
        places = zip(index["patient"], index["x"], index["y"], strict=True)
        index["file"] = [f"{patient}_idx5_x{x}_y{y}" for patient, x, y in places]
    mapped = create_patches(part / "patches.npy", len(index), raster.patch_px)
    step, digests = rows_at_once(raster.patch_px), list[str]()
    for start in range(0, len(order), step):
        some = np.asarray(patches[order[start : start + step]])
        mapped[start : start + step] = some
        sizes = index[["width", "height"]].iloc[start : start + step].to_numpy()
        digests += [
            digest(each[:high, :wide]) for each, (wide, high) in zip(some, sizes, strict=True)
        ]
    mapped.flush()  # type: ignore[attr-defined]
    index["digest"] = digests
    index = index[columns_of(index)]
    write_text(part / "rejects.csv", "file,reason,detail\n")
    write_text(part / "duplicates.csv", "")
    write_parquet(part / "index.parquet", index)
    return index


def _manifest(
    name: str,
    index: pd.DataFrame,
    raster: Raster,
    source: str,
    synthetic: bool | None,
) -> Manifest:
    measured = occupancies(index, raster.stride_px)
    counts = audit(index)
    return Manifest(
        name=name,
        source=source,
        made=now(),
        fingerprint=fingerprint_of(index, raster),
        split=Split(kind="given"),
        files=len(index),
        patches=dict(counts.patches),
        patients=dict(counts.patients),
        positives=dict(counts.positives),
        edge_patches=int((index[["width", "height"]] < raster.patch_px).any(axis=1).sum()),
        rejected={},
        identical_patches=int(index["digest"].duplicated(keep=False).sum()),
        whole_patients=whole_among(measured),
        occupancy={who: round(value, 4) for who, value in measured.items()},
        raster=raster,
        synthetic=synthetic,
    )


def _refuse_others(rows: pd.DataFrame, patches: PatchRows, raster: Raster) -> None:
    expected = (len(rows), raster.patch_px, raster.patch_px, 3)
    if tuple(patches.shape) != expected or patches.dtype != np.uint8:
        raise Refusal(
            f"expected uint8 patches of shape {expected}, one a row: found {patches.dtype} "
            f"{tuple(patches.shape)}."
        )
    if not len(rows):
        raise Refusal("expected at least one patch: found none.")
    off = ((rows[["x", "y"]] - 1) % raster.stride_px != 0).any(axis=1)
    if off.any():
        first = rows[off].iloc[0]
        raise Refusal(
            f"expected places 1, {1 + raster.stride_px}, {1 + 2 * raster.stride_px} …, the corners "
            f"of a grid of {raster.stride_px} px: found x{first['x']} y{first['y']}."
        )
    twice = rows.duplicated(place_of(rows))
    if twice.any():
        first = rows[twice].iloc[0]
        raise Refusal(
            f"expected each place once: patient {str(first['patient'])[:64]} has "
            f"x{first['x']} y{first['y']} twice."
        )
