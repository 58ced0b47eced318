"""Calibration in the large, slope and joint intercept: five kinds of evidence."""

import numpy as np
import pytest
from scipy.optimize import brentq, minimize
from scipy.special import expit
from scipy.special import logit as log_odds
from sklearn.linear_model import LogisticRegression

from idc_core.metrics import calibration_fit
from idc_core.metrics.calibration import logit
from idc_core.metrics.calibration_fit import fitted
from idc_core.metrics.leave_one_out import jackknife_interval


def drawn(n=3000, patients=30, seed=4):
    """Labels, scores and patients; scores overconfident, patients differing."""
    rng = np.random.default_rng(seed)
    owner = rng.integers(0, patients, n)
    odds = rng.normal(-0.5, 1.2, n)
    really = odds + rng.normal(0, 0.8, patients)[owner]
    labels = (rng.random(n) < expit(really)).astype(np.int8)
    return labels, expit(1.8 * odds), owner


def alone(labels, scores):
    """A patient each: for figures whose interval is not looked at."""
    return fitted(labels, scores, np.arange(len(labels)), len(labels))


def test_in_the_large_by_hand_is_the_distance_of_the_log_odds():
    # Every score 0.2, half of the patches IDC: e^x · 0.25 = 1.
    found = alone([0, 1, 0, 1], [0.2] * 4)
    assert found.in_the_large.value == pytest.approx(np.log(4))
    assert found.off.value == pytest.approx(0.2 - 0.5)
    assert np.isnan(found.slope.value)


def test_in_the_large_is_not_the_joint_intercept():
    """Scores whose log odds are doubled around a score of 0.9: too high over all by any measure
    but the joint intercept, which looks at a score of one half alone (Van Calster et al. 2019)."""
    really = np.repeat([0.95, 0.9, 0.8], 1000)
    labels = np.concatenate(
        [np.repeat([1, 0], [round(1000 * p), round(1000 - 1000 * p)]) for p in (0.95, 0.9, 0.8)]
    )
    found = alone(labels, expit(2 * log_odds(really)))
    assert found.slope.value == pytest.approx(0.5, abs=1e-6)
    assert found.joint_intercept.value == pytest.approx(0, abs=1e-6)
    assert found.off.value > 0.07
    assert found.in_the_large.value < -1.2


@pytest.mark.parametrize("seed", range(4))
def test_a_root_finder_and_a_minimiser_agree(seed):
    labels, scores, owner = drawn(400, 8, seed)
    x = logit(scores)
    found = fitted(labels, scores, owner, 8)
    large = brentq(lambda a: np.sum(labels - expit(a + x)), -10, 10, xtol=1e-12)
    # Many logits lie on a grid: right to a thousandth of a standard error.
    assert found.in_the_large.value == pytest.approx(large, abs=2e-4)

    def loss(at):
        odds = at[0] + at[1] * x
        return np.sum(np.logaddexp(0, odds) - labels * odds)

    both = minimize(loss, [0.0, 1.0], method="BFGS", options={"gtol": 1e-8}).x
    assert (found.joint_intercept.value, found.slope.value) == pytest.approx(both, abs=1e-4)


def test_slope_and_joint_intercept_are_those_of_scikit_learn():
    labels, scores, owner = drawn()
    theirs = LogisticRegression(C=np.inf, tol=1e-10).fit(logit(scores)[:, None], labels)
    found = fitted(labels, scores, owner, 30)
    assert found.slope.value == pytest.approx(theirs.coef_[0, 0], abs=2e-4)
    assert found.joint_intercept.value == pytest.approx(theirs.intercept_[0], abs=2e-4)


def test_every_refit_is_the_fit_without_that_patient():
    labels, scores, owner = drawn(600, 6)
    x = logit(scores)
    left = []
    for one in range(6):
        kept = owner != one
        left.append(brentq(lambda a, k=kept: np.sum(labels[k] - expit(a + x[k])), -10, 10))
    whole = brentq(lambda a: np.sum(labels - expit(a + x)), -10, 10)
    found, direct = fitted(labels, scores, owner, 6).in_the_large, jackknife_interval(whole, left)
    assert (found.low, found.high) == pytest.approx((direct.low, direct.high), abs=2e-3)


