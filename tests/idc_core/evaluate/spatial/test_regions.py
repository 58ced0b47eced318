"""Areas of tumour: found, missed, called for nothing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from idc_core.evaluate.spatial.borders import places
from idc_core.evaluate.spatial.neighbours import neighbours_of
from idc_core.evaluate.spatial.regions import OUTSIDE, components, froc, regions


def slide(labels, scores, patient="p"):
    """Rows of two pictures: labels (a dot: nothing exported) and scores in tenths."""
    return pd.DataFrame(
        [
            (patient, 50 * column + 1, 50 * row + 1, int(sign), int(score) / 10)
            for row, (line, values) in enumerate(zip(labels, scores, strict=True))
            for column, (sign, score) in enumerate(zip(line, values, strict=True))
            if sign != "."
        ],
        columns=["patient", "x", "y", "label", "score"],
    )


@pytest.fixture
def rows():
    """Two tumours, one of four squares and one of one; a false alarm of two squares."""
    return slide(["110001", "110000", "000000"], ["900001", "110000", "000880"])


def of(rows, threshold, hit=0.0):
    return regions(rows, places(rows, set(rows["patient"])), threshold, hit)


def test_areas_by_hand(rows):
    found = of(rows, 0.5)
    assert sorted(found.labelled["squares"]) == [1, 4]
    assert found.labelled.set_index("squares")["hit"].to_dict() == {4: True, 1: False}
    assert found.false_alarms["squares"].tolist() == [2]
    assert found.slides == 1


def test_more_of_an_area_can_be_asked_for(rows):
    hit = {
        share: of(rows, 0.5, share).labelled.set_index("squares")["hit"][4]
        for share in (0.0, 0.25, 0.5)
    }
    assert hit == {0.0: True, 0.25: True, 0.5: False}


def test_a_called_area_that_touches_a_label_with_one_square_is_no_false_alarm():
    found = of(slide(["1000"], ["9990"]), 0.5)
    assert found.false_alarms.empty


def test_the_square_to_look_at_is_the_surest_miss(rows):
    missed = of(rows, 0.95).labelled.set_index("squares").loc[4]
    assert (missed["x"], missed["y"]) == (1, 1)


def test_a_sample_has_no_areas(rows):
    found = regions(rows, places(rows, set()), 0.5)
    assert found.labelled.empty
    assert found.false_alarms.empty
    assert found.slides == 0


def test_a_slide_without_tumour_still_has_false_alarms():
    found = of(slide(["000"], ["090"]), 0.5)
    assert found.labelled.empty
    assert len(found.false_alarms) == 1


def test_the_curve_agrees_with_the_areas_at_each_threshold(rows):
    both = pd.concat([rows, slide(["010"], ["700"], "q")], ignore_index=True)
    where = places(both, {"p", "q"})
    curve = froc(both, where, [0.05, 0.5, 0.95])
    for nth, threshold in enumerate(curve.thresholds):
        found = regions(both, where, float(threshold))
        assert curve.hits[nth].sum() == found.labelled["hit"].sum()
        assert curve.false_alarms[nth].sum() == len(found.false_alarms)
    assert curve.lesions.tolist() == [2, 1]
    assert (np.diff(curve.thresholds) < 0).all()


def test_samples_beside_whole_slides_do_not_count(rows):
    both = pd.concat([rows, slide(["111"], ["999"], "sample")], ignore_index=True)
    where = places(both, {"p"})
    assert froc(both, where, [0.5]).lesions.tolist() == [2]


@given(st.integers(0, 2**32 - 1))
def test_components_agree_with_scipy(seed):
    picture = np.random.default_rng(seed).integers(0, 2, (7, 9))
    rows = slide(["".join(map(str, line)) for line in picture], ["0" * 9] * 7)
    found = components(neighbours_of(rows), rows["label"].to_numpy() == 1)
    expected, count = ndimage.label(picture, structure=np.ones((3, 3)))
    ours = np.full(picture.shape, OUTSIDE)
    ours[rows["y"] // 50, rows["x"] // 50] = found
    assert len(set(found) - {OUTSIDE}) == count
    for number in range(1, count + 1):
        assert len(set(ours[expected == number])) == 1
    assert (ours[picture == 0] == OUTSIDE).all()
