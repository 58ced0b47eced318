"""A slide scored as a job gives what scoring it at once gives, and only for what was asked."""

import json

import numpy as np
import pytest
from PIL import Image

from idc_core.io.files import sha256_of
from idc_core.jobs.child import perform
from idc_core.jobs.kinds import SCORE_SLIDE
from idc_core.jobs.same import stamp_of
from idc_core.jobs.score_slide import AskedSlide, read
from idc_core.runs.run import open_run
from idc_core.score.input_check import check
from idc_core.score.scoring import Scorer
from idc_core.score.training_range import profile_for

UM = 4.0


@pytest.fixture
def slide(root):
    """Three squares wide, two high."""
    pixels = np.random.default_rng(0).normal([200, 120, 180], 20, (100, 150, 3))
    file = root / "slide.png"
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(file)
    return file


def asked(root, slide, queue):
    network = sha256_of(root / "models" / "small" / "model.onnx")
    wanted = AskedSlide(
        file=str(slide), stamp=stamp_of(slide), network=network, um_per_px=UM, target_um=UM
    )
    return queue.start(SCORE_SLIDE.key, "a.png", wanted, run="small")


def done(queue, job):
    queue.table.begin(job.id)
    perform(job, queue.table)
    return queue.get(job.id)


def test_what_is_read_again_is_what_scoring_found(root, slide, queue):
    job = done(queue, asked(root, slide, queue))
    assert job.state == "done", job.sentence
    found, run = read(job), open_run(root / "models" / "small")
    pixels = np.asarray(Image.open(slide))
    squares = pixels.reshape(2, 50, 3, 50, 3).swapaxes(1, 2).reshape(6, 50, 50, 3)
    np.testing.assert_array_equal(found.patches, squares)
    assert found.rows[["x", "y"]].to_numpy().tolist() == [
        [x, y] for y in (1, 51) for x in (1, 51, 101)
    ]
    expected = Scorer(run.path / "model.onnx").score(squares)
    np.testing.assert_allclose(found.rows["score"], expected, rtol=0, atol=1e-6)
    assert (found.columns, found.lines, found.target_um) == (3, 2, UM)
    assert found.checked == check(squares, profile_for(run))
    said = found.resolution
    assert (said.file, said.given, said.patches, said.trained) == (None, UM, UM, None)
    assert found.network == json.loads(job.asked)["network"]
    assert (job.doing, job.done) == ("checking the squares", 0)


def test_a_network_that_was_exchanged_since_is_refused(root, slide, queue):
    job = asked(root, slide, queue)
    network = root / "models" / "small" / "model.onnx"
    network.write_bytes(network.read_bytes() + b" ")
    job = done(queue, job)
    assert job.state == "refused"
    assert job.sentence.startswith(
        "expected the network that small had when this was started: it was exchanged since."
    )
    assert not job.found.exists()


def test_a_file_that_was_changed_or_taken_away_since_is_refused(root, slide, queue):
    job = asked(root, slide, queue)
    slide.write_bytes(slide.read_bytes() + b" ")
    job = done(queue, job)
    assert job.state == "refused"
    assert "expected slide.png as it was when this was started" in job.sentence
    job = asked(root, slide, queue)
    slide.unlink()
    assert "it was moved or changed since" in done(queue, job).sentence


def test_squares_that_are_damaged_are_a_sentence(root, slide, queue):
    job = done(queue, asked(root, slide, queue))
    (job.found / "patches.npy").write_bytes(b"half")
    with pytest.raises(ValueError, match=r"expected the squares of a.png: .*Score it again"):
        read(job)
