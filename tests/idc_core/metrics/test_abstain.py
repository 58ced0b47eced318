"""The right to pass: who stays silent, and what the answers are worth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idc_core.metrics.abstain import Band, answered, band_around, selective
from idc_core.metrics.confusion import confusion_at
from idc_core.metrics.curves import Ranked
from idc_core.metrics.uncertainty import PatientBootstrap

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


def test_a_band_is_as_many_times_likelier_as_less_likely():
    """Around 0.1 (odds 1 to 9) a score of 0.25 is three times likelier, 1/28 three times less."""
    ranked = Ranked([0, 0, 1, 1], [0.02, 0.04, 0.2, 0.3])
    band = band_around(ranked, 0.1, 0.5)
    odds = [cut / (1 - cut) for cut in (band.low, 0.1, band.high)]
    assert odds[1] / odds[0] == pytest.approx(odds[2] / odds[1])
    # the nearest two are silent: 0.04 and 0.2, 2.7 and 2.25 times away
    assert given_by(ranked, band).silent == 2
    assert (0.02 < band.low <= 0.04, 0.2 < band.high <= 0.3) == (True, True)


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
    found = given_by(ranked, band)
    assert found.silent == inside.sum()
    assert found.silent_idc == labels[inside].sum()
    if (~inside).any():
        direct = confusion_at(labels[~inside], scores[~inside], threshold)
        assert [found.tn, found.fp, found.fn, found.tp] == cells(direct)


@some
@given(
    scores=st.lists(st.floats(1e-9, 1 - 1e-9), min_size=2, max_size=40, unique=True),
    threshold=st.floats(0.01, 0.99), silent=st.floats(0, 1), slope=st.floats(0.2, 4),
    shift=st.floats(-3, 3),
)  # fmt: skip
def test_a_platt_map_silences_the_same_patches(scores, threshold, silent, slope, shift):
    def mapped(score):
        odds = slope * (np.log(score) - np.log1p(-np.asarray(score))) + shift
        return 1 / (1 + np.exp(-odds))

    labels = [1] + [0] * (len(scores) - 1)
    raw, even = Ranked(labels, scores), Ranked(labels, mapped(scores))
    before = given_by(raw, band_around(raw, threshold, silent)).silent
    after = given_by(even, band_around(even, float(mapped(threshold)), silent)).silent
    # Rounding may move a patch that stands at the very end of the band.
    assert abs(int(before) - int(after)) <= 1


def world(threshold, seed=0):
    """Calibrated scores, most of them low: around a low threshold there are ten patches without
    IDC for one with."""
    rng = np.random.default_rng(seed)
    scores = 1 / (1 + np.exp(-rng.normal(-1.5, 2.2, 40_000)))
    labels = (rng.random(len(scores)) < scores).astype(np.int8)
    return Ranked(labels, scores), threshold


def in_score(ranked, threshold, silent):
    """The rule there was: both ends as far from the threshold in score."""
    narrow, wide = 0.0, 1.0
    for _ in range(50):
        middle = (narrow + wide) / 2
        found = given_by(ranked, Band(threshold - middle, threshold + middle))
        narrow, wide = (middle, wide) if found.silent <= silent * len(ranked) else (narrow, middle)
    return Band(threshold - narrow, threshold + narrow)


@pytest.mark.parametrize("threshold", [0.05, 0.1, 0.2])
def test_fewer_answers_are_no_worse_answers_where_nearness_in_score_made_them_so(threshold):
    ranked, at = world(threshold)
    steps = np.linspace(0, 0.6, 13)
    ours = [float(given_by(ranked, band_around(ranked, at, each)).error) for each in steps]
    theirs = [float(given_by(ranked, in_score(ranked, at, each)).error) for each in steps]
    assert max(np.diff(theirs)) > 0.005
    assert max(np.diff(ours)) <= 0.001


def test_no_silence_is_the_threshold_itself_and_all_silence_has_no_error():
    ranked = Ranked([0, 1, 1], [0.0, 0.5, 1.0])
    assert band_around(ranked, 0.5, 0.0) == Band(pytest.approx(0.5), pytest.approx(0.5))
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


def test_scores_of_a_rare_class_keep_their_order():
    """All below 2 %: nearness in score would be silent on everything below the threshold."""
    scores = np.array([1e-6, 1e-5, 1e-4, 1e-3, 1e-2])
    found = given_by(Ranked([0, 0, 0, 1, 1], scores),
                     band_around(Ranked([0, 0, 0, 1, 1], scores), 5e-4, 0.4))  # fmt: skip
    assert (found.silent_idc, found.silent_others) == (1, 1)


def test_answers_and_silent_patches_of_a_world_made_by_hand():
    """Three patients alike: 8 of 10 IDC answered rightly, 1 wrongly, 1 silent; of 20 others 15
    left alone, 2 called, 3 silent."""
    below = np.array([[15, 5, 1, 9]] * 3)  # at the low end: tn, fp, fn, tp
    above = np.array([[18, 2, 2, 8]] * 3)
    found = selective(below, above, PatientBootstrap(3))
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
    found = selective(counts, counts, PatientBootstrap(3))
    assert (found.silent, found.silent_patients) == (0, 0)
    assert np.isnan(found.silent_idc.value)


def test_intervals_of_the_answers_are_those_of_the_rates():
    rng = np.random.default_rng(0)
    above = rng.integers(3, 40, (15, 4))
    moved = rng.integers(0, 3, (15, 2))
    below = above + np.stack([-moved[:, 0], moved[:, 0], -moved[:, 1], moved[:, 1]], axis=1)
    bootstrap = PatientBootstrap(15)
    found, given_ = selective(below, above, bootstrap), answered(below, above)
    counts = np.stack([given_.tn, given_.fp, given_.fn, given_.tp], axis=1)
    printed = bootstrap.of_rates(counts, ("sensitivity", "npv", "accuracy"))
    assert (found.sensitivity, found.npv) == (printed["sensitivity"], printed["npv"])
    assert found.error.high == pytest.approx(1 - printed["accuracy"].low)


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_a_share_out_of_range_is_refused(bad):
    with pytest.raises(ValueError, match="share of patches"):
        band_around(Ranked([0, 1], [0.2, 0.8]), 0.5, bad)
