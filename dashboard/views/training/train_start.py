"""Put a training into the queue: a new one, or one that was stopped. What will not do is refused
before anything starts."""

from dashboard.access import gate, starters
from dashboard.access.person import Here
from dashboard.cache import runs, stores
from dashboard.state.queue import queue
from idc_core.data.stores.store import PatchStore
from idc_core.io.paths import store_path
from idc_core.io.refusal import Refusal
from idc_core.jobs.job import Job
from idc_core.jobs.kinds import TRAIN
from idc_core.jobs.queue import COMMAND
from idc_core.jobs.train import AskedTraining, read_asked, refuse_not_continued, refuse_taken
from idc_core.runs.data import making
from idc_core.runs.notes import refuse_name
from idc_core.train.config import TrainConfig, to_dict
from idc_core.train.fitness import refuse_unfit
from idc_core.train.pretrained import weights_file
from idc_core.train.wanted import Wanted


def start(wanted: Wanted, seen: str) -> Job:
    """The job that trains it, or the one that does already. `seen`: the fingerprint of the store as
    it was shown."""
    about = f"{wanted.network} on {wanted.store}"
    with gate.doing("train", run=wanted.run, what=about) as here:
        config = wanted.config()
        asked = AskedTraining(data=seen, store=wanted.store, config=to_dict(config))
        if under_way(wanted.run) is None:
            refuse_name(wanted.run)
            refuse_taken(wanted.run)
            _refuse_store(stores.opened(str(store_path(wanted.store))), config, seen)
            weights_file(wanted.network)
            _refuse_without_worker()
        return _queued(wanted.run, asked, here)


def go_on(name: str, number: str | None, data: str | None) -> Job:
    """The same for a run that was stopped; `number`: its own (`RunInfo.id`), `data`: the
    fingerprint of its data, both as they were shown."""
    with gate.doing("train", run=name, what="continued") as here:
        asked = AskedTraining(data=data or "", continues=True, id=number or "")
        if under_way(name) is None:
            refuse_not_continued(runs.run(name))
            _refuse_without_worker()
        return _queued(name, asked, here)


def under_way(name: str) -> Job | None:
    """The job that trains the run of this name, or will."""
    jobs = queue().of(TRAIN.key)
    return next((job for job in jobs if job.run == name and not job.ended), None)


def _queued(name: str, asked: AskedTraining, here: Here) -> Job:
    job = queue().start(TRAIN.key, name, asked, run=name, by=starters.of(here), same=name)
    if read_asked(job) != asked:
        raise Refusal(
            f"expected a new name: a training called {name} is under way, on other patches or with "
            "other settings. Choose another name, or stop that training first."
        )
    return job


def _refuse_store(store: PatchStore, config: TrainConfig, seen: str) -> None:
    if store.fingerprint != seen:
        raise Refusal(
            f"expected the patches of {store.name} as the form showed them: they were replaced "
            "since. Look at the form again, then start."
        )
    if not store.has_pixels:
        raise Refusal(
            f"expected the pixels of {store.name}: they are not on this machine. Make them: python "
            f"train_cli.py {making(store.name)}."
        )
    refuse_unfit(config, store)


def _refuse_without_worker() -> None:
    if not queue().worker_is_here():
        raise Refusal(
            f"expected a worker, which does the training: none is running. Start one: {COMMAND}."
        )
