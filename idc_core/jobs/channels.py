"""Measure every channel of a run's network over all its data; what is found lies with the run.

A kill loses one block of patches or one layer: what is there is not done again."""

from pathlib import Path

import msgspec

from idc_core.interpret.channels.analyse import analyse
from idc_core.io import record
from idc_core.io.paths import run_path
from idc_core.io.progress import TellStage
from idc_core.io.refusal import Refusal
from idc_core.jobs.job import Asked, Job
from idc_core.jobs.same import NETWORK, refuse_other_network
from idc_core.runs.data import needed_store
from idc_core.runs.run import open_run
from idc_core.score.scoring import Scorer


class AskedChannels(Asked, frozen=True, kw_only=True):
    """The digest of the network, and the fingerprint of the data."""

    network: str
    data: str


def work(job: Job, _place: Path, tell: TellStage) -> None:
    """Measure what is not there yet; see `kinds.Work`."""
    asked, run = read_asked(job), open_run(run_path(job.run))
    refuse_other_network(run, asked.network)
    store = needed_store(run)
    if store.fingerprint != asked.data:
        raise Refusal(
            f"expected the data that {run.name} had when this was started: the run is of others "
            "now. Start it again."
        )
    analyse(run, store, Scorer(run.path / NETWORK), tell)


def read_asked(job: Job) -> AskedChannels:
    """What it is of."""
    return record.of(AskedChannels, msgspec.json.decode(job.asked), f"job {job.id}")
