"""What the page says is found and is not found is what the search finds and does not."""

import cv2
import numpy as np
import pytest

from dashboard.views.data.near_duplicates import LIMITS, _named
from idc_core.data.near_duplicates import near_duplicates
from idc_core.records.raster import Raster

FOUND, NOT_FOUND, LEFT_OUT = [*LIMITS.split(". ")[0].split("; not "), LIMITS.split(". ")[1]]


@pytest.fixture(scope="module")
def tissue():
    """A texture with room around a patch of 50 pixels."""
    rng = np.random.default_rng(4)
    noise = rng.integers(0, 256, (30, 30, 3), dtype=np.uint8)
    return cv2.resize(noise, (90, 90), interpolation=cv2.INTER_CUBIC)


def patch(picture, right=20, down=20):
    return picture[down : down + 50, right : right + 50]


def recoded(tissue):
    return cv2.imdecode(cv2.imencode(".jpg", patch(tissue), [cv2.IMWRITE_JPEG_QUALITY, 60])[1], 1)


def warped(tissue, angle=0.0, scale=1.0):
    turn = cv2.getRotationMatrix2D((45, 45), angle, scale)
    return patch(cv2.warpAffine(tissue, turn, (90, 90), flags=cv2.INTER_LINEAR))


MADE = {
    "recompressed": recoded,
    "brightened": lambda each: np.clip(patch(each).astype(int) + 20, 0, 255).astype(np.uint8),
    "mirrored": lambda each: patch(each)[:, ::-1],
    "rotated by multiples of 90°": lambda each: np.rot90(patch(each)),
    "shifted by a pixel": lambda each: patch(each, right=21),
}
MISSED = {
    "rotated by other angles": lambda each: warped(each, angle=20),
    "shifted further": lambda each: patch(each, right=32),
    "rescaled": lambda each: warped(each, scale=1.3),
}


def pairs(tissue, copy):
    return len(near_duplicates(np.stack([patch(tissue), np.ascontiguousarray(copy)])))


@pytest.mark.parametrize("words", MADE)
def test_what_is_said_to_be_found_is_found(tissue, words):
    assert words in FOUND
    assert pairs(tissue, MADE[words](tissue)) == 1


@pytest.mark.parametrize("words", MISSED)
def test_what_is_said_not_to_be_found_is_not(tissue, words):
    assert words in NOT_FOUND.replace("those ", "")
    assert pairs(tissue, MISSED[words](tissue)) == 0


def test_featureless_tissue_is_excluded_as_it_is_said(tissue):
    assert LEFT_OUT.startswith("Featureless tissue")
    plain = np.full_like(patch(tissue), 180)
    assert len(near_duplicates(np.stack([plain, plain + 1]))) == 0


def test_a_patch_is_labelled_as_its_store_calls_the_class():
    row = {"label": 1, "split": "test", "patient": "9036", "x": 1, "y": 51}
    assert _named(row, "", Raster(positive="tumour", negative="stroma")).endswith(" (test, tumour)")
    assert _named(row, "", Raster()).endswith(" (test, IDC)")
