"""Do scores mean what they say?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from idc_core.metrics.calibration import (
    BINS,
    bin_of,
    brier,
    brier_parts,
    ece,
    equal_counts,
    equal_widths,
    in_the_large,
)

some = settings(max_examples=30, deadline=None)
PATCHES = st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), min_size=1, max_size=40)


def unpack(patches: list[tuple[int, float]]) -> tuple[list[int], list[float]]:
    return [label for label, _ in patches], [score for _, score in patches]


def ece_by_a_loop(labels: list[int], scores: list[float]) -> float:
    gaps = 0.0
    for number in range(BINS):
        own = [i for i, score in enumerate(scores) if min(int(score * BINS), BINS - 1) == number]
        if own:
            share = sum(labels[i] for i in own) / len(own)
            confidence = sum(scores[i] for i in own) / len(own)
            gaps += len(own) / len(scores) * abs(share - confidence)
    return gaps


def test_both_figures_by_hand() -> None:
    assert brier([0, 1, 1], [0.5, 0.5, 1.0]) == pytest.approx((0.25 + 0.25 + 0) / 3)
    # Two patches at .9, one IDC: .4 off; two at .1, none IDC: .1 off.
    assert ece([0, 1, 0, 0], [0.9, 0.9, 0.1, 0.1]) == pytest.approx((0.4 + 0.1) / 2)


@some
@given(patches=PATCHES)
def test_scikit_learn_agrees_on_the_brier_score(patches: list[tuple[int, float]]) -> None:
    labels, scores = unpack(patches)
    expected = brier_score_loss(labels, scores, pos_label=1)
    assert brier(labels, scores) == pytest.approx(expected, abs=1e-12)


@some
@given(patches=PATCHES)
def test_a_loop_over_bins_agrees_on_the_calibration_error(
    patches: list[tuple[int, float]],
) -> None:
    labels, scores = unpack(patches)
    assert ece(labels, scores) == pytest.approx(ece_by_a_loop(labels, scores), abs=1e-12)


@some
@given(patches=PATCHES)
def test_both_lie_between_0_and_1_and_do_not_know_the_order(
    patches: list[tuple[int, float]],
) -> None:
    labels, scores = unpack(patches)
    for figure in (brier, ece):
        assert 0 <= figure(labels, scores) <= 1
        assert figure(labels[::-1], scores[::-1]) == pytest.approx(figure(labels, scores))


def test_an_oracle_has_no_error_and_its_opposite_has_all() -> None:
    labels = [0, 1, 1, 0]
    assert brier(labels, labels) == ece(labels, labels) == 0
    opposite = [1 - label for label in labels]
    assert brier(labels, opposite) == ece(labels, opposite) == 1


def test_the_last_bin_holds_a_score_of_1() -> None:
    assert bin_of(np.array([0.0, 1 / BINS, 1.0])).tolist() == [0, 1, BINS - 1]


def test_without_patches_both_are_unknown() -> None:
    assert np.isnan(brier([], []))
    assert np.isnan(ece([], []))


@pytest.mark.parametrize("figure", [brier, ece])
def test_a_logit_is_refused(figure: object) -> None:
    with pytest.raises(ValueError, match=r"row 1 holds 2\.5"):
        figure([0, 1], [0.5, 2.5])  # type: ignore[operator]


def test_the_parts_of_the_brier_score_by_hand() -> None:
    #  two bins: 0.1, 0.3 with 0 of 2 IDC; 0.8, 0.8 with 1 of 2
    parts = brier_parts([0, 0, 1, 0], [0.1, 0.3, 0.8, 0.8], edges=[0.5])
    assert parts.reliability == pytest.approx((2 * 0.2**2 + 2 * 0.3**2) / 4)
    assert parts.resolution == pytest.approx(0.25**2)
    assert parts.uncertainty == pytest.approx(0.25 * 0.75)
    assert parts.total == pytest.approx((0.01 + 0.09 + 0.04 + 0.64) / 4)


@settings(max_examples=40, deadline=None)
@given(
    patches=st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), min_size=1, max_size=40),
    bins=st.integers(1, 8),
)
def test_the_parts_add_up_to_the_whole(patches: list[tuple[int, float]], bins: int) -> None:
    labels, scores = zip(*patches, strict=True)
    parts = brier_parts(labels, scores, equal_widths(bins))
    whole = parts.reliability - parts.resolution + parts.uncertainty + parts.within
    assert whole == pytest.approx(brier(labels, scores))
    assert parts.total == pytest.approx(brier(labels, scores))
    assert min(parts.reliability, parts.resolution, parts.uncertainty) >= 0


def test_scores_of_one_value_a_bin_leave_nothing_within() -> None:
    parts = brier_parts([0, 1, 1, 0], [0.2, 0.2, 0.8, 0.8], edges=[0.5])
    assert parts.within == pytest.approx(0)


def test_bins_of_equal_counts_hold_equally_many_and_ties_stay_together() -> None:
    scores = np.linspace(0, 1, 100)
    found = np.bincount(np.searchsorted(equal_counts(scores, 10), scores, side="right"))
    assert found.min() >= 9
    assert len(equal_counts(np.full(50, 0.3), 10)) == 0
    assert len(equal_counts(np.zeros(0), 10)) == 0


def test_calibration_in_the_large_by_hand_and_undefined_without_patches() -> None:
    found = in_the_large([4, 0], [1, 0], [2.0, 0.0])
    assert found[0] == pytest.approx(0.25)
    assert np.isnan(found[1])
