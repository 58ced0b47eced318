"""The recipe of a run beyond its own settings: those of its teacher, if trained here."""

from idc_core.records.run_info import RunInfo, info_if_whole
from idc_core.runs.run import Run
from idc_core.train.config import TrainConfig, from_dict


def teacher_run(run: Run) -> RunInfo | None:
    """What is recorded of a run's teacher; None without one, or where it is not here."""
    taught = run.info.teacher
    if taught is None or taught.file is None:
        return None
    return info_if_whole((run.path.parent / taught.file).parent)


def teacher_of(run: Run) -> TrainConfig | None:
    """The settings of a run's teacher, with which another one can be trained; None without one, or
    where it was not trained here."""
    info = teacher_run(run)
    return None if info is None or info.config is None else from_dict(info.config)
