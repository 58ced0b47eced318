"""Paired differences: every short cut equals the naive loop; both models share the resamples."""

from collections.abc import Callable
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as referee

from idc_core.metrics import paired
from idc_core.metrics.catalogue import RATES
from idc_core.metrics.confusion import Confusion, confusion_at
from idc_core.metrics.leave_one_out import UNIT, jackknife_interval, unmoved
from idc_core.metrics.paired import BROKEN, CELLS, FIXED, difference
from idc_core.metrics.uncertainty import Interval, PatientJackknife

PATIENTS, RESAMPLES = 8, 50
Patches = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def rate(counts: Confusion, name: str) -> float:
    return float(RATES[name](*astuple(counts)))


def drawn(seed: int, patients: int = PATIENTS, each: int = 25) -> Patches:
    """Owner, label, A's and B's scores, sorted by patient, with ties and a patient of one class."""
    rng = np.random.default_rng(seed)
    owner = np.repeat(np.arange(patients), each)
    labels = rng.integers(0, 2, len(owner)).astype(np.int8)
    labels[owner == 2] = 0
    hard = rng.normal(0, 1, patients)[owner] + rng.normal(0, 1, len(owner))
    a, b = (
        np.round(1 / (1 + np.exp(hard - lift * labels + rng.normal(0, 1, len(owner)))), 2)
        for lift in (2.0, 2.6)
    )
    return owner, labels, a, b


def cells_of(patches: Patches, at_a: float = 0.5, at_b: float = 0.4) -> np.ndarray:
    owner, labels, a, b = patches
    cells = np.zeros((owner.max() + 1, 8), dtype=np.int64)
    np.add.at(cells, (owner, paired.cell_of(labels, a >= at_a, b >= at_b)), 1)
    return cells


def naive(
    jackknife: PatientJackknife, patches: Patches, figure: Callable[[np.ndarray, np.ndarray], float]
) -> np.ndarray:
    """B's figure - A's in each resample, whose patches are really put together."""
    owner, labels, a, b = patches
    found = []
    for weights in jackknife.weights.astype(int):
        rows = np.concatenate(
            [np.tile(np.flatnonzero(owner == i), times) for i, times in enumerate(weights)]
        )
        found.append(figure(labels[rows], b[rows]) - figure(labels[rows], a[rows]))
    return np.array(found)


class Recorder(PatientJackknife):
    """Keeps what the resamples gave, whichever interval is then made of them."""

    def of_sums(self, figure, per_patient, within=None):  # type: ignore[no-untyped-def]
        self.seen = np.asarray(figure(self.sums(per_patient)))
        return super().of_sums(figure, per_patient, within)


@pytest.fixture(scope="module")
def jackknife() -> Recorder:
    return Recorder(PATIENTS, resamples=RESAMPLES, seed=3)


@pytest.fixture(scope="module")
def patches() -> Patches:
    return drawn(5)


@pytest.mark.parametrize("name", RATES)
def test_a_difference_of_rates_equals_the_naive_loop(
    name: str, jackknife: Recorder, patches: Patches
) -> None:
    owner, labels, a, b = patches
    shifted = (owner, labels, a, b + 0.1)  # the same calls at 0.5 as b at 0.4

    def direct(labels: np.ndarray, scores: np.ndarray) -> float:
        return rate(confusion_at(labels, np.clip(scores, 0, 1), 0.5), name)

    found = paired.rates(jackknife, cells_of((owner, labels, a, b + 0.1), 0.5, 0.5), (name,))[name]
    expected = naive(jackknife, shifted, direct)
    np.testing.assert_allclose(jackknife.seen, expected, atol=1e-12)
    value = direct(labels, shifted[3]) - direct(labels, a)
    assert found.difference.value == pytest.approx(value, abs=1e-12)
    assert found.difference.low <= found.difference.value <= found.difference.high


def test_the_difference_of_areas_equals_a_loop_with_scikit_learn(
    jackknife: Recorder, patches: Patches
) -> None:
    owner, labels, a, b = patches
    found = paired.roc_auc(jackknife, owner, labels, a, b)
    areas = np.array(
        [
            [referee.roc_auc_score(labels[owner != i], each[owner != i]) for each in (a, b)]
            for i in range(PATIENTS)
        ]
    )
    values = [referee.roc_auc_score(labels, each) for each in (a, b)]
    expected = jackknife_interval(values[1] - values[0], areas[:, 1] - areas[:, 0])
    assert astuple(found.difference) == pytest.approx(astuple(expected), abs=1e-12)
    for one, value, left in zip((found.a, found.b), values, areas.T, strict=True):
        assert astuple(one) == pytest.approx(
            astuple(jackknife_interval(value, left, UNIT)), abs=1e-12
        )


