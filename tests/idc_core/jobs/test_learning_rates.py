"""The learning-rate finder as a job: for a run that was trained here, on the data it has."""

import sys
from types import ModuleType

import pandas as pd
import pytest

from idc_core.io.files import read_json, write_json
from idc_core.jobs.child import perform
from idc_core.jobs.kinds import LEARNING_RATES
from idc_core.jobs.learning_rates import AskedRates
from idc_core.jobs.queue import Queue
from idc_core.runs.run import open_run
from idc_core.train.config import TrainConfig, to_dict
from idc_core.train.history.rates import FILE, read_rates


@pytest.fixture
def run(copied, tmp_path, monkeypatch):
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    return copied(tmp_path) / "models" / "small"


def done(run, data=None):
    queue = Queue(run.parents[1] / "data" / ".jobs")
    asked = AskedRates(data=open_run(run).info.fingerprint if data is None else data)
    job = queue.start(LEARNING_RATES.key, "small", asked, run="small")
    queue.table.begin(job.id)
    perform(job, queue.table)
    return queue.get(job.id)


def test_a_run_that_was_not_trained_here_is_refused(run):
    job = done(run)
    assert (job.state, job.sentence) == (
        "refused",
        "expected a run trained here: small has status finished.",
    )


@pytest.fixture
def trained(run):
    info = read_json(run / "run.json")
    write_json(run / "run.json", info | {"config": to_dict(TrainConfig(batch_size=16))})
    return run


def test_a_run_that_was_trained_anew_on_other_data_is_refused(trained):
    job = done(trained, data="0" * 64)
    assert job.state == "refused"
    assert "expected small as it was when this was started" in job.sentence
    assert not (trained / FILE).exists()


def test_rates_are_tried_with_the_runs_settings_and_lie_with_the_run(trained, monkeypatch):
    """With a finder that needs no TensorFlow; the real one is driven in `browser/test_training`."""
    asked = []

    def find_rate(config, store, progress):
        asked.append((config.batch_size, store.name))
        progress(160, 160)
        return pd.DataFrame({"rate": [1e-3], "loss": [0.5]})

    finder = ModuleType("idc_core.nn.rate_finder")
    finder.find_rate = find_rate
    finder.write_rates = lambda run, table: table.to_csv(run / FILE, index=False)
    monkeypatch.setitem(sys.modules, finder.__name__, finder)
    job = done(trained)
    assert job.state == "done", job.sentence
    assert asked == [(16, "tiny")]
    assert (job.doing, job.done, job.of) == ("trying rates", 160, 160)
    assert read_rates(trained)["loss"].tolist() == [0.5]
