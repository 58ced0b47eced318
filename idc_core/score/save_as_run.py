"""Keep what was scored live: a store of the patches and a run of their scores.

A scored slide has no labels: its run can be looked at, not judged, and says so (`labels` in
`run.json`, label −1). Patches whose file names tell the label make a run like any other. The
network comes along, so that every answer can be explained later too.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.places import place_of
from idc_core.data.slides import whole_patients
from idc_core.data.stores.cut_patches import pack_rows
from idc_core.data.stores.store import PatchStore, fingerprint_of, open_store
from idc_core.data.stores.writer import replacing
from idc_core.evaluate.evaluation import write_evaluation
from idc_core.io import record
from idc_core.io.files import sha256_of, write_lines, write_parquet
from idc_core.io.lock import is_held, only_one
from idc_core.io.provenance import now, versions
from idc_core.io.refusal import Refusal
from idc_core.records.ledger import LEDGER
from idc_core.records.manifest import Manifest, Split
from idc_core.records.raster import Raster
from idc_core.records.run_info import Data, Origin, RunInfo, new_id
from idc_core.runs import fitted_on, run_logs, seal
from idc_core.runs.run import UNLABELLED, Run, open_run, prediction_columns
from idc_core.runs.trained_on import recorded
from idc_core.runs.writer import Building, building, lock_of, put_in_place

COMES_ALONG = (
    "model.onnx",
    "model.keras",
    "calibration.json",
    "input_profile.json",
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)


def save_as_run(
    name: str,
    parent: Run,
    rows: pd.DataFrame,
    patches: npt.NDArray[np.uint8],
    origin: Origin,
    *,
    data: Path,
    models: Path,
    by: str = "",
    network: str | None = None,
) -> Run:
    """Write `data/<name>` and `models/<name>`; both names must be free.

    Both are written beside their places first and then put there, the store before the run; what a
    kill between the two left is completed by `finish_interrupted`.

    `rows`: patient, x, y, label (−1 where unknown), score (raw), in the order of `patches`
    (n, side, side, 3), which were cut as those of `parent`, or side by side in another size.
    `origin`: what it was made of, for `run.json`; `by`: who keeps it; `network`: SHA-256 of the one
    that scored, where it may have been exchanged since. Raises
    `Refusal` for a name that is taken or no plain word, where some patches have a label and
    others have none, and where the network that would come along is another.
    """
    finish_interrupted(data, models)
    refuse_name(name, data, models)
    labelled = (rows["label"] != UNLABELLED).to_numpy()
    if labelled.any() != labelled.all():
        raise Refusal(
            f"expected labels for all patches or for none: {int(labelled.sum()):,} of "
            f"{len(rows):,} have one."
        )
    with _both(data / name, models / name) as (part, made):
        raster = _raster(parent.info.raster, patches.shape[1], origin)
        store = _store(part, name, rows, patches, origin, raster)
        write_parquet(made.folder / "predictions.parquet", _predictions(store, rows))
        bring_along(parent, made.folder)
        if network is not None:
            _refuse_another(made.folder / "model.onnx", network, parent)
        info = info_of(parent, store, origin, labels=bool(labelled.all()))
        record.write(made.folder / "run.json", record.replace(info, kept_by=by or None))
        if info.labels:
            write_evaluation(open_run(made.folder))
        seal.write(made.folder)  # before the store is put in its place: the run follows at once
    return open_run(models / name)


def _refuse_another(file: Path, network: str, parent: Run) -> None:
    if not file.is_file() or sha256_of(file) != network:
        raise Refusal(
            f"expected the network that gave these scores in {parent.path}: it was exchanged "
            "since. Score again, then save."
        )


@contextmanager
def _both(store: Path, run_folder: Path) -> Iterator[tuple[Path, Building]]:
    """Folders for both; where the run cannot be put in its place, the store goes again."""
    begun = False
    try:
        with building(run_folder) as made, replacing(store) as part:
            begun = True
            yield part, made
    except BaseException:
        if begun and not run_folder.exists():
            shutil.rmtree(store, ignore_errors=True)
        raise


def finish_interrupted(data: Path, models: Path) -> list[str]:
    """Put in place what `save_as_run` had written whole when it was killed; the names.

    A sealed run that waits beside its place while its store is there already is such a one.
    """
    done = []
    for outer in sorted(models.glob(".*.part")):
        name = outer.name[1 : -len(".part")]
        waiting, place = outer / name, models / name
        if not (waiting / seal.FILE).is_file() or place.exists() or is_held(lock_of(place)):
            continue
        try:
            known = open_run(waiting).info.fingerprint
            if known != open_store(data / name).fingerprint:
                continue
        except Refusal:
            continue
        with only_one(lock_of(place), "writing the run"):
            put_in_place(waiting, place)
        done.append(name)
    return done


def plain_name(text: str) -> str:
    """A patient or run name made of any file name.

    >>> plain_name("TCGA cr/7395 (1).svs")
    'TCGA-cr-7395-1-svs'
    """
    found = re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")[:60]
    return found or "unnamed"


def refuse_name(name: str, *roots: Path) -> None:
    """Raise `Refusal` for what is no plain word, or is taken in one of the folders."""
    if not _NAME.fullmatch(name):
        raise Refusal(
            "expected a name of at most 64 letters, digits, - and _, a letter or digit first: "
            f"found {name[:80]!r}."
        )
    for root in roots:
        if (root / name).exists():
            raise Refusal(f"expected a new name: {root / name} is there already. Choose another.")


def _store(
    part: Path,
    name: str,
    rows: pd.DataFrame,
    patches: npt.NDArray[np.uint8],
    origin: Origin,
    raster: Raster,
) -> PatchStore:
    index = pack_rows(part, rows.assign(split="test"), patches, raster)
    record.write(part / "manifest.json", _manifest(name, index, origin, raster))
    return open_store(part)


def _raster(theirs: Raster, side: int, origin: Origin) -> Raster:
    """How the scored patches were cut: as those that the network knows, at the origin's scale."""
    um, um_from = theirs.um_per_px, theirs.um_from
    if um is not None and origin.um_per_px is not None:
        um, um_from = origin.um_per_px, "given" if origin.given_um_per_px else "file"
    # A slide is scored square by square, also by a network that learnt from overlapping patches.
    as_theirs = side == theirs.patch_px and origin.kind != "slide"
    stride = theirs.stride_px if as_theirs else side
    return record.replace(theirs, patch_px=side, stride_px=stride, um_per_px=um, um_from=um_from)


