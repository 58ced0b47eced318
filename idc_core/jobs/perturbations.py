"""Score the validation sample under every strength of one perturbation; it lies with the run."""

from pathlib import Path

import msgspec

from idc_core.interpret import robustness
from idc_core.io import record
from idc_core.io.paths import run_path
from idc_core.io.progress import TellStage
from idc_core.io.refusal import Refusal
from idc_core.jobs.job import Asked, Job
from idc_core.jobs.same import NETWORK, refuse_other_network
from idc_core.runs.data import needed_store
from idc_core.runs.run import open_run
from idc_core.score.perturbations import PERTURBATIONS
from idc_core.score.scoring import Scorer


class AskedPerturbation(Asked, frozen=True, kw_only=True):
    """The key of a perturbation, the digest of the network, and the fingerprint of the data."""

    key: str
    network: str
    data: str


def work(job: Job, _place: Path, tell: TellStage) -> None:
    """Measure it; see `kinds.Work`."""
    asked, run = read_asked(job), open_run(run_path(job.run))
    if asked.key not in PERTURBATIONS:
        raise Refusal(f"expected a perturbation that this version has: found {asked.key[:40]!r}.")
    refuse_other_network(run, asked.network)
    store = needed_store(run)
    if store.fingerprint != asked.data:
        raise Refusal(
            f"expected the data that {run.name} had when this was started: the run is of others "
            "now. Start it again."
        )
    robustness.measure(run, store, Scorer(run.path / NETWORK), asked.key, tell)


def read_asked(job: Job) -> AskedPerturbation:
    """What it is of."""
    return record.of(AskedPerturbation, msgspec.json.decode(job.asked), f"job {job.id}")
