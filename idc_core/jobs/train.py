"""Train a network, or continue a training that was stopped; the run lies where it always does.

Ended in any way, the run is kept up to its last checkpoint. Where the worker was, the job begins
again there by itself.
"""

from collections.abc import Callable
from pathlib import Path

import msgspec

from idc_core.data.stores.store import PatchStore, open_store
from idc_core.io import record
from idc_core.io.lock import only_one
from idc_core.io.paths import run_path, store_path
from idc_core.io.progress import Progress, TellStage
from idc_core.io.refusal import Refusal
from idc_core.jobs.job import Asked, Job, Stopped
from idc_core.records.run_info import FILE, read_info
from idc_core.runs import seal
from idc_core.runs.data import needed_store
from idc_core.runs.fitted_on import refuse_going_on
from idc_core.runs.run import Run, open_run
from idc_core.train.config import TrainConfig, from_dict

_LAST = {
    "export": "exporting the network",
    "score": "scoring all patches",
    "evaluate": "evaluating",
}


class AskedTraining(Asked, frozen=True, kw_only=True):
    """A new run of the settings `config` on the store `store`; or, where it `continues` one, which
    has both, the `id` of that, if it has any. `data`: the fingerprint of the patches that it was
    shown with."""

    data: str
    store: str = ""
    config: dict[str, object] | None = None
    continues: bool = False
    id: str = ""


def refuse_taken(name: str) -> None:
    """Raise `Refusal` where there is a run of this name."""
    if (run_path(name) / FILE).is_file():
        raise Refusal(
            f"expected a new name: a run called {name} is there already. Choose another; or open "
            "that run to see it, or to continue it where it was stopped."
        )


def refuse_not_continued(run: Run) -> None:
    """Raise `Refusal` for a run that no training was stopped of."""
    refuse_going_on(run.info)
    if run.info.config is None or run.status not in ("training", "interrupted"):
        raise Refusal(f"expected a training that was stopped: {run.name} has status {run.status}.")


def work(job: Job, _place: Path, tell: TellStage) -> None:
    """Train; see `kinds.Work`."""
    asked, folder = read_asked(job), run_path(job.run)
    goes_on = asked.continues or _begun(job, asked, folder)
    config, store = _continued(job, asked) if goes_on else _new(job, asked)
    if store.fingerprint != asked.data:
        raise Refusal(
            f"expected the patches that {store.name} had when this was asked for: they are others "
            "now. Look at the store on the page Data, then start it again."
        )
    tell("loading TensorFlow", 0, 0)
    try:
        from idc_core.nn.training import train

        done = train(config, folder, store, resume=goes_on, progress=_told(tell))
    except Stopped:
        _say_interrupted(folder)
        raise
    if done.status == "interrupted":
        raise Stopped


def read_asked(job: Job) -> AskedTraining:
    """What is asked for."""
    return record.of(AskedTraining, msgspec.json.decode(job.asked), f"job {job.id}")


def _new(job: Job, asked: AskedTraining) -> tuple[TrainConfig, PatchStore]:
    refuse_taken(job.run)
    return from_dict(asked.config or {}), open_store(store_path(asked.store))


def _continued(job: Job, asked: AskedTraining) -> tuple[TrainConfig, PatchStore]:
    run = open_run(run_path(job.run))
    if asked.continues and (run.info.id or "") != asked.id:
        raise Refusal(
            f"expected the run that was called {run.name} when this was asked for: another has "
            "that name now. Open it, and look whether it is to be continued."
        )
    if run.status != "finished":
        refuse_not_continued(run)
    return from_dict(run.info.config or {}), needed_store(run)


def _begun(job: Job, asked: AskedTraining, folder: Path) -> bool:
    """Whether a try of this job that was broken off has begun the run."""
    if not (folder / FILE).is_file():
        return False
    info = read_info(folder)
    return (
        (info.started or "") >= job.made
        and info.fingerprint == asked.data
        and info.config is not None
        and from_dict(info.config) == from_dict(asked.config or {})
    )


def _told(tell: TellStage) -> Callable[[Progress], None]:
    def told(step: Progress) -> None:
        if step.stage == "train":
            tell(f"epoch {step.epoch} of {step.epochs}, batches", step.batch, step.batches)
        elif step.stage == "validate":
            tell(f"epoch {step.epoch} of {step.epochs}, validating", 0, 0)
        elif step.stage in _LAST:
            tell(_LAST[step.stage], 0, 0)

    return told


def _say_interrupted(folder: Path) -> None:
    """Where it was stopped before its first batch or after its last one, it could not say so."""
    if not (folder / FILE).is_file():
        return
    with only_one(folder / "checkpoint" / "lock", "training"):
        info = read_info(folder)
        if info.status == "training":
            record.write(folder / FILE, record.replace(info, status="interrupted"))
            seal.write(folder)
