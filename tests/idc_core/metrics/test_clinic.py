"""PPV at a prevalence, likelihood ratios and net benefit: five kinds of evidence."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import class_likelihood_ratios, precision_score

from idc_core.metrics import confusion
from idc_core.metrics.clinic import (
    benefit,
    in_use,
    likelihood_ratio_negative,
    likelihood_ratio_positive,
    npv,
    ppv,
    treat_all,
)
from idc_core.metrics.joint import rates
from idc_core.metrics.uncertainty import PatientJackknife

some = settings(max_examples=40, deadline=None)
COUNTS = st.tuples(*[st.integers(1, 50)] * 4)  # tn, fp, fn, tp


def parts(tn, fp, fn, tp):
    return tp / (tp + fn), tn / (tn + fp)


def ppv_at(*counts_and_prevalence):
    *counts, prevalence = counts_and_prevalence
    return ppv(*parts(*counts), prevalence)


def npv_at(*counts_and_prevalence):
    *counts, prevalence = counts_and_prevalence
    return npv(*parts(*counts), prevalence)


def test_predictive_values_by_hand():
    # of 1,000 patches 100 hold IDC: 80 found; 90 of the 900 others called
    assert ppv_at(90, 10, 20, 80, 0.1) == pytest.approx(80 / 170)
    assert npv_at(90, 10, 20, 80, 0.1) == pytest.approx(810 / 830)


def test_the_liver_scans_of_altman_and_bland():
    """258 abnormal livers, 231 seen; 86 normal, 54 not: 0.88 and 0.67 there, but 0.45 and
    0.95 at a prevalence of one quarter (1994, 10.1136/bmj.309.6947.102)."""
    scans = (54, 32, 27, 231)
    assert (ppv_at(*scans, 258 / 344), npv_at(*scans, 258 / 344)) == pytest.approx(
        (0.88, 0.67), abs=0.005
    )
    assert (ppv_at(*scans, 0.25), npv_at(*scans, 0.25)) == pytest.approx((0.45, 0.95), abs=0.005)


@some
@given(counts=COUNTS)
def test_at_their_own_prevalence_they_are_precision_and_npv(counts):
    tn, fp, fn, tp = counts
    own = (tp + fn) / sum(counts)
    assert ppv_at(*counts, own) == pytest.approx(float(confusion.precision(tn, fp, fn, tp)))
    assert npv_at(*counts, own) == pytest.approx(float(confusion.npv(tn, fp, fn, tp)))


@some
@given(counts=COUNTS, prevalence=st.floats(0.01, 0.98))
def test_more_prevalence_makes_calls_surer_and_the_rest_less_sure(counts, prevalence):
    assert ppv_at(*counts, prevalence + 0.01) >= ppv_at(*counts, prevalence)
    assert npv_at(*counts, prevalence + 0.01) <= npv_at(*counts, prevalence)


def test_a_prevalence_is_that_of_patches_drawn_anew():
    rng = np.random.default_rng(0)
    tn, fp, fn, tp = 80, 20, 30, 70
    labels = rng.random(200_000) < 0.05
    calls = rng.random(200_000) < np.where(labels, tp / (tp + fn), fp / (tn + fp))
    assert ppv_at(tn, fp, fn, tp, 0.05) == pytest.approx(precision_score(labels, calls), abs=0.01)


@some
@given(counts=COUNTS)
def test_likelihood_ratios_are_those_of_scikit_learn(counts):
    labels = np.repeat([0, 0, 1, 1], counts)
    calls = np.repeat([0, 1, 0, 1], counts)
    theirs = class_likelihood_ratios(labels, calls)
    ours = likelihood_ratio_positive(*parts(*counts)), likelihood_ratio_negative(*parts(*counts))
    assert ours == pytest.approx(tuple(theirs))


@some
@given(counts=COUNTS, prevalence=st.floats(0.05, 0.95))
def test_odds_after_a_call_are_the_odds_before_times_the_ratio(counts, prevalence):
    after = float(ppv_at(*counts, prevalence))
    before = prevalence / (1 - prevalence)
    ratio = float(likelihood_ratio_positive(*parts(*counts)))
    assert after / (1 - after) == pytest.approx(before * ratio)


@pytest.mark.parametrize(
    "value",
    [
        likelihood_ratio_positive(0, 1),
        likelihood_ratio_negative(1, 0),
        ppv(0, 1, 0.3),
        npv(1, 0, 0.3),
        ppv(np.nan, 0.8, 0.3),
        benefit([[0, 0, 0, 0]], 0.3).over_none.value,
    ],
)
def test_without_what_they_divide_by_they_are_not_defined(value):
    assert np.isnan(value)


def test_net_benefit_by_hand_and_treating_all_or_none():
    assert net_benefit(60, 20, 5, 15, 0.2) == pytest.approx((15 - 20 / 4) / 100)
    assert net_benefit(0, 80, 0, 20, 0.2) == pytest.approx(treat_all(0.2, 0.2))
    assert net_benefit(80, 0, 20, 0, 0.2) == 0
    assert treat_all(0.3, 0.3) == pytest.approx(0)


@pytest.mark.parametrize("chance", [1e-313, 3e-276, 1e-160])
def test_at_a_chance_next_to_nothing_the_benefit_is_that_at_nothing(chance):
    counts = [[40, 10, 5, 5], [20, 10, 2, 10], [9, 1, 3, 7]]
    found, nothing = benefit(counts, chance).over_all, benefit(counts, 0).over_all
    assert (found.value, found.low, found.high) == (nothing.value, nothing.low, nothing.high)
    assert found.value == pytest.approx(-10 / 122)
    assert found.low < found.value < found.high < 0.1


@some
@given(counts=COUNTS, chance=st.floats(0, 0.9))
def test_a_dearer_false_alarm_never_helps(counts, chance):
    assert net_benefit(*counts, chance + 0.05) <= net_benefit(*counts, chance)


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_shares_out_of_range_are_refused(bad):
    with pytest.raises(ValueError, match="prevalence from 0 to 1"):
        ppv(0.5, 0.5, bad)
    with pytest.raises(ValueError, match="from 0 to below 1"):
        net_benefit(1, 1, 1, 1, bad)


def net_benefit(tn: float, fp: float, fn: float, tp: float, chance: float) -> float:
    return benefit([[tn, fp, fn, tp]], chance).over_none.value


def test_without_an_error_a_likelihood_ratio_is_infinite():
    assert likelihood_ratio_positive(0.9, 1.0) == np.inf
    assert likelihood_ratio_negative(0.9, 0.0) == np.inf


def made(seed=3, patients=12):
    return np.random.default_rng(seed).integers(1, 60, (patients, 4)).astype(float)


def test_ppv_without_a_false_alarm_is_no_surer_than_specificity():
    """It stood as 1.00 [0.91-1.00] at 1 % prevalence beside specificity 1.00 [0.69-1.00]."""
    counts = np.array(
        [
            [20, 0, 3, 30],
            [25, 0, 5, 28],
            [22, 0, 2, 31],
            [18, 0, 4, 27],
            [21, 0, 4, 26],
            [19, 0, 2, 33],
            [23, 0, 6, 24],
            [20, 0, 3, 29],
        ]
    )
    jackknife = PatientJackknife(len(counts))
    found = rates(jackknife, counts)
    use = in_use(found, 0.01)
    assert use.ppv.value == 1
    worst = ppv(found.sensitivity.low, found.specificity.low, 0.01)
    assert use.ppv.low == pytest.approx(float(worst))
    assert use.ppv.low < 0.05
    assert (use.plus.value, use.plus.high) == (np.inf, np.inf)
    assert use.plus.low == pytest.approx(found.sensitivity.low / (1 - found.specificity.low))


@some
@given(counts=st.lists(COUNTS, min_size=2, max_size=12), prevalence=st.floats(0.01, 0.99))
def test_intervals_in_use_agree_with_each_other(counts, prevalence):
    """PPV's odds are the odds of the prevalence times the ratio, at both ends; NPV's likewise."""
    use = in_use(rates(PatientJackknife(len(counts)), np.array(counts)), prevalence)
    before = prevalence / (1 - prevalence)
    for end in ("low", "value", "high"):
        after = before * getattr(use.plus, end)
        expected = after / (1 + after) if np.isfinite(after) else 1.0
        assert getattr(use.ppv, end) == pytest.approx(expected)
    for end, other in (("low", "high"), ("high", "low")):
        after = getattr(use.minus, end) * before
        assert getattr(use.npv, other) == pytest.approx(1 / (1 + after))
    for each in (use.ppv, use.npv, use.plus, use.minus):
        assert each.low <= each.value * (1 + 1e-9)
        assert each.value <= each.high * (1 + 1e-9)


@some
@given(counts=st.lists(COUNTS, min_size=2, max_size=12), chance=st.floats(0.01, 0.95))
def test_the_difference_from_calling_all_is_the_difference_of_both_net_benefits(counts, chance):
    counts = np.array(counts)
    got, total = benefit(counts, chance), counts.sum(axis=0)
    own = float((total[3] - total[1] * chance / (1 - chance)) / total.sum())
    prevalence = (total[2] + total[3]) / total.sum()
    assert got.over_none.value == pytest.approx(own)
    every = float(treat_all(prevalence, chance))
    assert got.over_all.value == pytest.approx(own - every, abs=1e-9 * max(1, abs(every)))
    for each in (got.over_none, got.over_all):
        assert each.low <= each.value <= each.high


def test_the_difference_knows_that_both_policies_meet_the_same_patients():
    """Patients differ in their share of IDC alone: the model is better by the same in each, which
    the interval of its own net benefit against a known treat-all does not show."""
    idc = np.arange(60, 99, 3)
    counts = np.stack([0.2 * (100 - idc), 0.8 * (100 - idc), 0.01 * idc, 0.99 * idc], axis=1)
    got = benefit(counts, 0.5)
    every = float(treat_all(idc.mean() / 100, 0.5))
    assert got.over_none.low < every < got.over_none.value
    assert got.over_all.low > 0


def test_where_a_call_costs_nothing_calling_all_is_never_worse():
    got = benefit(made(), 0.0)
    total = made().sum(axis=0)
    assert got.over_all.value == pytest.approx(-total[2] / total.sum())
    assert got.over_all.low < got.over_all.value < got.over_all.high <= 0
