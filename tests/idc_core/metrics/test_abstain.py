"""Selective prediction: which patches are not answered, and how good the answers are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idc_core.metrics.abstain import Band, answered, band_around, selective
from idc_core.metrics.confusion import confusion_at
from idc_core.metrics.curves import Ranked
from idc_core.metrics.uncertainty import PatientJackknife

some = settings(max_examples=60, deadline=None)


def cells(counts):
    return [counts.tn, counts.fp, counts.fn, counts.tp]


def given_by(ranked, band):
    return answered(*[cells(ranked.counts(cut)) for cut in (band.low, band.high)])


def test_what_is_answered_by_hand():
    ranked = Ranked([0, 0, 1, 0, 1, 1], [0.1, 0.4, 0.45, 0.55, 0.6, 0.9])
    found = given_by(ranked, Band(0.42, 0.58))
    assert (found.tn, found.fp, found.fn, found.tp) == (2, 0, 0, 2)
    assert (found.silent_idc, found.silent_others, found.silent) == (1, 1, 2)
    assert found.coverage == pytest.approx(4 / 6)
    assert found.error == 0


def test_a_band_takes_the_same_share_of_either_side_those_nearest_the_threshold():
    """Of eight negative predictions a quarter is two, of four positive ones it is one."""
    below, above = [0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.25, 0.28], [0.3, 0.5, 0.6, 0.9]
    ranked = Ranked([0] * 8 + [1] * 4, below + above)
    assert band_around(ranked, 0.3, 0.25) == Band(0.25, 0.5)
    found = given_by(ranked, band_around(ranked, 0.3, 0.25))
    assert (found.silent_others, found.silent_idc) == (2, 1)
    # A third of eight and of four are two and one: never more than asked for.
    assert band_around(ranked, 0.3, 1 / 3) == Band(0.25, 0.5)


def test_patches_of_one_score_stay_silent_together_or_answer_together():
    ranked = Ranked([0, 0, 0, 0, 1, 1, 1], [0.1, 0.2, 0.2, 0.2, 0.7, 0.7, 0.9])
    assert band_around(ranked, 0.5, 0.5) == Band(0.5, 0.5)
    assert band_around(ranked, 0.5, 0.75) == Band(0.2, 0.9)


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
    called = scores >= threshold
    for side in (called, ~called):
        assert (inside & side).sum() <= silent * side.sum() + 1e-9
    found = given_by(ranked, band)
    assert found.silent == inside.sum()
    assert found.silent_idc == labels[inside].sum()
    if (~inside).any():
        direct = confusion_at(labels[~inside], scores[~inside], threshold)
        assert [found.tn, found.fp, found.fn, found.tp] == cells(direct)


@pytest.mark.parametrize("bent", [lambda s: s**7, lambda s: 1 - (1 - s) ** 5, lambda s: 0.01 * s])
def test_a_map_that_keeps_the_order_silences_the_same_patches(bent):
    rng = np.random.default_rng(0)
    scores, labels = rng.random(500), rng.integers(0, 2, 500)
    plain, mapped = Ranked(labels, scores), Ranked(labels, bent(scores))
    for silent in (0.1, 0.5, 0.9):
        before = given_by(plain, band_around(plain, 0.3, silent))
        after = given_by(mapped, band_around(mapped, float(bent(0.3)), silent))
        assert cells(before) == cells(after)
        assert (before.silent_idc, before.silent_others) == (after.silent_idc, after.silent_others)


def world(seed=0):
    """Calibrated scores, most of them low: around a low threshold there are ten patches without
    IDC for one with."""
    rng = np.random.default_rng(seed)
    scores = 1 / (1 + np.exp(-rng.normal(-1.5, 2.2, 40_000)))
    labels = (rng.random(len(scores)) < scores).astype(np.int8)
    return labels, scores


def figures(given):
    rates = (
        given.tp / (given.tp + given.fn),
        given.tn / (given.tn + given.fp),
        given.tp / (given.tp + given.fp),
        given.tn / (given.tn + given.fn),
    )
    return np.array([*(float(each) for each in rates), 1 - float(given.error)])


def nearest_in_odds(ranked, threshold, silent):
    """The rule there was: both ends as far from the threshold in log odds."""
    narrow, wide, own = 0.0, 40.0, np.log(threshold / (1 - threshold))
    for _ in range(50):
        middle = (narrow + wide) / 2
        band = Band(*(1 / (1 + np.exp(-own - side)) for side in (-middle, middle)))
        fits = given_by(ranked, band).silent <= silent * len(ranked)
        narrow, wide = (middle, wide) if fits else (narrow, middle)
    return band


@pytest.mark.parametrize("threshold", [0.02, 0.05, 0.2, 0.5, 0.8, 0.95])
def test_fewer_answers_are_better_answers_by_every_figure_wherever_the_threshold_lies(threshold):
    """Sensitivity, specificity, both predictive values and the share of right answers."""
    ranked = Ranked(*world())
    steps = np.linspace(0, 0.8, 9)
    found = [figures(given_by(ranked, band_around(ranked, threshold, each))) for each in steps]
    assert np.diff(found, axis=0).min() > -0.003
    assert np.subtract(found[-1], found[0])[[0, 1, 4]].min() >= 0


def test_nearness_in_log_odds_made_specificity_worse_at_a_low_threshold():
    ranked = Ranked(*world())
    all_answered, ours = (
        figures(given_by(ranked, band_around(ranked, 0.05, each))) for each in (0, 0.5)
    )
    theirs = figures(given_by(ranked, nearest_in_odds(ranked, 0.05, 0.5)))
    assert theirs[1] < all_answered[1] - 0.05
    assert ours[1] > all_answered[1] + 0.05


def test_a_rare_class_keeps_its_calls():
    """Scores all below 2 %: by expected cost every call is nearly as unsure as the next."""
    labels, scores = world()
    ranked = Ranked(labels, 0.02 * scores)
    found = given_by(ranked, band_around(ranked, 0.004, 0.5))
    counts = ranked.counts(0.004)
    assert found.tp + found.fp == pytest.approx((counts.tp + counts.fp) / 2, abs=1)


def test_no_silence_is_the_threshold_itself_and_all_silence_has_no_error():
    ranked = Ranked([0, 1, 1], [0.0, 0.5, 1.0])
    assert band_around(ranked, 0.5, 0.0) == Band(0.5, 0.5)
    nothing = given_by(ranked, band_around(ranked, 0.5, 1.0))
    assert nothing.coverage == pytest.approx(0)
    assert np.isnan(nothing.error)


@pytest.mark.parametrize("threshold", [0.0, 1e-300, 1e-6, 1 - 1e-12, 1.0])
def test_a_threshold_at_the_very_end_has_a_band_too(threshold):
    ranked = Ranked([0, 1, 1, 0], [0.0, 1e-6, 0.5, 1.0])
    whole = band_around(ranked, threshold, 1.0)
    assert whole.low <= threshold <= whole.high
    assert given_by(ranked, whole).answers == 0
    none = given_by(ranked, band_around(ranked, threshold, 0.0))
    assert cells(ranked.counts(threshold)) == [none.tn, none.fp, none.fn, none.tp]


def test_scores_next_to_nothing_are_told_apart():
    ranked = Ranked([0, 0, 0, 0, 1, 1], [0.0, 1e-300, 2e-300, 1e-5, 1e-3, 1 - 2**-53])
    assert band_around(ranked, 5e-4, 0.5) == Band(2e-300, 1 - 2**-53)


def test_answers_and_silent_patches_of_a_world_made_by_hand():
    """Three patients alike. Of 10 IDC: 8 correct, 1 wrong, 1 abstained. Of 20 others: 15 true
    negatives, 2 false positives, 3 abstained."""
    below = np.array([[15, 5, 1, 9]] * 3)  # at the low end: tn, fp, fn, tp
    above = np.array([[18, 2, 2, 8]] * 3)
    found = selective(below, above, PatientJackknife(3))
    assert (found.answers, found.silent) == (78, 12)
    assert found.coverage == pytest.approx(78 / 90)
    assert found.error.value == pytest.approx(3 / 26)
    assert found.sensitivity.value == pytest.approx(8 / 9)
    assert found.specificity.value == pytest.approx(15 / 17)
    assert found.ppv.value == pytest.approx(8 / 10)
    assert found.npv.value == pytest.approx(15 / 16)
    assert found.silent_idc.value == pytest.approx(1 / 4)
    assert (found.answered_patients, found.silent_patients) == (3, 3)


def test_without_silence_nothing_is_said_of_the_silent():
    counts = np.array([[15, 5, 1, 9]] * 3)
    found = selective(counts, counts, PatientJackknife(3))
    assert (found.silent, found.silent_patients) == (0, 0)
    assert np.isnan(found.silent_idc.value)


def test_intervals_of_the_answers_are_those_of_the_rates():
    rng = np.random.default_rng(0)
    above = rng.integers(3, 40, (15, 4))
    moved = rng.integers(0, 3, (15, 2))
    below = above + np.stack([-moved[:, 0], moved[:, 0], -moved[:, 1], moved[:, 1]], axis=1)
    jackknife = PatientJackknife(15)
    found, given_ = selective(below, above, jackknife), answered(below, above)
    counts = np.stack([given_.tn, given_.fp, given_.fn, given_.tp], axis=1)
    printed = jackknife.of_rates(counts, ("sensitivity", "npv", "accuracy"))
    assert (found.sensitivity, found.npv) == (printed["sensitivity"], printed["npv"])
    assert found.error.high == pytest.approx(1 - printed["accuracy"].low)


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_a_share_out_of_range_is_refused(bad):
    with pytest.raises(ValueError, match="share of patches"):
        band_around(Ranked([0, 1], [0.2, 0.8]), 0.5, bad)
