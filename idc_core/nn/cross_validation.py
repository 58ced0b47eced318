"""`train --folds`: one network per fold, each an ordinary run that can be killed and resumed."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import keras

from idc_core.data.stores.store import PatchStore
from idc_core.io import record
from idc_core.io.progress import Progress
from idc_core.io.refusal import Refusal
from idc_core.metrics.curves import Ranked
from idc_core.nn.training import train
from idc_core.records.folds import FILE, Folds, read_folds
from idc_core.runs import seal
from idc_core.runs.out_of_fold import fold_of, fold_path, gather, splits_in_fold
from idc_core.runs.run import Run, open_run
from idc_core.train.config import TrainConfig, to_dict

Tell = Callable[[int, Progress], None]


def train_folds(
    config: TrainConfig,
    run_folder: Path,
    store: PatchStore,
    folds: int,
    *,
    weights: Path | None = None,
    progress: Tell | None = None,
) -> bool:
    """Train what is missing of a run's folds and put their scores together.

    Finished folds are not touched; one that was killed resumes where it stopped. False if a signal
    ended it. Raises `Refusal` if the run's folds were begun with other numbers or data.
    """
    assigned = _agreed(run_folder, store, folds, config.seed)
    for fold in range(folds):
        path = fold_path(run_folder, fold)
        own = replace(store, index=splits_in_fold(store.index, assigned, fold))
        begun = (path / "run.json").is_file()
        keras.backend.clear_session()
        tell = None if progress is None else partial(progress, fold + 1)
        done = train(config, path, own, resume=begun, weights=weights, progress=tell)
        if done.status != "finished":
            return False
    _judge(open_run(run_folder), store, assigned, config)
    return True


def _agreed(run_folder: Path, store: PatchStore, folds: int, seed: int) -> dict[str, int]:
    """Who is in which fold: as written down when the folds were begun."""
    known = read_folds(run_folder)
    if known is None:
        assigned = fold_of(store, folds, seed)
        begun = Folds(folds=folds, seed=seed, data=store.fingerprint, patients=assigned)
        with seal.changing(run_folder, FILE):
            record.write(run_folder / FILE, begun)
        return assigned
    if (known.folds, known.seed, known.data) != (folds, seed, store.fingerprint):
        raise Refusal(
            f"expected the folds that were begun in {run_folder} ({known.folds} folds, seed "
            f"{known.seed}): {folds} folds, seed {seed} came. Go on with those, or remove "
            f"{FILE} and the folder folds/ to begin anew."
        )
    return known.patients


def _judge(run: Run, store: PatchStore, assigned: dict[str, int], config: TrainConfig) -> None:
    """Write the scores, how well each fold's network ranks the patients it never saw, and with
    what settings the folds were trained: the run itself may be trained anew with others."""
    table = gather(run, store, assigned)
    areas = [
        Ranked(own["label"].to_numpy(), own["score"].to_numpy()).roc_auc
        if own["label"].nunique() == 2
        else None
        for _, own in table.groupby("fold")
    ]
    begun = read_folds(run.path)
    assert begun is not None  # `_agreed` wrote it
    with seal.changing(run.path, FILE):
        done = record.replace(begun, roc_auc=areas, config=to_dict(config))
        record.write(run.path / FILE, done)