def _manifest(name: str, index: pd.DataFrame, origin: Origin, raster: Raster) -> Manifest:
    patients = sorted(index["patient"].unique().tolist())
    # Of a slide every square with tissue was scored; patches that were brought are whole where
    # they lie as close as `prepare` asks.
    whole = patients if origin.kind == "slide" else whole_patients(index, None, raster.stride_px)
    return Manifest(
        name=name,
        source=origin.file or "",
        made=now(),
        fingerprint=fingerprint_of(index, raster),
        raster=raster,
        split=Split(kind="all test"),
        patches={"test": len(index)},
        patients={"test": len(patients)},
        rejected={},
        whole_patients=whole,
        files=len(index),
        edge_patches=0,
    )


def _predictions(store: PatchStore, rows: pd.DataFrame) -> pd.DataFrame:
    key = place_of(store.index, rows)
    scores = rows[[*key, "score"]].astype({"patient": str, "score": np.float64})
    table = store.index.merge(scores, on=key, how="left", validate="one_to_one")
    return table[prediction_columns(table)]


def info_of(parent: Run, store: PatchStore, origin: Origin, *, labels: bool) -> RunInfo:
    """What a run says of itself that holds the scores of `store` by the network of `parent`."""
    data = Data(
        name=store.name,
        fingerprint=store.fingerprint,
        patches={"test": len(store.index)},
        patients={"test": int(store.index["patient"].nunique())},
    )
    return info_with(parent, data, store.raster, origin, labels=labels)


def info_with(parent: Run, data: Data, raster: Raster, origin: Origin, *, labels: bool) -> RunInfo:
    """The same of any `data`, which no store need hold."""
    theirs = parent.info
    return RunInfo(
        id=new_id(),
        status="scored",
        labels=labels,
        network=theirs.network,
        parameters=theirs.parameters,
        trained_on=theirs.trained_on,
        onnx_max_difference=theirs.onnx_max_difference,
        raster=raster,
        scored_by=parent.name,
        training=recorded(theirs),
        fitted_on=theirs.fitted_on,
        origin=origin,
        data=data,
        versions={**versions()},
        started=now(),
    )


def bring_along(parent: Run, folder: Path) -> None:
    """Copy what a scored run has of its parent: the network, its calibration, its thresholds."""
    for file in COMES_ALONG:
        if (parent.path / file).is_file():
            shutil.copyfile(parent.path / file, folder / file)
    fitted_on.bring_along(parent.path, parent.info, folder)
    if thresholds := run_logs.lines(parent.path, LEDGER):
        write_lines(folder / LEDGER, thresholds)