def test_the_difference_of_brier_scores_equals_the_naive_loop(
    jackknife: Recorder, patches: Patches
) -> None:
    owner, labels, a, b = patches
    columns = np.stack([(a - labels) ** 2, (b - labels) ** 2, np.ones(len(a))], axis=1)
    sums = np.add.reduceat(columns, np.searchsorted(owner, np.arange(PATIENTS)), axis=0)
    found = paired.brier(jackknife, sums)
    expected = naive(jackknife, patches, lambda y, s: float(np.mean((y - s) ** 2)))
    np.testing.assert_allclose(jackknife.seen, expected, atol=1e-12)
    assert found.a.value == pytest.approx(referee.brier_score_loss(labels, a))
    assert found.difference.value == pytest.approx(found.b.value - found.a.value)


def test_a_model_does_not_differ_from_itself(jackknife: Recorder, patches: Patches) -> None:
    owner, labels, a, _ = patches
    same = (owner, labels, a, a)
    cells = cells_of(same, 0.5, 0.5)
    for found in paired.rates(jackknife, cells, RATES).values():
        assert found.difference.value == 0
        assert found.difference.low == -found.difference.high < 0
        assert found.a == found.b
    assert paired.roc_auc(jackknife, *same).difference.value == 0
    squared = np.stack([(a - labels) ** 2, (a - labels) ** 2, np.ones(len(a))], axis=1)
    sums = np.add.reduceat(squared, np.searchsorted(owner, np.arange(PATIENTS)), axis=0)
    assert paired.brier(jackknife, sums).difference.value == 0
    assert paired.sum_of(cells, (*FIXED, *BROKEN)).sum() == 0


def mirrored(found: Interval) -> tuple[float, float, float]:
    return -found.value, -found.high, -found.low


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), name=st.sampled_from(sorted(RATES)))
def test_swapping_the_models_mirrors_the_difference(seed: int, name: str) -> None:
    owner, labels, a, b = drawn(seed)
    jackknife = PatientJackknife(PATIENTS, resamples=100)
    one = paired.rates(jackknife, cells_of((owner, labels, a, b), 0.5, 0.4), (name,))[name]
    other = paired.rates(jackknife, cells_of((owner, labels, b, a), 0.4, 0.5), (name,))[name]
    assert astuple(other.difference) == pytest.approx(mirrored(one.difference), abs=1e-9)
    assert (other.a, other.b) == (one.b, one.a)
    one_area = paired.roc_auc(jackknife, owner, labels, a, b).difference
    other_area = paired.roc_auc(jackknife, owner, labels, b, a).difference
    assert astuple(other_area) == pytest.approx(mirrored(one_area), abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    at_a=st.floats(0, 1, allow_nan=False),
    at_b=st.floats(0, 1, allow_nan=False),
)
def test_the_cells_hold_both_matrices(seed: int, at_a: float, at_b: float) -> None:
    owner, labels, a, b = drawn(seed)
    cells = cells_of((owner, labels, a, b), at_a, at_b).sum(axis=0)
    of_a, of_b = confusion_at(labels, a, at_a), confusion_at(labels, b, at_b)
    assert Confusion(*paired.counts_of_a(cells).astype(int)) == of_a
    assert Confusion(*paired.counts_of_b(cells).astype(int)) == of_b
    wrong_more = (of_b.fp + of_b.fn) - (of_a.fp + of_a.fn)
    assert paired.sum_of(cells, BROKEN) - paired.sum_of(cells, FIXED) == wrong_more


@pytest.mark.parametrize(
    ("label", "a", "b", "name"),
    [
        (1, False, True, "fixed_idc"),
        (1, True, False, "broken_idc"),
        (0, True, False, "fixed_no_idc"),
        (0, False, True, "broken_no_idc"),
        (1, True, True, "both_found"),
        (1, False, False, "both_missed"),
        (0, True, True, "both_false_alarm"),
        (0, False, False, "both_left_alone"),
    ],
)
def test_a_cell_is_named_for_label_and_calls(label: int, a: bool, b: bool, name: str) -> None:
    number = paired.cell_of(np.int8([label]), np.array([a]), np.array([b]))[0]
    assert CELLS[number] == name


