"""Intervals: whole patients are left out or resampled; every short cut equals the naive loop."""

from collections.abc import Callable
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as referee

from idc_core.metrics.catalogue import RATES
from idc_core.metrics.confusion import Confusion, ratio
from idc_core.metrics.curves import Ranked
from idc_core.metrics.leave_one_out import SIGNED_UNIT, UNIT, jackknife_interval
from idc_core.metrics.resampled import interval
from idc_core.metrics.uncertainty import Interval, PatientJackknife

PATIENTS, RESAMPLES = 7, 60
Patches = tuple[np.ndarray, np.ndarray, np.ndarray]


def rate(counts: Confusion, name: str) -> float:
    return float(RATES[name](*astuple(counts)))


def close(found: Interval, expected: Interval) -> bool:
    return (found.value, found.low, found.high) == pytest.approx(
        (expected.value, expected.low, expected.high), abs=1e-10
    )


@pytest.fixture(scope="module")
def jackknife() -> PatientJackknife:
    return PatientJackknife(PATIENTS, resamples=RESAMPLES, seed=3)


@pytest.fixture(scope="module")
def patches() -> Patches:
    """Owner, label and score of patches in no order, with ties and a patient of one class."""
    rng = np.random.default_rng(5)
    owner = rng.integers(0, PATIENTS, 160)
    labels = rng.integers(0, 2, 160)
    labels[owner == 2] = 0
    scores = np.round(rng.beta(2 + labels, 3 - labels), 1)
    return owner, labels, scores


def naive(
    jackknife: PatientJackknife,
    patches: Patches,
    figure: Callable[[np.ndarray, np.ndarray], float],
) -> np.ndarray:
    """The figure of each resample, whose patches are really put together."""
    owner, labels, scores = patches
    found = []
    for weights in jackknife.weights.astype(int):
        rows = np.concatenate(
            [np.tile(np.flatnonzero(owner == i), times) for i, times in enumerate(weights)]
        )
        found.append(figure(labels[rows], scores[rows]))
    return np.array(found)


def per_patient(patches: Patches) -> np.ndarray:
    owner, labels, scores = patches
    counts = np.zeros((PATIENTS, 4), dtype=int)
    np.add.at(counts, (owner, 2 * labels + (scores >= 0.5)), 1)
    return counts


def test_a_resample_draws_as_many_patients_as_there_are(jackknife: PatientJackknife) -> None:
    assert jackknife.weights.shape == (RESAMPLES, PATIENTS)
    assert (jackknife.weights.sum(axis=1) == PATIENTS).all()
    assert jackknife.weights.max() > 1


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    first, again, other = (PatientJackknife(9, resamples=20, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.weights, again.weights)
    assert (first.weights != other.weights).any()


def test_an_interval_by_hand() -> None:
    found = interval(0.5, np.linspace(0, 1, 41))
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.025, 0.975))


def test_resamples_without_the_figure_are_left_out() -> None:
    assert interval(0.5, np.array([np.nan, 0.4, 0.4])) == Interval(0.5, 0.4, 0.4)


def without_each(
    patches: Patches, figure: Callable[[np.ndarray, np.ndarray], float]
) -> tuple[float, list[float]]:
    """The figure of all patches, and of what is left without each patient."""
    owner, labels, scores = patches
    return figure(labels, scores), [
        figure(labels[owner != patient], scores[owner != patient]) for patient in range(PATIENTS)
    ]


def classes(patches: Patches) -> tuple[np.ndarray, np.ndarray]:
    owner, labels, _ = patches
    return tuple(
        np.bincount(owner, weights=labels == label, minlength=PATIENTS) for label in (1, 0)
    )


@pytest.mark.parametrize("name", RATES)
def test_a_rate_has_the_interval_of_what_is_left_without_each_patient(
    name: str, jackknife: PatientJackknife, patches: Patches
) -> None:
    def direct(labels: np.ndarray, scores: np.ndarray) -> float:
        called = scores >= 0.5
        tp, fp = int(np.sum(called & (labels == 1))), int(np.sum(called & (labels == 0)))
        fn, tn = int(np.sum(~called & (labels == 1))), int(np.sum(~called & (labels == 0)))
        return rate(Confusion(tn=tn, fp=fp, fn=fn, tp=tp), name)

    found = jackknife.of_rates(per_patient(patches), (name,))[name]
    within = SIGNED_UNIT if name == "mcc" else UNIT
    assert close(found, jackknife_interval(*without_each(patches, direct), within))


