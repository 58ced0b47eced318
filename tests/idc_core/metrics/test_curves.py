"""ROC and precision-recall: exact at every threshold, equal to scikit-learn, ties included."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as referee

from idc_core.metrics.confusion import confusion_at
from idc_core.metrics.curves import Ranked

some = settings(max_examples=30, deadline=None)
TIED = st.integers(0, 6).map(lambda sixth: sixth / 6)
FINE = st.floats(0, 1, width=32)


def both_classes(patches: list[tuple[int, float]]) -> bool:
    return len({label for label, _ in patches}) == 2


PATCHES = st.lists(st.tuples(st.integers(0, 1), TIED | FINE), min_size=2, max_size=40).filter(
    both_classes
)


def unpack(patches: list[tuple[int, float]]) -> tuple[list[int], list[float]]:
    return [label for label, _ in patches], [score for _, score in patches]


def drawn(count: int, *, levels: int = 40, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, count)
    scores = np.round(rng.beta(2 + labels, 3 - labels) * levels) / levels
    return labels, scores


def test_area_of_four_patches_by_hand() -> None:
    # Of 2 × 2 pairs, (0.35, 0.4) alone is in the wrong order.
    ranked = Ranked([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    assert ranked.roc_auc == 0.75
    # Found at .8 with precision 1, then at .35 with precision 2/3.
    assert ranked.pr_auc == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert ranked.prevalence == 0.5
    assert len(ranked) == 4


def test_a_tie_counts_half_a_pair() -> None:
    assert Ranked([1, 0, 0, 0, 0], [0.5, 0.1, 0.5, 0.5, 0.9]).roc_auc == 2 / 4
    assert Ranked([0, 1], [0.5, 0.5]).roc_auc == 0.5


@some
@given(patches=PATCHES)
def test_both_areas_equal_those_of_scikit_learn(patches: list[tuple[int, float]]) -> None:
    labels, scores = unpack(patches)
    ranked = Ranked(labels, scores)
    assert ranked.roc_auc == pytest.approx(referee.roc_auc_score(labels, scores), abs=1e-9)
    assert ranked.pr_auc == pytest.approx(referee.average_precision_score(labels, scores), abs=1e-9)


@pytest.mark.parametrize("levels", [1, 2, 10, 1_000_000])
def test_areas_of_many_patches_equal_those_of_scikit_learn(levels: int) -> None:
    labels, scores = drawn(20_000, levels=levels)
    ranked = Ranked(labels, scores)
    assert ranked.roc_auc == pytest.approx(referee.roc_auc_score(labels, scores), abs=1e-9)
    assert ranked.pr_auc == pytest.approx(referee.average_precision_score(labels, scores), abs=1e-9)


@some
@given(patches=PATCHES)
def test_the_points_are_those_of_scikit_learn(patches: list[tuple[int, float]]) -> None:
    labels, scores = unpack(patches)
    curve = Ranked(labels, scores).curve
    false_alarms, found, thresholds = referee.roc_curve(labels, scores, drop_intermediate=False)
    np.testing.assert_array_equal(curve.thresholds, thresholds)
    np.testing.assert_allclose(1 - curve.specificity, false_alarms, atol=1e-12)
    np.testing.assert_allclose(curve.sensitivity, found, atol=1e-12)
    precision, _, _ = referee.precision_recall_curve(labels, scores)
    np.testing.assert_allclose(curve.precision[1:], precision[:-1][::-1], atol=1e-12)


@some
@given(patches=PATCHES, elsewhere=st.floats(-1, 2))
def test_counts_at_any_threshold_equal_a_direct_count(
    patches: list[tuple[int, float]], elsewhere: float
) -> None:
    labels, scores = unpack(patches)
    single = np.array(scores, dtype=np.float32)
    ranked = Ranked(labels, single)
    around = [
        near
        for score in single.astype(np.float64)
        for near in (np.nextafter(score, -1), score, np.nextafter(score, 2))
    ]
    for threshold in [*around, elsewhere, np.inf, -np.inf]:
        assert ranked.counts(threshold) == confusion_at(labels, single, threshold)


@some
@given(patches=PATCHES)
def test_a_curve_never_turns_back(patches: list[tuple[int, float]]) -> None:
    curve = Ranked(*unpack(patches)).curve
    assert (np.diff(curve.thresholds) < 0).all()
    assert (np.diff(curve.sensitivity) >= 0).all()
    assert (np.diff(curve.specificity) <= 0).all()
    assert (curve.sensitivity[0], curve.specificity[0]) == (0, 1)
    assert (curve.sensitivity[-1], curve.specificity[-1]) == (1, 0)
    assert np.isnan(curve.precision[0])


@some
@given(patches=PATCHES)
def test_changing_both_classes_names_keeps_the_roc_area(patches: list[tuple[int, float]]) -> None:
    labels, scores = unpack(patches)
    flipped = Ranked([1 - label for label in labels], [1 - score for score in np.float64(scores)])
    # 1 - score can make a tie of two scores that differ in the last digit.
    if len(set(1 - np.float64(scores))) == len(set(scores)):
        assert flipped.roc_auc == pytest.approx(Ranked(labels, scores).roc_auc)


def test_only_the_order_of_scores_matters_to_an_area() -> None:
    labels, scores = drawn(500)
    squeezed = scores**3 / 2
    assert Ranked(labels, squeezed).roc_auc == Ranked(labels, scores).roc_auc
    assert Ranked(labels, squeezed).pr_auc == Ranked(labels, scores).pr_auc


def test_equal_scores_everywhere_are_worth_nothing() -> None:
    ranked = Ranked([0, 0, 0, 1], [0.3] * 4)
    assert ranked.roc_auc == 0.5
    assert ranked.pr_auc == 0.25
    assert len(ranked.curve) == 2


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_has_no_roc_area(label: int) -> None:
    ranked = Ranked([label] * 3, [0.1, 0.5, 0.9])
    assert np.isnan(ranked.roc_auc)
    assert ranked.counts(0.5).total == 3
    assert np.isnan(ranked.pr_auc) == (label == 0)


def test_without_patches_every_figure_is_unknown() -> None:
    nothing = Ranked([], [])
    assert np.isnan([nothing.roc_auc, nothing.pr_auc, nothing.prevalence]).all()
    assert nothing.counts(0.5).total == 0
    assert len(nothing.curve) == 1


@pytest.mark.parametrize("levels", [1, 7, 90])
def test_points_are_the_whole_curve_where_it_has_no_more(levels: int) -> None:
    labels, scores = drawn(5000, levels=levels)
    scores[0] = 1.0  # one patch alone: quantiles would pass it over
    whole, points = (
        getattr(Ranked(labels, scores.astype(np.float32)), name) for name in ("curve", "points")
    )
    found = points(100)
    np.testing.assert_array_equal(found.thresholds, whole.thresholds)
    np.testing.assert_array_equal(found.sensitivity, whole.sensitivity)
    np.testing.assert_array_equal(found.precision, whole.precision)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_points_lie_on_the_curve_and_leave_no_wide_gap(kind: type) -> None:
    labels, scores = drawn(20_000, levels=10_000_000)
    ranked = Ranked(labels, scores.astype(kind))
    points = ranked.points(100)
    assert len(points) <= 100
    assert (points.sensitivity[0], points.specificity[0]) == (0, 1)
    assert (points.sensitivity[-1], points.specificity[-1]) == (1, 0)
    for at in range(len(points)):
        counts = confusion_at(labels, scores.astype(kind), points.thresholds[at])
        assert points.sensitivity[at] == counts.sensitivity
        assert points.specificity[at] == counts.specificity
    assert np.diff(points.sensitivity).max() < 0.05
    assert -np.diff(points.specificity).min() < 0.05


def test_points_of_one_class_end_where_it_ends() -> None:
    points = Ranked(np.ones(5000), drawn(5000, levels=10_000_000)[1]).points(50)
    assert (points.sensitivity[0], points.sensitivity[-1]) == (0, 1)
    assert np.isnan(points.specificity).all()


@pytest.mark.parametrize("levels", [3, 1000, 10_000_000])
def test_areas_in_single_precision_equal_those_of_scikit_learn(levels: int) -> None:
    labels, scores = drawn(30_000, levels=levels)
    single = scores.astype(np.float32)
    ranked = Ranked(labels, single)
    assert ranked.positive.dtype == np.float32
    assert ranked.roc_auc == pytest.approx(referee.roc_auc_score(labels, single), abs=1e-12)
    assert ranked.pr_auc == pytest.approx(
        referee.average_precision_score(labels, single), abs=1e-12
    )


def test_a_thinned_curve_keeps_its_ends_and_its_points() -> None:
    labels, scores = drawn(5000, levels=100_000)
    curve = Ranked(labels, scores).curve
    thin = curve.thinned(300)
    assert 250 <= len(thin) <= 300
    assert set(thin.thresholds) <= set(curve.thresholds)
    assert (thin.sensitivity[0], thin.specificity[0]) == (0, 1)
    assert (thin.sensitivity[-1], thin.specificity[-1]) == (1, 0)
    # No gap is wider than two of its even steps.
    way = np.abs(np.diff(thin.sensitivity)) + np.abs(np.diff(thin.specificity))
    assert way.max() <= 2 * 2 / 299


def test_a_short_curve_is_left_as_it_is() -> None:
    curve = Ranked([0, 1], [0.2, 0.8]).curve
    assert curve.thinned(300) is curve


def test_a_label_of_2_is_refused() -> None:
    with pytest.raises(ValueError, match="row 1 holds"):
        Ranked([0, 2], [0.2, 0.8])
