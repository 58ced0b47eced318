"""Bands: pointwise, around the curve, wider with fewer patients."""

import numpy as np
import pytest

from idc_core.metrics.bands import PLACES, Bands, CountsAt, bands, of_groups
from idc_core.metrics.leave_one_out import UNIT, jackknife_interval

THRESHOLDS = np.append(np.inf, np.linspace(1, 0, 81))


def patients(count: int, seed: int = 1) -> np.ndarray:
    """Scores a patient, label and patch, shape (patients, 2, 30)."""
    rng = np.random.default_rng(seed)
    shift = rng.normal(0, 0.7, (count, 1, 1))
    centre = np.array([-1.2, 1.0])[None, :, None]
    return 1 / (1 + np.exp(-rng.normal(centre + shift, 1.2, (count, 2, 30))))


def bands_of(scores: np.ndarray, thresholds: np.ndarray = THRESHOLDS) -> Bands:
    def counts_at(threshold: float) -> np.ndarray:
        called = (scores >= threshold).sum(axis=2)
        return np.stack([30 - called[:, 0], called[:, 0], 30 - called[:, 1], called[:, 1]], axis=1)

    return bands(counts_at, thresholds)


def read(scores: np.ndarray, alarms: float) -> float:
    """Sensitivity at a share of false alarms, from the curve at the same thresholds."""
    found, false = (
        [(scores[:, label] >= threshold).mean() for threshold in THRESHOLDS] for label in (1, 0)
    )
    return float(np.interp(alarms, false, found))


def test_at_one_place_the_band_is_the_interval_of_what_is_read_there() -> None:
    scores = patients(25)
    found = bands_of(scores).roc
    at = 9
    assert found.across[at] == pytest.approx(0.15)
    left = [read(np.delete(scores, each, axis=0), 0.15) for each in range(25)]
    expected = jackknife_interval(read(scores, 0.15), left, UNIT)
    assert (found.low[at], found.high[at]) == pytest.approx((expected.low, expected.high))


def test_bands_hold_their_curves_and_stay_in_bounds() -> None:
    scores = patients(40)
    found = bands_of(scores)
    curve = np.array([read(scores, place) for place in found.roc.across])
    assert (found.roc.low <= curve + 1e-9).all()
    assert (curve[1:] <= found.roc.high[1:] + 1e-9).all()
    for band in (found.roc, found.pr):
        assert len(band.across) == len(band.low) == len(band.high) == PLACES
        assert (band.low >= 0).all()
        assert (band.low <= band.high).all()
        assert (band.high <= 1).all()


def test_more_false_alarms_never_find_less() -> None:
    found = bands_of(patients(12)).roc
    assert (np.diff(found.low) >= 0).all()
    assert (np.diff(found.high) >= 0).all()


def test_fewer_patients_give_a_wider_band() -> None:
    few, many = (bands_of(patients(count)) for count in (12, 200))
    for curve in ("roc", "pr"):
        wide, narrow = (getattr(each, curve) for each in (few, many))
        assert np.mean(wide.high - wide.low) > 2 * np.mean(narrow.high - narrow.low)


def test_more_thresholds_than_are_needed_change_little() -> None:
    scores = patients(30)
    fine = bands_of(scores, np.append(np.inf, np.linspace(1, 0, 1001)))
    coarse = bands_of(scores)
    np.testing.assert_allclose(fine.roc.low[3:], coarse.roc.low[3:], atol=0.03)
    np.testing.assert_allclose(fine.pr.high, coarse.pr.high, atol=0.03)


def test_one_class_has_no_bands() -> None:
    found = bands(lambda _: np.array([[3, 1, 0, 0], [2, 2, 0, 0]]), THRESHOLDS)
    assert np.isnan([found.roc.low, found.roc.high, found.pr.low, found.pr.high]).all()


def test_nobody_has_no_bands() -> None:
    found = bands(lambda _: np.zeros((0, 4), dtype=np.int64), THRESHOLDS)
    assert np.isnan([found.roc.low, found.pr.high]).all()


def test_patients_in_groups_have_the_band_of_all() -> None:
    scores = patients(9)

    def of(own: slice) -> CountsAt:
        def counts_at(threshold: float) -> np.ndarray:
            called = (scores[own] >= threshold).sum(axis=2)
            return np.stack(
                [30 - called[:, 0], called[:, 0], 30 - called[:, 1], called[:, 1]], axis=1
            )

        return counts_at

    whole, some = bands_of(scores), of_groups([of(slice(0, 4))], THRESHOLDS)
    found = of_groups([of(slice(0, 4)), of(slice(4, 9))], THRESHOLDS)
    assert np.array_equal(found.roc.low, whole.roc.low)
    assert np.array_equal(found.pr.high, whole.pr.high)
    assert not np.array_equal(found.roc.low, some.roc.low)
