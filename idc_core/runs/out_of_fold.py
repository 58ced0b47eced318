"""Scores of every patch by a network that never saw its patient: `out_of_fold.parquet`.

The patients are dealt into folds. For each fold a network is trained on the others: one of them is
its validation, which chooses the epoch, so that the fold it scores decides nothing. The folds take
all patients that have a split, the test split too: out-of-fold networks say which labels look
wrong, and judge the recipe (`evaluate/cross_validated.py`), never the run's own model.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold

from idc_core.data.augmented import augmented_copies, groups_of
from idc_core.data.places import PATCH, place_of
from idc_core.data.split.splits import patients_sharing_pixels
from idc_core.data.stores.store import PatchStore
from idc_core.io import kinds
from idc_core.io.files import read_parquet, write_parquet
from idc_core.io.refusal import Refusal
from idc_core.records.folds import read_folds
from idc_core.records.run_info import CorrectedLabels
from idc_core.runs import seal
from idc_core.runs.run import Run, open_run
from idc_core.train.config import differences, from_dict

FILE = "out_of_fold.parquet"
COLUMNS = ("patient", "x", "y", "label", "split", "fold", "score")


def fold_of(store: PatchStore, folds: int, seed: int) -> dict[str, int]:
    """The fold of each patient that has a split, 0 to `folds` − 1; the same for the same seed.

    Folds hold like shares of IDC. Patients with identical pixels, and augmented copies with
    their originals, go into one fold. Raises `Refusal`
    for fewer than 3 folds (one is scored, one validates, one trains) or fewer patients than folds.
    """
    used = store.index[store.index["split"] != "unused"]
    group = _groups(used, store)
    if not 3 <= folds <= group.nunique():
        raise Refusal(
            f"expected 3 to {group.nunique()} folds for {used['patient'].nunique()} patients of "
            f"{store.name}: found {folds}."
        )
    dealer = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    assigned: dict[str, int] = {}
    for fold, (_, at) in enumerate(dealer.split(used, used["label"], group)):
        assigned |= dict.fromkeys(used["patient"].iloc[at].unique().tolist(), fold)
    return assigned


def splits_in_fold(index: pd.DataFrame, assigned: dict[str, int], fold: int) -> pd.DataFrame:
    """The index with splits for one fold: it is `test`, the next one validates, the rest trains."""
    folds = max(assigned.values()) + 1
    number = index["patient"].map(assigned)
    split = np.select(
        [number == fold, number == (fold + 1) % folds, number.notna()],
        ["test", "validation", "train"],
        "unused",
    )
    return index.assign(split=np.where(index["split"] == "unused", "unused", split))


def fold_path(folder: Path, fold: int) -> Path:
    """The run folder of one fold's network."""
    return folder / "folds" / str(fold + 1)


def teacher_path(folder: Path, fold: int) -> Path:
    """The run folder of the teacher that one fold trained for itself."""
    return folder / "folds" / f"{fold + 1}-teacher"


def gather(run: Run, store: PatchStore, assigned: dict[str, int]) -> pd.DataFrame:
    """Put the scores of the finished folds together, write them, and return them.

    Raises `Refusal` where a fold is not finished.
    """
    parts = []
    for fold in range(max(assigned.values()) + 1):
        own = open_run(fold_path(run.path, fold))
        if own.status != "finished":
            raise Refusal(
                f"expected fold {fold + 1} of {run.name} to be finished: it is {own.status}. Go on "
                f"with: python train_cli.py train --run {run.name} --folds {len(set(assigned))}."
            )
        scored = own.predictions()
        parts.append(scored[scored["split"] == "test"].assign(fold=np.int16(fold + 1)))
    table = pd.concat(parts, ignore_index=True).drop(columns="split")
    key = place_of(store.index, table)
    table = store.index[[*key, "split"]].merge(table, on=key, validate="one_to_one")
    table = table[[*key, *COLUMNS[len(PATCH) :]]]
    with seal.changing(run.path, FILE):
        write_parquet(run.path / FILE, table)
    return table


def out_of_fold(run: Run) -> pd.DataFrame | None:
    """A run's out-of-fold scores (columns `COLUMNS`); None where it has none."""
    file = run.path / FILE
    if not file.is_file():
        return None
    table = read_parquet(file)
    missing = [column for column in COLUMNS if column not in table]
    if missing:
        raise Refusal(f"expected the columns {', '.join(COLUMNS)} in {file}: no {missing[0]}.")
    kinds.refuse_others(
        file,
        table,
        kinds.PATCH | {"split": kinds.TEXT, "fold": kinds.WHOLE, "score": kinds.SHARE},
    )
    return table.astype({"score": np.float64})


def trained_otherwise(run: Run) -> list[str]:
    """Settings in which the folds' networks differ from the run's, as `name run → folds`; empty
    where they do not, or where it is not known."""
    begun = read_folds(run.path)
    known = None if begun is None else begun.config
    if begun is None or not known or not run.info.config:
        return []
    found = differences(from_dict(run.info.config), from_dict(known))
    if run.info.teacher and not begun.teacher:
        found.append("teacher one → none")
    if isinstance(run.info.labels, CorrectedLabels):
        found.append("labels corrected → original")
    return found


def _groups(used: pd.DataFrame, store: PatchStore) -> "pd.Series[str]":
    """What must stay together: a patient with its augmented copies, or patients that share pixels,
    by one name."""
    name = {str(patient): str(patient) for patient in used["patient"].unique()}
    sharing = patients_sharing_pixels(used, store.manifest.blank_digests)
    for joined in [*sharing, *groups_of(augmented_copies(used))]:
        leaders = {name[patient] for patient in joined}
        name = {patient: min(leaders) if led in leaders else led for patient, led in name.items()}
    return used["patient"].map(name)
