"""A final fit cannot be judged on the patients it was fitted on: the one gate.

It learnt from all labelled patients of its data, named in `fitted_on.parquet` (patient · patches),
so that every figure on them would say what it memorised. The list comes along with its network: to
what it scores, and to what is imported of it. Labels of these patients are not kept there, and
`refuse_or_drop` (asked by `run.judged`, through which all figures go) lets none of them pass.
Patients are known by their names.
"""

import shutil
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from idc_core.data.augmented import augmented_copies, groups_of
from idc_core.data.known_labels import UNLABELLED, is_known
from idc_core.data.split.splits import patients_sharing_pixels
from idc_core.data.stores.store import PatchStore
from idc_core.io import kinds, record
from idc_core.io.files import read_parquet, sha256_of, write_parquet
from idc_core.io.names import run_names
from idc_core.io.refusal import Refusal
from idc_core.records.run_info import FittedOn, RunInfo, info_if_whole

FILE = "fitted_on.parquet"
NETWORKS = ("model.onnx", "model.keras")


class Fitted(Refusal):
    """What was asked for would judge a final fit on patients that it was fitted on."""


def path_of(run_folder: Path) -> Path:
    """Where the final fit of a run's recipe lies."""
    return run_folder.with_name(f"{run_folder.name}-final")


def copies_of(store: PatchStore, learnt: pd.DataFrame) -> frozenset[str]:
    """Patients with patches of the very pixels of those that are learnt from, or copies of them."""
    index, seen = store.index, set(learnt["patient"].astype(str))
    groups = [
        *patients_sharing_pixels(index, store.manifest.blank_digests),
        *groups_of(augmented_copies(index)),
    ]
    return frozenset(str(one) for group in groups if seen & {*group} for one in group) - seen


def write(
    folder: Path,
    rows: pd.DataFrame,
    *,
    run: str,
    judged_by: str | None,
    copies: frozenset[str] = frozenset(),
) -> FittedOn:
    """Name the patients of `rows`, which a final fit learns from, and `copies` of them, which it
    cannot be judged on either; what `run.json` says of it."""
    sizes = rows["patient"].astype(str).value_counts()
    sizes = sizes.reindex(sorted([*sizes.index, *copies]), fill_value=0)
    table = pd.DataFrame({"patient": [*sizes.index], "patches": sizes.to_numpy(np.int64)})
    write_parquet(folder / FILE, table)
    return FittedOn(
        run=run,
        patients=int((sizes > 0).sum()),
        patches=len(rows),
        sha256=sha256_of(folder / FILE),
        judged_by=judged_by,
    )


def patients(folder: Path, info: RunInfo) -> frozenset[str]:
    """The patients that a run's network was fitted on; none of another run.

    Raises `Refusal` where the list is missing or is not the recorded one: without it nobody can be
    judged.
    """
    known = info.fitted_on
    if known is None:
        return frozenset()
    file = folder / FILE
    return _patients(file, known.sha256, file.stat().st_mtime_ns if file.is_file() else 0)


@lru_cache(maxsize=64)
def _patients(file: Path, digest: str, changed: int) -> frozenset[str]:
    if not file.is_file() or sha256_of(file) != digest:
        raise Refusal(
            f"expected the list of patients that the network was fitted on in {file}: it is not "
            "there, or was changed, and nobody can be judged without it. Put the file back."
        )
    table = read_parquet(file, ["patient"])
    kinds.refuse_others(file, table, {"patient": kinds.TEXT})
    return frozenset(table["patient"].astype(str))


def sentence(info: RunInfo, name: str) -> str:
    """Why such a run is not judged, and which one is, for it."""
    known = info.fitted_on
    assert known is not None
    instead = (
        f"See the run {known.judged_by}, in which no network saw the patient that it judges."
        if known.judged_by
        else f"Judge its recipe out of fold: python train_cli.py train --run {known.run} --folds 5."
    )
    return (
        f"expected patients that the network of {name} was not fitted on: it learnt from all "
        f"{known.patients:,} labelled patients of its data, and would be judged by what it "
        f"memorised. {instead}"
    )


def refuse_going_on(info: RunInfo) -> None:
    """Raise `Refusal` where a final fit is to be trained as an ordinary run."""
    known = info.fitted_on
    if known is not None:
        raise Refusal(
            "expected a run with a validation split to train: this is a final fit. Go on with it: "
            f"python train_cli.py train --run {known.run} --final."
        )


def refuse_final(folder: Path, info: RunInfo) -> None:
    """Raise `Fitted` for a final fit: of what is measured on all labelled patients of its data."""
    if info.fitted_on is not None:
        raise Fitted(sentence(info, folder.name))


def refuse_or_drop(
    folder: Path, name: str, info: RunInfo, predictions: pd.DataFrame
) -> pd.DataFrame:
    """The predictions without patients that the network was fitted on, who can judge nothing;
    raises `Fitted` where no other patient is left."""
    fitted = patients(folder, info)
    if not fitted or not len(predictions):
        return predictions
    seen = predictions["patient"].astype(str).isin(fitted).to_numpy()
    if not seen.any():
        return predictions
    rest = predictions[~seen]
    if not is_known(rest["label"]).any():
        raise Fitted(sentence(info, name))
    return rest


def without_labels(predictions: pd.DataFrame, fitted: frozenset[str]) -> pd.DataFrame:
    """The same patches; the labels of fitted patients are not kept.

    >>> table = pd.DataFrame({"patient": ["a", "b"], "label": np.array([1, 0], np.int8)})
    >>> without_labels(table, frozenset({"a"}))["label"].tolist()
    [-1, 0]
    """
    seen = predictions["patient"].astype(str).isin(fitted).to_numpy()
    label = np.where(seen, UNLABELLED, predictions["label"].to_numpy())
    return predictions.assign(label=label.astype(np.int8)) if seen.any() else predictions


def bring_along(parent: Path, info: RunInfo, folder: Path) -> None:
    """Copy the list to a run that the network of a final fit has scored."""
    if info.fitted_on is not None:
        shutil.copyfile(parent / FILE, folder / FILE)


def inherited(final: Path, info: RunInfo, folder: Path) -> RunInfo:
    """What a run says of itself whose scores came from the network of the final fit in `final`; the
    list is copied into its `folder`."""
    theirs = info_if_whole(final)
    assert theirs is not None
    bring_along(final, theirs, folder)
    return record.replace(info, fitted_on=theirs.fitted_on)


def with_network(digest: str, root: Path) -> Path | None:
    """The final fit among the runs in `root` whose network has this SHA-256."""
    for folder in (root / name for name in run_names(root)):
        info = info_if_whole(folder)
        if info is None or info.fitted_on is None:
            continue
        if any(sha256_of(file) == digest for file in _networks(folder)):
            return folder
    return None


def _networks(folder: Path) -> list[Path]:
    return [folder / name for name in NETWORKS if (folder / name).is_file()]