def test_pairing_narrows_the_interval_where_patients_are_hard_for_both() -> None:
    # Ten patients from hopeless to easy; B finds about one patch in twenty more in each of them.
    found_a = np.arange(5, 95, 9)
    cells = np.zeros((10, 8), dtype=np.int64)
    cells[:, CELLS.index("both_found")] = found_a
    fixed = np.array([4, 6] * 5)
    cells[:, CELLS.index("fixed_idc")] = fixed
    cells[:, CELLS.index("both_missed")] = 100 - fixed - found_a
    found = paired.rates(PatientJackknife(10), cells, ("sensitivity",))["sensitivity"]
    assert found.difference.value == pytest.approx(0.05)
    assert found.difference.high - found.difference.low < 0.03
    assert found.a.high - found.a.low > 0.2


def test_what_is_not_defined_for_one_is_not_defined_for_the_difference() -> None:
    cells = np.zeros((4, 8), dtype=np.int64)
    cells[:, CELLS.index("both_left_alone")] = 9
    cells[:, CELLS.index("broken_no_idc")] = 1
    found = paired.rates(PatientJackknife(4, resamples=40), cells, RATES)
    assert np.isnan(astuple(found["sensitivity"].difference)).all()
    assert np.isnan(found["precision"].a.value)
    assert found["precision"].b.value == 0
    assert np.isnan(found["precision"].difference.value)
    assert found["specificity"].difference.value == pytest.approx(-0.1)


@pytest.mark.parametrize("patients", [5, 600])
def test_one_class_has_no_difference_of_areas(patients: int) -> None:
    owner = np.repeat(np.arange(patients), 2)
    labels, scores = np.zeros(len(owner), np.int8), np.linspace(0, 1, len(owner))
    found = paired.roc_auc(PatientJackknife(patients, resamples=20), owner, labels, scores, scores)
    assert np.isnan([*astuple(found.a), *astuple(found.b), *astuple(found.difference)]).all()


@pytest.mark.parametrize("name", ["sensitivity", "roc_auc"])
def test_the_interval_is_about_that_of_patients_resampled_together(name: str) -> None:
    patches = drawn(9, patients=60)
    jackknife = PatientJackknife(60, resamples=400)

    def direct(labels: np.ndarray, scores: np.ndarray) -> float:
        if name == "roc_auc":
            return float(referee.roc_auc_score(labels, scores))
        return float((scores >= 0.5)[labels == 1].mean())

    if name == "roc_auc":
        found = paired.roc_auc(jackknife, *patches).difference
    else:
        found = paired.rates(jackknife, cells_of(patches, 0.5, 0.5), (name,))[name].difference
    low, high = np.percentile(naive(jackknife, patches, direct), [2.5, 97.5])
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.2 * (high - low))


def test_identical_calls_on_few_patients_do_not_make_two_models_the_same() -> None:
    cells = np.zeros((10, 8), dtype=np.int64)
    cells[:, CELLS.index("both_found")] = 20
    cells[:, CELLS.index("both_left_alone")] = 30
    found = paired.rates(PatientJackknife(10), cells, ("sensitivity",))["sensitivity"].difference
    assert found.value == 0
    assert found.high == pytest.approx(0.2775, abs=1e-3)  # Wilson, none of ten


def test_each_patient_left_out_is_kept_beside_the_difference() -> None:
    cells = np.random.default_rng(3).integers(1, 9, (7, 8))
    found = paired.rates(PatientJackknife(7), cells, ("sensitivity",))["sensitivity"]
    rest = np.delete(cells, 2, axis=0)
    without = paired.rates(PatientJackknife(6), rest, ("sensitivity",))["sensitivity"]
    assert found.left_out[2] == pytest.approx(without.difference.value)


def test_no_difference_over_all_is_as_unsure_as_the_patients_that_differ() -> None:
    per_patient = np.array([[2.0, 1.0], [1.0, 2.0], [3.0, 3.0], [2.0, 2.0]])

    def figure(sums: np.ndarray) -> np.ndarray:
        shares: np.ndarray = (sums[..., 1] - sums[..., 0]) / sums.sum(axis=-1)
        return shares

    jackknife = PatientJackknife(4)
    found = difference(jackknife, figure, per_patient, 4)
    assert found.value == 0
    assert found == jackknife.of_sums(figure, per_patient)
    alike = np.array([[2.0, 2.0], [1.0, 1.0], [3.0, 3.0], [2.0, 2.0]])
    assert difference(jackknife, figure, alike, 4) == unmoved(4)
