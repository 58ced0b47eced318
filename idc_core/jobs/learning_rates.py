"""Try growing learning rates with a run's network, data and settings; the run stays as it is."""

from pathlib import Path

import msgspec

from idc_core.io import record
from idc_core.io.paths import run_path
from idc_core.io.progress import TellStage
from idc_core.io.refusal import Refusal
from idc_core.jobs.job import Asked, Job
from idc_core.runs.data import needed_store
from idc_core.runs.run import open_run
from idc_core.train.config import from_dict


class AskedRates(Asked, frozen=True, kw_only=True):
    """The fingerprint of the data that the run was trained on."""

    data: str


def work(job: Job, _place: Path, tell: TellStage) -> None:
    """Write the run's `learning_rates.csv`; see `kinds.Work`."""
    run = open_run(run_path(job.run))
    asked = record.of(AskedRates, msgspec.json.decode(job.asked), f"job {job.id}")
    if "epochs" not in (run.info.config or {}):
        raise Refusal(f"expected a run trained here: {run.name} has status {run.status}.")
    if run.info.fingerprint != asked.data:
        raise Refusal(
            f"expected {run.name} as it was when this was started: it was trained anew since, on "
            "other data. Start it again."
        )
    store = needed_store(run)
    tell("loading TensorFlow", 0, 0)
    from idc_core.nn.rate_finder import find_rate, write_rates

    table = find_rate(
        from_dict(run.info.config or {}),
        store,
        progress=lambda done, of: tell("trying rates", done, of),
    )
    write_rates(run.path, table)
