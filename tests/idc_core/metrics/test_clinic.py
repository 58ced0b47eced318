"""PPV at a prevalence, likelihood ratios, net benefit and abstaining: five kinds of evidence."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import class_likelihood_ratios, precision_score

from idc_core.metrics.clinic import (
    answered,
    band_around,
    likelihood_ratio_negative,
    likelihood_ratio_positive,
    net_benefit,
    npv_at,
    ppv_at,
    treat_all,
)
from idc_core.metrics.confusion import confusion_at, npv, precision
from idc_core.metrics.curves import Ranked

some = settings(max_examples=40, deadline=None)
COUNTS = st.tuples(*[st.integers(1, 50)] * 4)  # tn, fp, fn, tp


def test_predictive_values_by_hand():
    # of 1,000 patches 100 hold IDC: 80 found; 90 of the 900 others called
    assert ppv_at(90, 10, 20, 80, 0.1) == pytest.approx(80 / 170)
    assert npv_at(90, 10, 20, 80, 0.1) == pytest.approx(810 / 830)


@some
@given(counts=COUNTS)
def test_at_their_own_prevalence_they_are_precision_and_npv(counts):
    tn, fp, fn, tp = counts
    own = (tp + fn) / sum(counts)
    assert ppv_at(*counts, own) == pytest.approx(float(precision(tn, fp, fn, tp)))
    assert npv_at(*counts, own) == pytest.approx(float(npv(tn, fp, fn, tp)))


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
    ours = likelihood_ratio_positive(*counts), likelihood_ratio_negative(*counts)
    assert ours == pytest.approx(tuple(theirs))


@some
@given(counts=COUNTS, prevalence=st.floats(0.05, 0.95))
def test_odds_after_a_call_are_the_odds_before_times_the_ratio(counts, prevalence):
    after = float(ppv_at(*counts, prevalence))
    before = prevalence / (1 - prevalence)
    ratio = float(likelihood_ratio_positive(*counts))
    assert after / (1 - after) == pytest.approx(before * ratio)


@pytest.mark.parametrize(
    "value",
    [
        likelihood_ratio_positive(5, 0, 1, 4), likelihood_ratio_negative(0, 5, 1, 4),
        ppv_at(5, 0, 5, 0, 0.3), npv_at(0, 5, 0, 5, 0.3), ppv_at(5, 1, 0, 0, 0.3),
        net_benefit(0, 0, 0, 0, 0.3),
    ],
)  # fmt: skip
def test_without_what_they_divide_by_they_are_not_defined(value):
    assert np.isnan(value)


def test_net_benefit_by_hand_and_treating_all_or_none():
    assert net_benefit(60, 20, 5, 15, 0.2) == pytest.approx((15 - 20 / 4) / 100)
    assert net_benefit(0, 80, 0, 20, 0.2) == pytest.approx(treat_all(0.2, 0.2))
    assert net_benefit(80, 0, 20, 0, 0.2) == 0
    assert treat_all(0.3, 0.3) == pytest.approx(0)


@some
@given(counts=COUNTS, chance=st.floats(0, 0.9))
def test_a_dearer_false_alarm_never_helps(counts, chance):
    assert net_benefit(*counts, chance + 0.05) <= net_benefit(*counts, chance)


def test_what_is_answered_by_hand():
    labels = [0, 0, 1, 0, 1, 1]
    ranked = Ranked(labels, [0.1, 0.4, 0.45, 0.55, 0.6, 0.9])
    counts = [ranked.counts(cut) for cut in (0.42, 0.58)]
    found = answered(*[[c.tn, c.fp, c.fn, c.tp] for c in counts])
    assert (found.tn, found.fp, found.fn, found.tp, found.silent) == (2, 0, 0, 2, 2)
    assert found.coverage == pytest.approx(4 / 6)
    assert found.error == 0


@some
@given(
    patches=st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), min_size=1, max_size=40),
    threshold=st.floats(0, 1),
    silent=st.floats(0, 1),
)
def test_a_band_is_silent_on_no_more_than_asked_and_counts_as_one_does_by_hand(
    patches, threshold, silent
):
    labels, scores = (np.array(each) for each in zip(*patches, strict=True))
    ranked = Ranked(labels, scores)
    band = band_around(ranked, threshold, silent)
    inside = (scores >= band.low) & (scores < band.high)
    assert inside.sum() <= silent * len(patches) + 1e-9
    counts = [ranked.counts(cut) for cut in (band.low, band.high)]
    found = answered(*[[c.tn, c.fp, c.fn, c.tp] for c in counts])
    assert found.silent == inside.sum()
    if (~inside).any():
        direct = confusion_at(labels[~inside], scores[~inside], threshold)
        assert (found.tn, found.fp, found.fn, found.tp) == (
            direct.tn, direct.fp, direct.fn, direct.tp,
        )  # fmt: skip


def test_no_silence_is_the_threshold_itself_and_all_silence_has_no_error():
    ranked = Ranked([0, 1, 1], [0.2, 0.5, 0.7])
    whole = band_around(ranked, 0.5, 1.0)
    counts = [ranked.counts(cut) for cut in (whole.low, whole.high)]
    nothing = answered(*[[c.tn, c.fp, c.fn, c.tp] for c in counts])
    assert nothing.coverage == pytest.approx(0)
    assert np.isnan(nothing.error)


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_shares_out_of_range_are_refused(bad):
    with pytest.raises(ValueError, match="prevalence from 0 to 1"):
        ppv_at(1, 1, 1, 1, bad)
    with pytest.raises(ValueError, match="from 0 to below 1"):
        net_benefit(1, 1, 1, 1, bad)
    with pytest.raises(ValueError, match="share of patches"):
        band_around(Ranked([0, 1], [0.2, 0.8]), 0.5, bad)