def test_the_roc_area_equals_a_loop_with_scikit_learn(
    jackknife: PatientJackknife, patches: Patches
) -> None:
    found = jackknife.of_roc_auc_scores(*patches)
    assert close(found, jackknife_interval(*without_each(patches, referee.roc_auc_score), UNIT))


def test_average_precision_has_the_interval_of_a_loop_with_scikit_learn(
    jackknife: PatientJackknife, patches: Patches
) -> None:
    expected = jackknife_interval(*without_each(patches, referee.average_precision_score), UNIT)
    assert close(jackknife.of_average_precision(*patches), expected)


def test_a_difference_of_areas_leaves_each_patient_out_of_both(
    jackknife: PatientJackknife, patches: Patches
) -> None:
    owner, labels, a = patches
    b = np.round((a + np.random.default_rng(8).random(len(a))) / 2, 1)
    value_a, left_a = without_each((owner, labels, a), referee.roc_auc_score)
    value_b, left_b = without_each((owner, labels, b), referee.roc_auc_score)
    of_a, of_b, apart, left = jackknife.of_roc_auc_difference(owner, labels, a, b)
    assert close(apart, jackknife_interval(value_b - value_a, np.array(left_b) - np.array(left_a)))
    assert close(of_a, jackknife.of_roc_auc_scores(owner, labels, a))
    assert close(of_b, jackknife.of_roc_auc_scores(owner, labels, b))
    same = jackknife.of_roc_auc_difference(owner, labels, a, a)[2]
    assert same.value == 0
    assert same.low == -same.high < 0  # few patients agree: others may not
    np.testing.assert_allclose(left.mean(), apart.value, atol=0.05)


def test_sums_over_resamples_equal_the_naive_loop(
    jackknife: PatientJackknife, patches: Patches
) -> None:
    owner, labels, scores = patches
    errors = np.bincount(owner, weights=(scores - labels) ** 2, minlength=PATIENTS)
    drawn = jackknife.sums(np.stack([errors, np.bincount(owner, minlength=PATIENTS)], axis=1))
    expected = naive(jackknife, patches, lambda y, s: referee.brier_score_loss(y, s, pos_label=1))
    np.testing.assert_allclose(drawn[:, 0] / drawn[:, 1], expected, atol=1e-12)


@pytest.mark.parametrize("within", [None, UNIT])
def test_a_function_of_sums_has_the_interval_of_what_is_left_without_each_patient(
    within: tuple[float, float] | None, jackknife: PatientJackknife, patches: Patches
) -> None:
    owner, labels, scores = patches
    errors = np.bincount(owner, weights=(scores - labels) ** 2, minlength=PATIENTS)
    sums = np.stack([errors, np.bincount(owner, minlength=PATIENTS)], axis=1)
    found = jackknife.of_sums(lambda drawn: ratio(drawn[:, 0], drawn[:, 1]), sums, within)
    expected = without_each(patches, lambda y, s: float(np.mean((s - y) ** 2)))
    assert close(found, jackknife_interval(*expected, within))


def test_the_mean_patient_leaves_out_those_without_the_rate(jackknife: PatientJackknife) -> None:
    rates = np.array([0.9, np.nan, 0.2, 0.7, 0.7, np.nan, 0.1])
    some = rates[np.isfinite(rates)]
    left = [np.delete(some, each).mean() for each in range(len(some))]
    assert close(jackknife.of_mean(rates), jackknife_interval(some.mean(), left, UNIT))
    signed = jackknife.of_mean(rates - 0.5)
    assert -1 <= signed.low < signed.value < signed.high <= 1


def test_the_median_lies_between_two_patients(jackknife: PatientJackknife) -> None:
    # Of 10 patients: P(fewer than 2 below the median) = 11 / 1024, fewer than 3: 56 / 1024.
    found = jackknife.of_median(np.array([np.nan, *np.arange(10)[::-1] / 10]))
    assert (found.value, found.low, found.high) == (0.45, 0.1, 0.8)


@pytest.mark.parametrize("figure", ["of_mean", "of_median"])
def test_a_rate_that_no_patient_has_is_unknown(figure: str, jackknife: PatientJackknife) -> None:
    found = getattr(jackknife, figure)(np.full(PATIENTS, np.nan))
    assert np.isnan([found.value, found.low, found.high]).all()


