"""A zip scored as a job gives what scoring it at once gives."""

import hashlib
import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from idc_core.io.files import sha256_of
from idc_core.jobs.child import perform
from idc_core.jobs.kinds import SCORE_ZIP
from idc_core.jobs.queue import Queue
from idc_core.jobs.score_zip import ZIP, AskedZip, read
from idc_core.runs.run import open_run
from idc_core.score.input_check import check
from idc_core.score.scoring import Scorer
from idc_core.score.training_range import profile_for

SIDES = {"0001_idx5_x1_y1_class0.png": 50, "0001_idx5_x51_y1_class1.png": 50, "small.png": 30}


@pytest.fixture
def pixels():
    rng = np.random.default_rng(0)
    return {
        name: np.clip(rng.normal([200, 120, 180], 20, (side, side, 3)), 0, 255).astype(np.uint8)
        for name, side in SIDES.items()
    }


def done(root, pixels):
    queue, stream = Queue(root / "data" / ".jobs"), io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("x.txt", b"no")
        for name, some in pixels.items():
            picture = io.BytesIO()
            Image.fromarray(some).save(picture, "PNG")
            archive.writestr(name, picture.getvalue())
    folder = queue.new_folder()
    (folder / ZIP).write_bytes(stream.getvalue())
    told = AskedZip(
        network=sha256_of(root / "models" / "small" / "model.onnx"),
        zip=hashlib.sha256(stream.getvalue()).hexdigest(),
    )
    job = queue.start(SCORE_ZIP.key, "a.zip", told, run="small", folder=folder)
    queue.table.begin(job.id)
    return queue, job


def test_what_is_read_again_is_what_scoring_found(root, pixels):
    queue, job = done(root, pixels)
    perform(job, queue.table)
    job = queue.get(job.id)
    assert job.state == "done", job.sentence
    found, run = read(job), open_run(root / "models" / "small")
    rows = found.brought.rows
    assert rows["file"].tolist() == sorted(SIDES)
    assert rows["label"].tolist() == [0, 1, -1]
    assert rows["x"].tolist() == [1, 51, -1]
    whole = np.full((3, 50, 50, 3), 255, np.uint8)
    for at, (name, side) in enumerate(sorted(SIDES.items())):
        whole[at, :side, :side] = pixels[name]
    np.testing.assert_array_equal(found.brought.patches, whole)
    expected = Scorer(run.path / "model.onnx").score(whole)
    np.testing.assert_allclose(found.raw, expected, rtol=0, atol=1e-6)
    sizes = np.array([[side, side] for _, side in sorted(SIDES.items())])
    assert found.checked == check(whole, profile_for(run), sizes)
    assert [(each.file, bool(each.detail)) for each in found.brought.skipped] == [("x.txt", True)]


def test_a_network_that_was_exchanged_since_is_refused(root, pixels):
    queue, job = done(root, pixels)
    network = root / "models" / "small" / "model.onnx"
    network.write_bytes(network.read_bytes() + b" ")
    perform(job, queue.table)
    assert "it was exchanged since" in queue.get(job.id).sentence
