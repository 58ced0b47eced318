"""Every patch that is scored is held against the training patches, many at once."""

import io
import zipfile

import cv2
import numpy as np
import pytest

from idc_core.io.paths import REPOSITORY
from idc_core.runs.run import open_run
from idc_core.score import training_range
from idc_core.score.input_check import check, joined
from idc_core.score.predict import predict_sources
from idc_core.score.scoring import Scorer

WHITE = np.full((50, 50, 3), 255, np.uint8)
BLACK = np.zeros((50, 50, 3), np.uint8)
NOISE = np.random.default_rng(0).integers(0, 256, (50, 50, 3)).astype(np.uint8)


@pytest.fixture(scope="module")
def profile():
    found = training_range.saved(open_run(REPOSITORY / "models" / "reference"))
    assert found is not None
    return found


def test_many_at_once_say_what_each_alone_says(profile):
    some = np.random.default_rng(1).integers(0, 256, (4, 1, 1, 3)) + np.zeros((1, 50, 50, 3))
    blurred = cv2.GaussianBlur(NOISE, (0, 0), 4)
    patches = np.stack([WHITE, BLACK, NOISE, blurred, *some.astype(np.uint8)])
    alone = [tuple(each.code for each in training_range.look(patch, profile)) for patch in patches]
    assert list(check(patches, profile).codes) == alone
    assert check(patches, profile).count == len(patches)


def test_padded_patches_are_called_small_and_not_measured(profile):
    assert check(np.stack([WHITE]), profile, np.array([[48, 50]])).codes == (("small",),)


def test_the_sentence_counts_the_kinds_and_names_what_was_compared():
    found = check(np.stack([WHITE, NOISE]), None)
    assert found.sentence() == (
        "Input check: 1 of 2 patches are odd – 1 blank (compared with no training patch, as none "
        "is on this machine: only size and blankness are checked). Their scores are not covered "
        "by what was measured."
    )
    assert found.mostly
    assert joined([found, found]).record()["kinds"] == {"blank": 2}


def png(pixels):
    return cv2.imencode(".png", pixels)[1].tobytes()


def test_files_folders_and_zips_are_checked_where_the_command_line_scores_them(world, tmp_path):
    scorer = Scorer(world / "models" / "small" / "model.onnx")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "white.png").write_bytes(png(WHITE))
    (tmp_path / "one.png").write_bytes(png(NOISE[:40]))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("black.png", png(BLACK))
        archive.writestr("noise.png", png(NOISE))
    (tmp_path / "several.zip").write_bytes(stream.getvalue())
    sources = [tmp_path / name for name in ("folder", "one.png", "several.zip")]
    found = predict_sources(sources, scorer, 0.5)
    assert found.table["odd"].tolist() == ["blank", "too small", "blank", ""]
    assert found.checked.count == 3
