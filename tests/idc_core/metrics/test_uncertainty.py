"""Intervals: whole patients are resampled, and every short cut equals the naive loop."""

from collections.abc import Callable

import numpy as np
import pytest
from sklearn import metrics as referee

from idc_core.metrics.confusion import RATES, Confusion, ratio
from idc_core.metrics.curves import Ranked
from idc_core.metrics.uncertainty import (
    Interval,
    PatientBootstrap,
    auc_between_patients,
    average_precision_resampled,
    interval,
)

PATIENTS, RESAMPLES = 7, 60


@pytest.fixture(scope="module")
def bootstrap() -> PatientBootstrap:
    return PatientBootstrap(PATIENTS, resamples=RESAMPLES, seed=3)


@pytest.fixture(scope="module")
def patches() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Owner, label and score of patches in no order, with ties and a patient of one class."""
    rng = np.random.default_rng(5)
    owner = rng.integers(0, PATIENTS, 160)
    labels = rng.integers(0, 2, 160)
    labels[owner == 2] = 0
    scores = np.round(rng.beta(2 + labels, 3 - labels), 1)
    return owner, labels, scores


def naive(
    bootstrap: PatientBootstrap,
    patches: tuple[np.ndarray, np.ndarray, np.ndarray],
    figure: Callable[[np.ndarray, np.ndarray], float],
) -> np.ndarray:
    """The figure of each resample, whose patches are really put together."""
    owner, labels, scores = patches
    found = []
    for weights in bootstrap.weights.astype(int):
        rows = np.concatenate(
            [np.tile(np.flatnonzero(owner == i), times) for i, times in enumerate(weights)]
        )
        found.append(figure(labels[rows], scores[rows]))
    return np.array(found)


def per_patient(patches: tuple[np.ndarray, np.ndarray, np.ndarray]) -> np.ndarray:
    owner, labels, scores = patches
    counts = np.zeros((PATIENTS, 4), dtype=int)
    np.add.at(counts, (owner, 2 * labels + (scores >= 0.5)), 1)
    return counts


def test_a_resample_draws_as_many_patients_as_there_are(bootstrap: PatientBootstrap) -> None:
    assert bootstrap.weights.shape == (RESAMPLES, PATIENTS)
    assert (bootstrap.weights.sum(axis=1) == PATIENTS).all()
    assert bootstrap.weights.max() > 1


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    first, again, other = (PatientBootstrap(9, resamples=20, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.weights, again.weights)
    assert (first.weights != other.weights).any()


def test_an_interval_by_hand() -> None:
    found = interval(0.5, np.linspace(0, 1, 41))
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.025, 0.975))


def test_resamples_without_the_figure_are_left_out() -> None:
    assert interval(0.5, np.array([np.nan, 0.4, 0.4])) == Interval(0.5, 0.4, 0.4)


@pytest.mark.parametrize("name", RATES)
def test_a_rate_equals_the_naive_loop(
    name: str, bootstrap: PatientBootstrap, patches: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    def direct(labels: np.ndarray, scores: np.ndarray) -> float:
        called = scores >= 0.5
        tp, fp = int(np.sum(called & (labels == 1))), int(np.sum(called & (labels == 0)))
        fn, tn = int(np.sum(~called & (labels == 1))), int(np.sum(~called & (labels == 0)))
        return Confusion(tn=tn, fp=fp, fn=fn, tp=tp).rate(name)

    found = bootstrap.of_rates(per_patient(patches), (name,))[name]
    expected = interval(direct(*patches[1:]), naive(bootstrap, patches, direct))
    assert (found.value, found.low, found.high) == pytest.approx(
        (expected.value, expected.low, expected.high), abs=1e-12
    )


def test_the_roc_area_equals_the_naive_loop_with_scikit_learn(
    bootstrap: PatientBootstrap, patches: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    owner, labels, scores = patches
    pair_wins = auc_between_patients(owner, labels, scores, PATIENTS)
    positive = np.bincount(owner, weights=labels == 1, minlength=PATIENTS)
    negative = np.bincount(owner, weights=labels == 0, minlength=PATIENTS)
    found = bootstrap.of_roc_auc(pair_wins, positive, negative)
    drawn = naive(bootstrap, patches, referee.roc_auc_score)
    expected = interval(referee.roc_auc_score(labels, scores), drawn)
    assert (found.value, found.low, found.high) == pytest.approx(
        (expected.value, expected.low, expected.high), abs=1e-12
    )


def test_wins_between_patients_equal_a_count_of_pairs(
    patches: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    owner, labels, scores = patches
    found = auc_between_patients(owner, labels, scores, PATIENTS)
    for i in range(PATIENTS):
        for j in range(PATIENTS):
            idc = scores[(owner == i) & (labels == 1)][:, None]
            other = scores[(owner == j) & (labels == 0)][None]
            assert found[i, j] == np.sum(idc > other) + np.sum(idc == other) / 2


def test_average_precision_equals_the_naive_loop_with_scikit_learn(
    bootstrap: PatientBootstrap, patches: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    found = average_precision_resampled(bootstrap, *patches)
    np.testing.assert_allclose(
        found, naive(bootstrap, patches, referee.average_precision_score), atol=1e-12
    )


def test_a_function_of_sums_equals_the_naive_loop(
    bootstrap: PatientBootstrap, patches: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    owner, labels, scores = patches
    errors = np.bincount(owner, weights=(scores - labels) ** 2, minlength=PATIENTS)
    sums = np.stack([errors, np.bincount(owner, minlength=PATIENTS)], axis=1)
    found = bootstrap.of_sums(lambda drawn: ratio(drawn[:, 0], drawn[:, 1]), sums)
    drawn = naive(bootstrap, patches, lambda y, s: referee.brier_score_loss(y, s, pos_label=1))
    expected = interval(float(np.mean((scores - labels) ** 2)), drawn)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.value == pytest.approx(expected.value)


@pytest.mark.parametrize("figure", ["mean", "median"])
def test_mean_and_median_patient_equal_the_naive_loop(
    figure: str, bootstrap: PatientBootstrap
) -> None:
    rates = np.array([0.9, np.nan, 0.2, 0.7, 0.7, np.nan, 0.1])
    numpy_figure = getattr(np, f"nan{figure}")
    drawn = np.array(
        [numpy_figure(np.repeat(rates, weights.astype(int))) for weights in bootstrap.weights]
    )
    found = getattr(bootstrap, f"of_{figure}")(rates)
    expected = interval(numpy_figure(rates), drawn)
    assert (found.value, found.low, found.high) == pytest.approx(
        (expected.value, expected.low, expected.high), abs=1e-12
    )


@pytest.mark.parametrize("figure", ["of_mean", "of_median"])
def test_a_rate_that_no_patient_has_is_unknown(figure: str, bootstrap: PatientBootstrap) -> None:
    found = getattr(bootstrap, figure)(np.full(PATIENTS, np.nan))
    assert np.isnan([found.value, found.low, found.high]).all()


def test_one_patient_has_an_interval_without_width() -> None:
    found = PatientBootstrap(1, resamples=50).of_rates([[6, 2, 1, 3]], ("sensitivity",))
    assert found["sensitivity"] == Interval(0.75, 0.75, 0.75)


def test_no_patients_leave_every_rate_unknown() -> None:
    found = PatientBootstrap(0, resamples=50).of_rates(np.zeros((0, 4)), tuple(RATES))
    assert all(np.isnan([each.value, each.low, each.high]).all() for each in found.values())


def test_patients_who_resemble_themselves_widen_the_interval() -> None:
    # Ten patients, each wholly right or wholly wrong: ten facts, however many patches.
    counts = np.array([[0, 0, 0, 100]] * 5 + [[0, 0, 100, 0]] * 5)
    found = PatientBootstrap(10).of_rates(counts, ("sensitivity",))["sensitivity"]
    assert found.high - found.low > 0.5


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(11)
    held = 0
    for seed in range(200):
        chances = rng.beta(8, 2, size=40)  # 0.8 on average
        found = rng.binomial(50, chances)
        counts = np.stack([0 * found, 0 * found, 50 - found, found], axis=1)
        drawn = PatientBootstrap(40, resamples=400, seed=seed).of_rates(counts, ("sensitivity",))
        held += drawn["sensitivity"].low <= 0.8 <= drawn["sensitivity"].high
    assert 0.88 <= held / 200 <= 0.99


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_has_no_interval_of_the_area(label: int) -> None:
    labels, scores, owner = (
        np.full(4, label),
        np.array([0.1, 0.2, 0.3, 0.4]),
        np.array([0, 0, 1, 1]),
    )
    bootstrap = PatientBootstrap(2, resamples=20)
    pair_wins = auc_between_patients(owner, labels, scores, 2)
    found = bootstrap.of_roc_auc(
        pair_wins, np.array([2.0, 2]) * label, np.array([2.0, 2]) * (1 - label)
    )
    assert np.isnan([found.value, found.low, found.high]).all()
    assert np.isnan(Ranked(labels, scores).roc_auc)
