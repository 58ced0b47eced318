"""`train --folds`: one network per fold, each an ordinary run that can be killed and resumed.

Where the run was distilled, every fold first trains a teacher of its own, with the recipe of the
run's teacher and on the same patients as the fold's network: a teacher that had seen the held-out
patients would tell of them.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import keras

from idc_core.data.stores.store import PatchStore
from idc_core.evaluate import cross_validated
from idc_core.io import record
from idc_core.io.progress import Progress
from idc_core.io.refusal import Refusal
from idc_core.metrics.curves import Ranked
from idc_core.nn.training import train
from idc_core.records.folds import FILE, Folds, read_folds
from idc_core.records.run_info import info_if_whole
from idc_core.runs import seal
from idc_core.runs.cross_validated import path_of
from idc_core.runs.out_of_fold import fold_of, fold_path, gather, splits_in_fold, teacher_path
from idc_core.runs.recipe import refuse_other_weights, teacher_of
from idc_core.runs.run import Run, open_run
from idc_core.train.config import TrainConfig, to_dict
from idc_core.train.networks import network_called

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
    """Train what is missing of a run's folds, put their scores together, and write the run that
    judges the recipe (`<run>-folds`).

    Finished folds are not touched; one that was killed resumes where it stopped. False if a signal
    ended it. `weights`: the file that a pretrained network begins with, in place of that of its
    package. Raises `Refusal` if the run's folds were begun with other numbers or data, and where
    the run, or its teacher, began with other weights.
    """
    cross_validated.refuse_other(path_of(run_folder))
    run = open_run(run_folder)
    refuse_other_weights(run, weights)
    taught_by = teacher_of(run)
    assigned = _agreed(run_folder, store, folds, config.seed)
    for fold in range(folds):
        own = replace(store, index=splits_in_fold(store.index, assigned, fold))
        tell = None if progress is None else partial(progress, fold + 1)
        if not _train_fold(config, taught_by, run_folder, own, fold, weights, tell):
            return False
    _judge(open_run(run_folder), store, assigned, config, taught_by)
    return True


def _train_fold(
    config: TrainConfig,
    taught_by: TrainConfig | None,
    run_folder: Path,
    own: PatchStore,
    fold: int,
    weights: Path | None,
    tell: Callable[[Progress], None] | None,
) -> bool:
    """One fold's teacher, where the recipe has one, and its network; whether both are finished."""
    teacher = None
    if taught_by is not None:
        folder = teacher_path(run_folder, fold)
        if not _finished(taught_by, folder, own, None, weights, tell):
            return False
        teacher = folder / "model.onnx"
    path = fold_path(run_folder, fold)
    there = info_if_whole(path)
    if there is not None and (there.teacher is None) != (teacher is None):
        came = "without a teacher" if there.teacher is None else "with a teacher"
        raise Refusal(
            f"expected fold {fold + 1} of {run_folder.name} to be trained by today's recipe: it "
            f"was begun {came}. Remove {FILE} and the folder folds/ to begin anew."
        )
    return _finished(config, path, own, teacher, weights, tell)


def _finished(
    config: TrainConfig,
    path: Path,
    own: PatchStore,
    teacher: Path | None,
    weights: Path | None,
    tell: Callable[[Progress], None] | None,
) -> bool:
    begun = (path / "run.json").is_file()
    keras.backend.clear_session()
    own_weights = weights if network_called(config.network).pretrained else None
    done = train(
        config, path, own, resume=begun, teacher=teacher, weights=own_weights, progress=tell
    )
    return done.status == "finished"


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


def _judge(
    run: Run,
    store: PatchStore,
    assigned: dict[str, int],
    config: TrainConfig,
    taught_by: TrainConfig | None,
) -> None:
    """Write the scores, how well each fold's network ranks the patients it never saw, with what
    settings the folds were trained (the run itself may be trained anew with others), and the run
    that judges the recipe."""
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
        done = record.replace(
            begun,
            roc_auc=areas,
            config=to_dict(config),
            teacher=None if taught_by is None else to_dict(taught_by),
        )
        record.write(run.path / FILE, done)
    cross_validated.put_together(run, store, table)