def test_the_grid_moves_no_refit_by_a_hundredth_of_its_interval(monkeypatch):
    labels, scores, owner = drawn(2000, 20)
    coarse = fitted(labels, scores, owner, 20)
    monkeypatch.setattr(calibration_fit, "MOST_DISTINCT", 10_000)
    exact = fitted(labels, scores, owner, 20)
    for name in ("in_the_large", "slope", "joint_intercept"):
        one, other = getattr(coarse, name), getattr(exact, name)
        width = other.high - other.low
        assert (one.value, one.low, one.high) == pytest.approx(
            (other.value, other.low, other.high), abs=0.01 * width
        )


def test_scores_turned_mirror_every_intercept_and_keep_the_slope():
    labels, scores, owner = drawn()
    one, turned = fitted(labels, scores, owner, 30), fitted(1 - labels, 1 - scores, owner, 30)
    assert turned.slope.value == pytest.approx(one.slope.value, abs=1e-4)
    for name in ("off", "in_the_large", "joint_intercept"):
        mine, other = getattr(one, name), getattr(turned, name)
        assert (-other.high, -other.value, -other.low) == pytest.approx(
            (mine.low, mine.value, mine.high), abs=1e-3
        )


def test_two_patients_have_one_degree_of_freedom():
    """Student's t is 12.7 then, not 4.5."""
    labels = [0, 1, 1, 1, 0, 0, 1, 0]
    scores = [0.5] * 8
    found = fitted(labels, scores, np.repeat([0, 1], 4), 2).in_the_large
    # log odds are 0; without the first patient -log 3, without the second log 3
    assert found.value == pytest.approx(0, abs=1e-9)
    assert found.high - found.value >= 12.70 * np.log(3) * (1 - 1e-4)


@pytest.mark.parametrize(
    ("labels", "scores"),
    [
        ([1, 1, 1], [0.2, 0.5, 0.8]),
        ([0, 1, 0], [0.5, 0.5, 0.5]),
        ([0, 0, 1, 1], [0.1, 0.2, 0.7, 0.8]),
        ([0, 0, 1, 1], [0.0, 0.0, 1.0, 1.0]),
        ([], []),
    ],
)
def test_a_slope_that_is_not_defined_is_nan(labels, scores):
    found = alone(labels, scores)
    assert np.isnan(found.slope.value)
    assert np.isnan([found.slope.low, found.joint_intercept.value]).all()


def test_a_patient_that_alone_holds_a_class_leaves_the_interval_unknown():
    found = fitted([1, 1, 0, 0, 0], [0.6, 0.4, 0.5, 0.2, 0.1], np.array([0, 0, 1, 1, 2]), 3)
    assert np.isfinite(found.in_the_large.value)
    assert np.isnan([found.in_the_large.low, found.in_the_large.high]).all()


def test_an_end_of_the_slope_that_cannot_be_known_is_not_made_up():
    found = calibration_fit._of_slope(np.array([0.5, 3.0, -2.0]))
    assert (found.value, found.low) == (0.5, -np.inf)
    assert found.high > 3
    known = calibration_fit._of_slope(np.array([0.9, 0.88, 0.91, 0.9, 0.92]))
    ratio = jackknife_interval(np.exp(0.9), np.exp([0.88, 0.91, 0.9, 0.92]))
    assert (known.low, known.high) == pytest.approx((np.log(ratio.low), np.log(ratio.high)))


def test_patients_who_differ_make_it_less_sure_than_patches_that_do():
    labels, scores, owner = drawn()
    by_patient, by_patch = fitted(labels, scores, owner, 30), alone(labels, scores)
    widths = [each.in_the_large.high - each.in_the_large.low for each in (by_patient, by_patch)]
    assert widths[0] > 2 * widths[1]
