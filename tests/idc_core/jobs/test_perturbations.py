"""A perturbation measured as a job: of the network and data asked for, where it always lies."""

import pytest

from idc_core.interpret import robustness
from idc_core.io.files import sha256_of
from idc_core.jobs.child import perform
from idc_core.jobs.kinds import PERTURBATION
from idc_core.jobs.perturbations import AskedPerturbation
from idc_core.jobs.queue import Queue
from idc_core.runs.data import needed_store
from idc_core.runs.run import open_run


@pytest.fixture
def run(copied, tmp_path, monkeypatch):
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    return copied(tmp_path) / "models" / "small"


def done(run, key="blur", **other):
    opened = open_run(run)
    queue = Queue(run.parents[1] / "data" / ".jobs")
    known = {"network": sha256_of(run / "model.onnx"), "data": needed_store(opened).fingerprint}
    asked = AskedPerturbation(key=key, **(known | other))
    job = queue.start(PERTURBATION.key, "Blur", asked, run="small")
    queue.table.begin(job.id)
    perform(job, queue.table)
    return queue.get(job.id)


def test_what_it_finds_lies_with_the_run(run):
    store = needed_store(open_run(run))
    assert robustness.saved(open_run(run), store, "blur") is None
    job = done(run)
    assert job.state == "done", job.sentence
    found = robustness.saved(open_run(run), store, "blur")
    assert found.shape[1] == len(robustness.sample(store))


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"network": "0" * 64}, "it was exchanged since"),
        ({"data": "0" * 64}, "the run is of others now"),
        ({"key": "melting"}, "found 'melting'"),
    ],
)
def test_another_network_other_data_or_an_unknown_kind_are_refused(run, other, said):
    job = done(run, **other)
    assert job.state == "refused"
    assert said in job.sentence
    assert not [*(run / "analysis").glob("stress*")]
