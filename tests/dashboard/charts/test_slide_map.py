"""What the slide viewer is given: a frame, a picture, squares."""

import json

import cv2
import numpy as np
import pandas as pd
import pytest

from dashboard.charts.slide_map import (
    LARGEST,
    LONGEST,
    Frame,
    frame_of,
    outcome_of,
    picture,
    squares,
)


def rows(**columns):
    usual = {"x": [101, 151], "y": [51, 51], "label": [1, 0], "score": np.float32([0.9, 0.1])}
    return pd.DataFrame(usual | columns)


def test_the_frame_counts_squares_from_nought():
    assert frame_of([101, 201], [51, 151]) == Frame(2, 1, 3, 3)


def test_a_patch_lies_at_its_square_and_what_is_missing_is_white():
    patches = np.zeros((2, 50, 50, 3), np.uint8)
    patches[0], patches[1] = (200, 30, 60), (20, 120, 220)
    frame = frame_of([1, 101], [1, 51])
    coded = np.frombuffer(picture(patches, [1, 101], [1, 51], frame), np.uint8)
    image = cv2.imdecode(coded, cv2.IMREAD_COLOR)[:, :, ::-1].astype(int)
    assert image.shape == (100, 150, 3)
    assert np.abs(image[25, 25] - (200, 30, 60)).max() < 6
    assert np.abs(image[75, 125] - (20, 120, 220)).max() < 6
    assert image[25, 125].min() > 250


def test_a_large_slide_is_shrunk_to_what_browsers_draw():
    frame = Frame(0, 0, 400, 300)
    assert frame.square_px < 50
    assert frame.columns * frame.square_px <= LONGEST
    assert frame.columns * frame.rows * frame.square_px**2 <= LARGEST


def test_patches_too_far_apart_are_no_picture():
    patches = np.zeros((2, 50, 50, 3), np.uint8)
    x = [1, 999_951]
    assert picture(patches, x, [1, 999_951], frame_of(x, [1, 999_951])) is None


def test_squares_carry_the_score_in_full():
    score = np.float32([0.444155, 0.1])
    sent = json.loads(squares(rows(score=score), frame_of([101, 151], [51, 51])))
    assert np.float32(sent["score"]).tolist() == score.tolist()
    assert sent["score"][0] == float(score[0])
    assert (sent["left"], sent["top"], sent["columns"], sent["rows"]) == (2, 1, 2, 1)


def test_what_a_blind_reader_must_not_see_is_not_sent():
    hidden = np.array([True, False])
    sent = json.loads(squares(rows(), frame_of([101, 151], [51, 51]), hidden=hidden))
    assert sent["score"][0] is None
    assert sent["label"] == [None, 0]


def test_tissue_without_a_prediction_is_named():
    sent = json.loads(squares(rows(), frame_of([101, 151], [51, 51]), unscored=[(201, 51)]))
    assert sent["unscored"] == [[201, 51]]


@pytest.mark.parametrize(
    ("label", "score", "expected"),
    [(1, 0.5, "tp"), (1, 0.49, "fn"), (0, 0.5, "fp"), (0, 0.49, "tn")],
)
def test_a_score_on_the_threshold_is_called(label, score, expected):
    assert outcome_of([label], [score], 0.5).tolist() == [expected]
