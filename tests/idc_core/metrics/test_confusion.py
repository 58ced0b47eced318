"""Counts and rates: by hand, as properties of all rates, against scikit-learn, at the edge."""

from collections.abc import Callable
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as referee

from idc_core.metrics.catalogue import METRICS, RATES
from idc_core.metrics.confusion import Confusion, confusion_at

some = settings(max_examples=30, deadline=None)
COUNT = st.integers(0, 100_000)
MATRICES = st.builds(Confusion, tn=COUNT, fp=COUNT, fn=COUNT, tp=COUNT)
GRID = st.integers(0, 8).map(lambda eighth: eighth / 8)  # few values, so that ties are common
PATCHES = st.lists(st.tuples(st.integers(0, 1), GRID), min_size=0, max_size=40)

MIRRORED = {
    "sensitivity": "specificity",
    "precision": "npv",
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced_accuracy",
    "mcc": "mcc",
}
"""What each rate becomes when both classes change names; F1 has no such partner."""

Reference = Callable[[list[int], list[int]], float]
REFEREES: dict[str, Reference] = {
    "sensitivity": lambda y, called: referee.recall_score(y, called, zero_division=np.nan),
    "specificity": lambda y, called: referee.recall_score(
        y, called, pos_label=0, zero_division=np.nan
    ),
    "precision": lambda y, called: referee.precision_score(y, called, zero_division=np.nan),
    "npv": lambda y, called: referee.precision_score(y, called, pos_label=0, zero_division=np.nan),
    "accuracy": referee.accuracy_score,
    "balanced_accuracy": referee.balanced_accuracy_score,
    "f1": lambda y, called: referee.f1_score(y, called, zero_division=np.nan),
    "mcc": referee.matthews_corrcoef,
}


def rate(counts: Confusion, name: str) -> float:
    return float(RATES[name](*astuple(counts)))


def unpack(patches: list[tuple[int, float]]) -> tuple[list[int], list[float]]:
    return [label for label, _ in patches], [score for _, score in patches]


def test_the_tutorial_matrix_finds_73_percent_of_the_idc_not_90() -> None:
    # The tutorial prints these two the other way round, and many copied it.
    tutorial = Confusion(tn=35867, fp=3853, fn=4272, tp=11513)
    assert tutorial.sensitivity == pytest.approx(0.729, abs=5e-4)
    assert tutorial.specificity == pytest.approx(0.903, abs=5e-4)
    assert tutorial.accuracy == pytest.approx((35867 + 11513) / 55505)


def test_the_seed_matrix_has_the_figures_it_was_published_with() -> None:
    seed = Confusion(tn=36257, fp=3412, fn=4370, tp=11466)
    shown = [round(value, 2) for value in (seed.npv, seed.precision)]
    assert shown == [0.89, 0.77]
    assert [round(value, 2) for value in (seed.specificity, seed.sensitivity)] == [0.91, 0.72]
    assert round(seed.accuracy, 2) == 0.86


def test_every_rate_of_a_small_matrix_by_hand() -> None:
    counts = Confusion(tn=6, fp=2, fn=1, tp=3)
    assert counts.total == 12
    assert {name: rate(counts, name) for name in RATES} == pytest.approx(
        {
            "sensitivity": 3 / 4,
            "specificity": 6 / 8,
            "precision": 3 / 5,
            "npv": 6 / 7,
            "accuracy": 9 / 12,
            "balanced_accuracy": 3 / 4,
            "f1": 2 / 3,
            "mcc": (3 * 6 - 2 * 1) / np.sqrt(5 * 4 * 8 * 7),
        }
    )


@pytest.mark.parametrize("name", RATES)
@some
@given(counts=MATRICES)
def test_a_rate_stays_in_its_range_or_is_nan(name: str, counts: Confusion) -> None:
    low, high = METRICS[name].bounds
    value = rate(counts, name)
    assert np.isnan(value) or low - 1e-9 <= value <= high + 1e-9


@pytest.mark.parametrize("name", RATES)
@some
@given(counts=MATRICES, factor=st.integers(2, 50))
def test_a_rate_does_not_know_how_many_patches_there_are(
    name: str, counts: Confusion, factor: int
) -> None:
    larger = Confusion(*(factor * each for each in (counts.tn, counts.fp, counts.fn, counts.tp)))
    assert rate(larger, name) == pytest.approx(rate(counts, name), nan_ok=True)


