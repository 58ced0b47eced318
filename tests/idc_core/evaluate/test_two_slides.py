"""A patient with two slides: the same place on both is two patches, which never touch."""

import numpy as np
import pandas as pd
import pytest

from idc_core.evaluate.compare import join
from idc_core.evaluate.slices.attributes import aligned
from idc_core.evaluate.spatial.borders import places
from idc_core.evaluate.spatial.neighbours import NONE, neighbours_of
from idc_core.evaluate.spatial.regions import froc, regions
from idc_core.evaluate.spatial.saved_smoothing import Smoothing
from idc_core.evaluate.suspects import outside

# Slide s is a row of three squares with IDC, slide t lies one row below with one square of IDC;
# patient b has one slide, called as one of a's.
ROWS = pd.DataFrame(
    [
        ("a", "s", 1, 1, 1, 0.9),
        ("a", "s", 51, 1, 1, 0.8),
        ("a", "s", 101, 1, 1, 0.1),
        ("a", "t", 51, 51, 1, 0.2),
        ("a", "t", 101, 51, 0, 0.7),
        ("a", "t", 51, 1, 0, 0.6),
        ("b", "s", 151, 1, 0, 0.6),
    ],
    columns=["patient", "slide", "x", "y", "label", "score"],
)


def touching(rows):
    return [sorted(near[near != NONE].tolist()) for near in neighbours_of(rows)]


def test_squares_of_two_slides_never_touch():
    assert touching(ROWS) == [[1], [0, 2], [1], [4, 5], [3, 5], [3, 4], []]
    glued = touching(ROWS.drop(columns="slide").drop(index=5).reset_index(drop=True))
    assert glued[0] == [1, 3]


def test_areas_and_false_alarms_are_counted_a_slide():
    where = places(ROWS, {"a", "b"})
    found = regions(ROWS, where, 0.5)
    assert found.slides == 3
    assert found.labelled[["slide", "squares", "called", "hit"]].to_numpy().tolist() == [
        ["s", 3, 2, True],
        ["t", 1, 0, False],
    ]
    assert found.false_alarms[["patient", "slide", "squares"]].to_numpy().tolist() == [
        ["a", "t", 2],
        ["b", "s", 1],
    ]
    curve = froc(ROWS, where, [0.5])
    assert curve.slides.tolist() == [2, 1]
    assert curve.per_slide.tolist() == [2 / 3]
    assert curve.sensitivity.tolist() == [1 / 2]


def test_smoothing_stays_on_the_slide():
    smooth = Smoothing(1.0, ("a", "b")).apply(ROWS)
    # The square in the middle of s lies between 0.9 and 0.1, whatever lies at its place on t.
    assert smooth[1] == pytest.approx(0.5)
    assert smooth[6] == 0.6


def test_runs_are_compared_patch_by_patch_with_the_slide_in_the_name():
    other = ROWS.assign(score=1 - ROWS["score"]).sample(frac=1, random_state=3)
    pair = join(ROWS, other)
    assert len(pair) == len(ROWS)
    assert pair.rows["slide"].tolist() == ["s", "s", "s", "t", "t", "t", "s"]
    np.testing.assert_allclose(pair.rows["score_a"] + pair.rows["score_b"], 1)
    assert pair.patients.tolist() == ["a", "b"]


def test_scores_and_measures_find_the_patch_of_their_own_slide():
    shuffled = ROWS.sample(frac=1, random_state=5)
    assert outside(ROWS, shuffled).tolist() == ROWS["score"].tolist()
    assert aligned(ROWS, shuffled, ["score"])["score"].tolist() == ROWS["score"].tolist()
