"""The recipe of a run beyond its own settings: those of its teacher, if trained here."""

from pathlib import Path

from idc_core.io.refusal import Refusal
from idc_core.records.run_info import RunInfo, info_if_whole
from idc_core.runs.run import Run
from idc_core.train.config import TrainConfig, from_dict
from idc_core.train.pretrained import refuse_other


def teacher_run(run: Run) -> RunInfo | None:
    """What is recorded of a run's teacher; None without one, or where it is not here."""
    taught = run.info.teacher
    if taught is None or taught.file is None:
        return None
    return info_if_whole((run.path.parent / taught.file).parent)


def recipe_of(run: Run) -> TrainConfig:
    """The settings of a finished training, to be fitted once more without validation.

    Raises `Refusal` for a run that was not trained here, is not finished, or whose recipe needs
    validation while it trains.
    """
    info = run.info
    if info.config is None or info.fitted_on is not None:
        raise Refusal(
            f"expected a run trained here with a validation split: {run.name} has status "
            f"{run.status} and cannot say for how many epochs to fit its recipe."
        )
    if run.status != "finished" or not info.best_epoch:
        raise Refusal(
            f"expected a finished training, which has chosen its number of epochs: {run.name} has "
            f"status {run.status}. Finish it: python train_cli.py train --run {run.name} --resume."
        )
    config = from_dict(info.config)
    if config.plateau_patience:
        raise Refusal(
            f"expected a recipe that can be fitted without validation: {run.name} reduces its "
            f"learning rate after {config.plateau_patience} epochs without improvement. Train it "
            "with another schedule (--plateau-patience 0)."
        )
    return config


def teacher_of(run: Run) -> TrainConfig | None:
    """The settings of a run's teacher, with which another one can be trained; None without one, or
    where it was not trained here."""
    info = teacher_run(run)
    return None if info is None or info.config is None else from_dict(info.config)


def refuse_other_weights(run: Run, weights: Path | None) -> None:
    """Raise `Refusal` where the run or its teacher began with other pretrained weights than those
    in the file, or without one of its package, from which the recipe is to be trained again."""
    for info, of in ((run.info, run.name), (teacher_run(run), f"the teacher of {run.name}")):
        if info is not None and info.config is not None:
            network = from_dict(info.config).network
            refuse_other(network, info.pretrained, weights, of=of)
