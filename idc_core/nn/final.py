"""`train --final`: the recipe of a run, fitted on all labelled patients of its data.

For as many epochs as the run chose on its validation, as there is none here to stop on. What is to
be expected of it is what the run of folds says; it is judged on none of its own patients
(`runs/fitted_on.py`).
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keras
import pandas as pd

from idc_core.data.known_labels import is_known
from idc_core.data.split_names import USED_SPLITS
from idc_core.data.stores.store import PatchStore
from idc_core.io.names import there_is_one
from idc_core.io.progress import Progress
from idc_core.io.refusal import Refusal
from idc_core.nn.training import Fixed, train
from idc_core.records.run_info import info_if_whole
from idc_core.runs import cross_validated, fitted_on, ledger, seal
from idc_core.runs.corrected_labels import FILE as LABELS
from idc_core.runs.recipe import recipe_of, refuse_other_weights, teacher_of, teacher_run
from idc_core.runs.run import Run, open_run
from idc_core.train.config import TrainConfig
from idc_core.train.networks import network_called

TEACHER = "teacher"
"""The folder of the teacher that a final fit of a distilled run trains first."""

Tell = Callable[[Progress], None]


def train_final(
    run: Run, store: PatchStore, *, weights: Path | None = None, progress: Tell | None = None
) -> Run:
    """Fit the recipe of `run` on all labelled patients of `store`; return `<run>-final`.

    One that was stopped goes on, one that is finished is left. Where the teacher of a distilled run
    was trained here, it is fitted on all patients, too; else the run's own teacher teaches.
    `weights`: the file that a pretrained network begins with, in place of that of its package.
    Raises `Refusal` where the run cannot say for how many epochs, the name is another run's, or the
    run, or its teacher, began with other weights.
    """
    config, target = recipe_of(run), fitted_on.path_of(run.path)
    refuse_other_weights(run, weights)
    there = info_if_whole(target) if (target / "run.json").is_file() else None
    if there is not None and (there.fitted_on is None or there.fitted_on.run != run.name):
        raise Refusal(there_is_one(target))
    own = replace(store, index=all_labelled(store.index))
    fixed = Fixed(int(run.info.best_epoch or 0), run.name, _judged_by(run))
    teacher, done = _teacher(run, own, target, weights, progress)
    if not done:
        return open_run(target / TEACHER)
    keras.backend.clear_session()
    labels = run.path / LABELS
    resume = there is not None
    fitted = train(
        config,
        target,
        own,
        resume=resume,
        labels=labels if labels.is_file() and not resume else None,
        teacher=teacher,
        weights=_begins_with(config, weights),
        progress=progress,
        fixed=fixed,
    )
    if fitted.status == "finished" and not fitted.operating_points():
        _bring_threshold(run, fitted)
    return fitted


def all_labelled(index: pd.DataFrame) -> pd.DataFrame:
    """The index with every labelled patch of a split for training; the rest is unused."""
    learnt = index["split"].isin(USED_SPLITS).to_numpy() & is_known(index["label"])
    return index.assign(split=pd.Series(learnt, index.index).map({True: "train", False: "unused"}))


def _judged_by(run: Run) -> str | None:
    folder = cross_validated.path_of(run.path)
    info = info_if_whole(folder) if (folder / "run.json").is_file() else None
    return folder.name if info is not None and info.cross_validated is not None else None


def _teacher(
    run: Run, own: PatchStore, target: Path, weights: Path | None, progress: Tell | None
) -> tuple[Path | None, bool]:
    """The network that teaches, if any, and whether it is there."""
    config, info, taught = teacher_of(run), teacher_run(run), run.info.teacher
    if config is None or info is None or not info.best_epoch:
        beside = None if taught is None or taught.file is None else run.path.parent / taught.file
        return beside, True
    folder = target / TEACHER
    keras.backend.clear_session()
    done = train(
        config,
        folder,
        own,
        resume=(folder / "run.json").is_file(),
        weights=_begins_with(config, weights),
        progress=progress,
        fixed=Fixed(info.best_epoch, f"the teacher of {run.name}"),
    )
    return folder / "model.onnx", done.status == "finished"


def _begins_with(config: TrainConfig, weights: Path | None) -> Path | None:
    return weights if network_called(config.network).pretrained else None


def _bring_threshold(run: Run, fitted: Run) -> None:
    """The threshold that the recipe gets: the folds' common one, or without them the run's own."""
    folds = _judged_by(run)
    source = run if folds is None else open_run(run.path.with_name(folds))
    point = source.operating_point()
    if point is None:
        return
    ledger.bring(
        fitted,
        point,
        name=f"brought along from {source.name}",
        reason="a final fit has no validation to choose a threshold on",
    )
    seal.write(fitted.path)
