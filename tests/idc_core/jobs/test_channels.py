"""Channels measured as a job: of the network and data asked for, where they always lie."""

import shutil

import pytest

from idc_core.interpret.channels.analyse import saved
from idc_core.io.files import read_json, sha256_of, write_json
from idc_core.io.paths import REPOSITORY
from idc_core.jobs.channels import AskedChannels
from idc_core.jobs.child import perform
from idc_core.jobs.kinds import CHANNELS
from idc_core.runs.data import needed_store
from idc_core.runs.run import open_run


@pytest.fixture
def run(root):
    return root / "models" / "small"


def asked(run, queue):
    told = AskedChannels(
        network=sha256_of(run / "model.onnx"), data=needed_store(open_run(run)).fingerprint
    )
    return queue.start(CHANNELS.key, "small", told, run="small")


def done(queue, job):
    queue.table.begin(job.id)
    perform(queue.get(job.id), queue.table)
    return queue.get(job.id)


def test_what_it_finds_lies_with_the_run(run, queue):
    assert saved(open_run(run), needed_store(open_run(run))) is None
    job = done(queue, asked(run, queue))
    assert job.state == "done", job.sentence
    found = saved(open_run(run), needed_store(open_run(run)))
    assert found.patches == 198
    assert len(found.of("conv")) == 4


def test_another_network_or_other_data_are_refused(run, queue):
    job = asked(run, queue)
    info = read_json(run / "run.json")
    write_json(run / "run.json", info | {"data": info["data"] | {"fingerprint": "0" * 64}})
    found = done(queue, job)
    assert found.state == "refused"
    assert "they are not there" in found.sentence
    write_json(run / "run.json", info)
    job = asked(run, queue)
    shutil.copyfile(REPOSITORY / "models" / "demo" / "model.onnx", run / "model.onnx")
    found = done(queue, job)
    assert found.state == "refused"
    assert "it was exchanged since" in found.sentence
    assert not [*(run / "analysis").glob("channels*")]