@pytest.mark.parametrize(("name", "partner"), MIRRORED.items())
@some
@given(counts=MATRICES)
def test_changing_both_classes_names_mirrors_a_rate(
    name: str, partner: str, counts: Confusion
) -> None:
    mirrored = Confusion(tn=counts.tp, fp=counts.fn, fn=counts.fp, tp=counts.tn)
    assert rate(mirrored, name) == pytest.approx(rate(counts, partner), nan_ok=True)


@pytest.mark.parametrize("name", RATES)
@some
@given(counts=st.lists(MATRICES, min_size=1, max_size=5))
def test_a_rate_of_arrays_is_the_rate_of_each(name: str, counts: list[Confusion]) -> None:
    columns = np.array([(each.tn, each.fp, each.fn, each.tp) for each in counts]).T
    np.testing.assert_array_equal(RATES[name](*columns), [rate(each, name) for each in counts])


@pytest.mark.parametrize("name", RATES)
def test_a_perfect_reader_reaches_1_and_an_empty_matrix_is_unknown(name: str) -> None:
    assert rate(Confusion(tn=7, fp=0, fn=0, tp=5), name) == pytest.approx(1)
    assert np.isnan(rate(Confusion(tn=0, fp=0, fn=0, tp=0), name))


def test_without_idc_sensitivity_is_unknown_not_zero() -> None:
    healthy = Confusion(tn=9, fp=1, fn=0, tp=0)
    assert np.isnan(healthy.sensitivity)
    assert np.isnan(healthy.balanced_accuracy)
    assert np.isnan(healthy.mcc)
    assert healthy.specificity == 0.9
    assert healthy.f1 == 0


def test_mcc_does_not_overflow_where_counts_are_large() -> None:
    large = Confusion(tn=10**9, fp=0, fn=0, tp=10**9)
    assert large.mcc == pytest.approx(1)


@pytest.mark.parametrize("name", RATES)
@some
@given(
    patches=PATCHES.filter(lambda patches: len({label for label, _ in patches}) == 2),
    threshold=GRID,
)
def test_scikit_learn_agrees(name: str, patches: list[tuple[int, float]], threshold: float) -> None:
    labels, scores = unpack(patches)
    called = [int(score >= threshold) for score in scores]
    found = rate(confusion_at(labels, scores, threshold), name)
    if name == "mcc" and len(set(called)) == 1:
        assert np.isnan(found)  # scikit-learn says 0: we say that it is unknown
    else:
        assert found == pytest.approx(REFEREES[name](labels, called), abs=1e-12, nan_ok=True)


@some
@given(patches=PATCHES, threshold=GRID)
def test_the_four_outcomes_add_up_and_agree_with_scikit_learn(
    patches: list[tuple[int, float]], threshold: float
) -> None:
    labels, scores = unpack(patches)
    found = confusion_at(labels, scores, threshold)
    assert found.total == len(patches)
    assert found.fn + found.tp == sum(labels)
    if patches:
        called = [int(score >= threshold) for score in scores]
        table = referee.confusion_matrix(labels, called, labels=[0, 1])
        assert [[found.tn, found.fp], [found.fn, found.tp]] == table.tolist()


@some
@given(patches=PATCHES, lower=GRID, higher=GRID)
def test_a_higher_threshold_never_finds_more_cancer(
    patches: list[tuple[int, float]], lower: float, higher: float
) -> None:
    lower, higher = min(lower, higher), max(lower, higher)
    lenient = confusion_at(*unpack(patches), threshold=lower)
    strict = confusion_at(*unpack(patches), threshold=higher)
    assert strict.tp <= lenient.tp
    assert strict.fp <= lenient.fp


@some
@given(patches=PATCHES, threshold=GRID, seed=st.integers(0, 99))
def test_the_order_of_patches_is_irrelevant(
    patches: list[tuple[int, float]], threshold: float, seed: int
) -> None:
    shuffled = list(patches)
    np.random.default_rng(seed).shuffle(shuffled)
    assert confusion_at(*unpack(shuffled), threshold) == confusion_at(*unpack(patches), threshold)


def test_a_score_on_the_threshold_is_called() -> None:
    assert confusion_at([1], [0.5], threshold=0.5).tp == 1
    assert confusion_at([1], [0.5], threshold=np.nextafter(0.5, 1)).tp == 0


def test_a_bad_score_is_refused() -> None:
    with pytest.raises(ValueError, match="row 0 holds nan"):
        confusion_at([1], [np.nan], threshold=0.5)
