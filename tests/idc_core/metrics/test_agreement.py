"""Agreement of two judges, by published examples, by hand and by referee."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from idc_core.metrics.agreement import bland_altman, icc, kappa, kappa_interval, tables_of
from idc_core.metrics.leave_one_out import t_quantile

SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
)
# Peak flow of 17 subjects by two meters (Bland & Altman 1986, table 1).
LARGE = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]


def test_kappa_by_hand():
    # observed .7, expected .5 · .6 + .5 · .4 = .5
    assert kappa([[20, 5], [10, 15]]) == pytest.approx(0.4)


def test_full_agreement_is_one_and_chance_is_nought():
    assert kappa([[7, 0], [0, 3]]) == 1
    assert kappa(np.outer([3, 7], [6, 4])) == pytest.approx(0)


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_kappa_agrees_with_scikit_learn(weights):
    random = np.random.default_rng(1)
    one = random.integers(0, 4, 300)
    other = np.clip(one + random.integers(-1, 2, 300), 0, 3)
    table = tables_of(np.zeros(300), one, other, 4)[0]
    expected = cohen_kappa_score(one, other, weights=None if weights == "none" else weights)
    assert kappa(table, weights) == pytest.approx(expected)


def test_judges_that_use_one_class_only_have_no_kappa():
    assert np.isnan(kappa([[9, 0], [0, 0]]))
    assert np.isnan(kappa_interval(np.zeros((0, 2, 2))).value)


def test_unknown_weights_are_refused():
    with pytest.raises(ValueError, match="quadratic"):
        kappa([[1, 0], [0, 1]], "cubic")


@given(st.integers(0, 2**32 - 1))
def test_exchanging_the_judges_changes_nothing(seed):
    table = np.random.default_rng(seed).integers(1, 20, (3, 3))
    for weights in ("none", "linear", "quadratic"):
        assert kappa(table, weights) == pytest.approx(kappa(table.T, weights))


def test_tables_of_patients_add_up_and_the_interval_holds_the_value():
    random = np.random.default_rng(2)
    owner = random.integers(0, 12, 400)
    one = random.integers(0, 2, 400)
    other = np.where(random.random(400) < 0.8, one, 1 - one)
    tables = tables_of(owner, one, other)
    assert tables.shape == (12, 2, 2)
    assert tables.sum() == 400
    found = kappa_interval(tables)
    assert found.value == pytest.approx(kappa(tables.sum(axis=0)))
    assert found.low < found.value < found.high <= 1


def test_icc_of_two_judges_by_its_analysis_of_variance():
    x, y = SHROUT_FLEISS[:, 0].astype(float), SHROUT_FLEISS[:, 2].astype(float)
    both, n = np.stack([x, y], axis=1), 6
    grand = both.mean()
    rows = 2 * ((both.mean(axis=1) - grand) ** 2).sum() / (n - 1)
    columns = n * ((both.mean(axis=0) - grand) ** 2).sum()
    error = (((both - grand) ** 2).sum() - rows * (n - 1) - columns) / (n - 1)
    expected = (rows - error) / (rows + error + 2 * (columns - error) / n)
    assert icc(x, y).value == pytest.approx(expected)


def test_icc_is_one_for_equal_amounts_and_falls_with_an_offset():
    x = np.array([0.1, 0.4, 0.5, 0.9])
    assert icc(x, x).value == pytest.approx(1)
    assert icc(x, x + 0.3).value < 0.8


def test_icc_does_not_depend_on_where_amounts_begin():
    x, y = np.array([1.0, 2, 3, 5]), np.array([1.5, 2, 4, 4])
    assert icc(x + 1e6, y + 1e6).value == pytest.approx(icc(x, y).value, abs=1e-6)


@pytest.mark.parametrize("amounts", [([], []), ([0.5], [0.4]), ([0.2, 0.2], [0.2, 0.2])])
def test_icc_without_spread_or_patients_is_not_defined(amounts):
    assert np.isnan(icc(*amounts).value)


def test_limits_of_agreement_are_those_of_the_paper():
    found = bland_altman(MINI, LARGE)
    assert found.bias.value == pytest.approx(-2.1, abs=0.05)
    assert found.deviation == pytest.approx(38.8, abs=0.05)
    assert found.lower.value == pytest.approx(-78.1, abs=0.3)
    assert found.upper.value == pytest.approx(73.9, abs=0.3)
    # The paper's intervals suppose normal differences; ours are no narrower.
    assert found.bias.low <= -22.0 + 0.3
    assert found.bias.high >= 17.8 - 0.3
    assert found.lower.low <= -114.3 + 2
    assert found.upper.high >= 110.1 - 2


def test_the_next_patient_lies_within_the_prediction_interval():
    """By hand: t of 2 degrees of freedom, 4.303, times the deviation 0.1, times √(4 / 3)."""
    found = bland_altman([0.0, 0.0, 0.0], [0.1, 0.2, 0.3]).new
    assert found.value == pytest.approx(0.2)
    assert found.high - 0.2 == pytest.approx(4.3027 * 0.1 * (4 / 3) ** 0.5, rel=1e-3)


def test_the_prediction_interval_of_three_holds_the_fourth():
    random = np.random.default_rng(5)
    drawn = random.normal(size=(2000, 4))
    held = limits = 0
    for *three, fourth in drawn:
        found = bland_altman(np.zeros(3), three)
        held += found.new.low <= fourth <= found.new.high
        limits += found.lower.value <= fourth <= found.upper.value
    assert 0.935 < held / 2000 < 0.965
    assert limits / 2000 < 0.8  # what was printed for it before


def test_kappa_of_slides_that_agree_by_chance_is_not_sure_to_be_nought():
    found = kappa_interval(np.array([[[1, 1], [0, 0]]] * 3))
    assert found.value == 0
    assert found.low < -0.5
    assert found.high > 0.5


def test_kappa_of_one_patient_has_no_interval():
    found = kappa_interval(np.array([[[3, 1], [2, 4]]]))
    assert found.value == pytest.approx(0.4)
    assert np.isnan([found.low, found.high]).all()


def test_one_patient_has_a_bias_and_no_limits():
    found = bland_altman([0.2], [0.3])
    assert found.bias.value == pytest.approx(0.1)
    assert np.isnan([found.bias.low, found.lower.value, found.upper.high]).all()
    assert np.isnan(bland_altman([], []).bias.value)


def test_students_t_is_that_of_the_tables():
    assert t_quantile(16) == pytest.approx(2.1199, abs=1e-3)
    assert np.isnan(t_quantile(0))