def test_one_patient_says_little_of_the_next() -> None:
    found = PatientJackknife(1).of_rates([[6, 2, 1, 3]], ("sensitivity",))["sensitivity"]
    assert found.value == 0.75
    assert found.low < 0.2
    assert found.high > 0.95


def test_a_rate_that_rests_on_one_patient_is_as_unsure_as_one_patient() -> None:
    one = PatientJackknife(1).of_rates([[6, 2, 1, 3]], ("sensitivity", "mcc"))
    many = PatientJackknife(3).of_rates(
        [[6, 2, 1, 3], [9, 1, 0, 0], [5, 5, 0, 0]], ("sensitivity",)
    )
    assert many["sensitivity"] == one["sensitivity"]


@pytest.mark.parametrize("name", ["sensitivity", "balanced_accuracy", "f1", "mcc"])
def test_never_wrong_is_not_surely_right(name: str) -> None:
    few, many = (
        PatientJackknife(count).of_rates([[50, 0, 0, 50]] * count, (name,))[name]
        for count in (10, 200)
    )
    assert [few.value, few.high, many.value, many.high] == pytest.approx([1] * 4)
    assert few.low < many.low < 1
    # Wilson's, as if each patient were one observation.
    share = 10 / (10 + 1.959964**2)
    assert few.low == pytest.approx(2 * share - 1 if name == "mcc" else share, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(
    counts=st.lists(
        st.tuples(*[st.integers(0, 3) | st.integers(0, 900)] * 4), min_size=0, max_size=12
    )
)
def test_an_interval_holds_its_value_and_stays_in_bounds(
    counts: list[tuple[int, int, int, int]],
) -> None:
    table = np.array(counts, dtype=float).reshape(-1, 4)
    for name, found in PatientJackknife(len(table)).of_rates(table, tuple(RATES)).items():
        if np.isnan(found.value):
            assert np.isnan([found.low, found.high]).all()
        else:
            least = -1 if name == "mcc" else 0
            assert least <= found.low <= found.value + 1e-12
            assert found.value - 1e-12 <= found.high <= 1


def test_classes_exchanged_exchange_sensitivity_and_specificity() -> None:
    counts = np.random.default_rng(2).integers(0, 90, (15, 4))
    names = ("sensitivity", "specificity", "precision", "npv", "accuracy", "mcc")
    found = PatientJackknife(15).of_rates(counts, names)
    other = PatientJackknife(15).of_rates(counts[:, ::-1], names)
    for name, mirrored in zip(
        names, ("specificity", "sensitivity", "npv", "precision", "accuracy", "mcc"), strict=True
    ):
        assert close(found[name], other[mirrored])


def test_asking_for_intervals_draws_no_resamples() -> None:
    jackknife = PatientJackknife(30)
    jackknife.of_rates(np.ones((30, 4)), tuple(RATES))
    assert "weights" not in vars(jackknife)


def test_no_patients_leave_every_rate_unknown() -> None:
    found = PatientJackknife(0, resamples=50).of_rates(np.zeros((0, 4)), tuple(RATES))
    assert all(np.isnan([each.value, each.low, each.high]).all() for each in found.values())


def test_patients_who_resemble_themselves_widen_the_interval() -> None:
    # Ten patients, each wholly right or wholly wrong: ten facts, however many patches.
    counts = np.array([[0, 0, 0, 100]] * 5 + [[0, 0, 100, 0]] * 5)
    found = PatientJackknife(10).of_rates(counts, ("sensitivity",))["sensitivity"]
    assert found.high - found.low > 0.5


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(1000):
        chances = rng.beta(8, 2, size=40)  # 0.8 on average
        found = rng.binomial(50, chances)
        counts = np.stack([0 * found, 0 * found, 50 - found, found], axis=1)
        rates = PatientJackknife(40).of_rates(counts, ("sensitivity",))
        held += rates["sensitivity"].low <= 0.8 <= rates["sensitivity"].high
    assert 0.93 <= held / 1000 <= 0.985


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_has_no_interval_of_the_area(label: int) -> None:
    labels, scores, owner = (
        np.full(4, label),
        np.array([0.1, 0.2, 0.3, 0.4]),
        np.array([0, 0, 1, 1]),
    )
    jackknife = PatientJackknife(2, resamples=20)
    found = jackknife.of_roc_auc_scores(owner, labels, scores)
    assert np.isnan([found.value, found.low, found.high]).all()
    assert np.isnan(Ranked(labels, scores).roc_auc)
