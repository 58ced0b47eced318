"""Occlusion, its check and the agreement of maps, on scorers whose answer is known."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from idc_core.interpret.explain.agreement import agreement, rank_correlation
from idc_core.interpret.explain.evidence import EMPTY
from idc_core.interpret.explain.faithfulness import ORDERS, checks
from idc_core.interpret.explain.fills import FILLS, filled
from idc_core.interpret.explain.occlusion import WINDOWS, occlusion, starts

GREY = np.full((50, 50, 3), 128, np.uint8)


def planted(where):
    """A scorer whose logit is the redness of one square alone, and a patch that has it."""
    patch = np.random.default_rng(1).integers(90, 160, (50, 50, 3)).astype(np.uint8)
    patch[where] = [255, 0, 0]

    def logits(patches):
        part = patches[(slice(None), *where)].astype(np.float32)
        return (part[..., 0] - part[..., 1]).mean(axis=(1, 2)) / 25 - 3

    return patch, logits


WHERE = np.s_[20:30, 30:40]


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("window", WINDOWS)
def test_occlusion_finds_the_square_that_decides(window, fill):
    patch, logits = planted(WHERE)
    found = occlusion(logits, patch, window, fill)
    cell = 50 / found.pro.shape[0]
    row, column = np.unravel_index(found.pro.argmax(), found.pro.shape)
    assert 20 - window < (row + 0.5) * cell < 30 + window
    assert 30 - window < (column + 0.5) * cell < 40 + window
    assert found.con.max() <= EMPTY


def test_what_lowers_the_logit_is_evidence_against():
    patch, logits = planted(WHERE)
    found = occlusion(lambda some: -logits(some), patch, 10, "white")
    assert found.pro.max() <= EMPTY < found.con.max()


def test_a_scorer_that_looks_at_nothing_gives_an_empty_map():
    found = occlusion(lambda some: np.zeros(len(some), np.float32), GREY)
    assert found.most <= EMPTY


@given(st.integers(1, 50))
def test_the_squares_cover_the_whole_patch_and_stay_in_it(window):
    first = starts(window)
    assert first[0] == 0
    assert first[-1] + window == 50
    assert all(after - before <= window for before, after in itertools.pairwise(first))


@pytest.mark.parametrize("window", [0, 51, -3])
def test_a_square_that_does_not_fit_is_refused(window):
    with pytest.raises(ValueError, match="square"):
        starts(window)


def test_every_fill_takes_the_patch_away_in_its_own_way():
    patch, _ = planted(WHERE)
    assert (filled(patch, "white") == 255).all()
    assert np.ptp(filled(patch, "mean").reshape(-1, 3), axis=0).tolist() == [0, 0, 0]
    assert filled(patch, "mean")[0, 0].tolist() == np.rint(patch.mean(axis=(0, 1))).tolist()
    assert filled(patch, "blurred").std() < patch.std() / 2
    with pytest.raises(ValueError, match="expected one of"):
        filled(patch, "black")


def truth():
    signed = np.zeros((50, 50), np.float32)
    signed[WHERE] = 1
    return signed


def test_the_true_map_beats_every_random_order_and_its_opposite_none():
    patch, logits = planted(WHERE)
    right, wrong = checks(logits, patch, [truth(), -truth()], called_idc=True, fill="mean")
    assert right.deletion_wins == right.insertion_wins == ORDERS
    assert wrong.deletion_wins <= 1
    assert wrong.insertion_wins <= 1


def test_for_a_patch_called_no_idc_the_evidence_against_goes_first():
    patch, logits = planted(WHERE)
    (found,) = checks(lambda some: -logits(some), patch, [-truth()], called_idc=False, fill="mean")
    assert found.deletion_wins == found.insertion_wins == ORDERS


def test_a_flat_map_is_no_better_than_chance():
    patch, logits = planted(WHERE)
    wins = [
        checks(logits, patch, [np.zeros((4, 4), np.float32)], called_idc=True, seed=seed)[0]
        for seed in range(12)
    ]
    mean = np.mean([each.deletion_wins for each in wins])
    assert 0.2 * ORDERS < mean < 0.8 * ORDERS


def test_the_curves_begin_and_end_where_they_must():
    patch, logits = planted(WHERE)
    (found,) = checks(logits, patch, [truth()], called_idc=True, fill="white")
    whole, none = logits(np.stack([patch, filled(patch, "white")]))
    assert found.deletion.by_map[0] == pytest.approx(whole)
    assert found.deletion.by_map[-1] == pytest.approx(none)
    assert found.insertion.by_map[0] == pytest.approx(none)
    assert found.insertion.by_map[-1] == pytest.approx(whole)
    assert found.deletion.by_chance.shape == (ORDERS, 21)


def test_several_maps_meet_the_same_random_orders():
    patch, logits = planted(WHERE)
    one, other = checks(logits, patch, [truth(), -truth()], called_idc=True)
    assert np.array_equal(one.deletion.by_chance, other.deletion.by_chance)


def test_agreement_is_spearmans_on_a_common_grid():
    random = np.random.default_rng(0)
    maps = [random.random((10, 10)).astype(np.float32) for _ in range(3)]
    found = agreement(maps)
    assert np.allclose(np.diag(found), 1)
    assert np.array_equal(found, found.T)
    expected = stats.spearmanr(maps[0].ravel(), maps[1].ravel()).statistic
    assert found[0, 1] == pytest.approx(expected, abs=1e-6)


def test_a_flat_map_agrees_with_none_and_is_not_said_to_disagree():
    assert np.isnan(rank_correlation(np.zeros((4, 4), np.float32), truth()))


@settings(max_examples=20)
@given(st.integers(0, 1000))
def test_correlation_is_that_of_places_not_of_size(seed):
    values = np.random.default_rng(seed).normal(size=(10, 10)).astype(np.float32)
    assert rank_correlation(values, 3 * values + 1) == pytest.approx(1)
    assert rank_correlation(values, -values) == pytest.approx(-1)
