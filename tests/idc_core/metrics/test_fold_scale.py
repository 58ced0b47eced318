"""One slider for networks that each have a threshold of their own."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from idc_core.metrics.curves import Ranked
from idc_core.metrics.fold_scale import common_threshold, on_common_scale, within_folds

SHARE = st.floats(0, 1, width=32)


@given(st.lists(st.tuples(SHARE, st.integers(0, 2)), min_size=1), st.tuples(SHARE, SHARE, SHARE))
def test_a_score_passes_the_common_threshold_exactly_where_it_passed_that_of_its_fold(
    scored, thresholds
):
    scores = np.array([score for score, _ in scored])
    fold = np.array([number for _, number in scored])
    own = np.array(thresholds)
    shown = on_common_scale(scores, fold, own)
    assert ((shown >= common_threshold(own)) == (scores >= own[fold])).all()
    assert ((shown >= 0) & (shown <= 1)).all()


@given(st.lists(SHARE, min_size=2), SHARE)
def test_the_order_within_a_fold_stays(scores, threshold):
    raw = np.sort(np.array(scores))
    shown = on_common_scale(raw, np.zeros(len(raw), int), [threshold, 0.3])
    assert (np.diff(shown) >= 0).all()


def test_alike_thresholds_leave_every_score_where_it_was():
    raw = np.array([0.0, 0.1, 0.4, 0.7, 1.0])
    shown = on_common_scale(raw, np.array([0, 1, 0, 1, 0]), [0.4, 0.4])
    assert shown == pytest.approx(raw, abs=1e-12)


def test_the_slider_moves_all_thresholds_by_the_same_odds():
    thresholds = [0.2, 0.8]
    scores = on_common_scale([1 / 3, 8 / 9], np.array([0, 1]), thresholds)
    # odds 1/4 and 4 are the thresholds; twice those are 1/2 and 8, and the common one has odds 1
    assert scores == pytest.approx([2 / 3, 2 / 3])


def test_within_folds_no_score_is_compared_with_one_of_another_network():
    labels = np.array([1, 0, 1, 0], np.int8)
    scores, fold = np.array([0.2, 0.1, 0.9, 0.8]), np.array([0, 0, 1, 1])
    assert within_folds(fold, labels, scores, 2).tolist() == [1.0, 1.0]
    assert Ranked(labels, scores).roc_auc == 0.75
    assert np.isnan(within_folds(fold, np.array([1, 1, 1, 0], np.int8), scores, 2)[0])
