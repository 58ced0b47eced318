"""Bands around curves: what resampling whole patients would draw."""

import numpy as np
import pytest

from idc_core.metrics.bands import PLACES, bands
from idc_core.metrics.curves import Ranked
from idc_core.metrics.uncertainty import PatientBootstrap


def drawn(patients: int = 8, each: int = 40):
    """Labels and scores of patients, and counts a patient at a threshold."""
    rng = np.random.default_rng(3)
    labels = (rng.random((patients, each)) < 0.4).astype(np.int8)
    scores = np.clip(0.3 + 0.3 * labels + rng.normal(0, 0.2, (patients, each)), 0, 1)

    def at(threshold: float) -> np.ndarray:
        called = scores >= threshold
        return np.stack(
            [
                (~called & (labels == 0)).sum(1), (called & (labels == 0)).sum(1),
                (~called & (labels == 1)).sum(1), (called & (labels == 1)).sum(1),
            ],
            axis=1,
        )  # fmt: skip

    return labels, scores, at


def test_the_band_is_that_of_resampled_curves_read_one_by_one() -> None:
    labels, scores, at = drawn()
    thresholds = np.concatenate([[np.inf], np.unique(scores)[::-1][::8]])
    bootstrap = PatientBootstrap(8, resamples=60, seed=1)
    found = bands(at, thresholds, bootstrap)
    read = []
    for weights in bootstrap.weights:
        rows = np.repeat(np.arange(8), weights.astype(int))
        ranked = Ranked(labels[rows].ravel(), scores[rows].ravel())
        counts = [ranked.counts(threshold) for threshold in thresholds]
        alarms = [1 - each.specificity for each in counts]
        read.append(np.interp(found.roc.across, alarms, [each.sensitivity for each in counts]))
    low, high = np.percentile(read, [2.5, 97.5], axis=0)
    np.testing.assert_allclose(found.roc.low, low, atol=1e-9)
    np.testing.assert_allclose(found.roc.high, high, atol=1e-9)


def test_a_band_lies_around_its_curve() -> None:
    labels, scores, at = drawn(40)
    ranked = Ranked(labels.ravel(), scores.ravel())
    curve = ranked.points(100)
    found = bands(at, curve.thresholds, PatientBootstrap(40))
    inner = (found.roc.across > 0.02) & (found.roc.across < 0.98)
    own = np.interp(found.roc.across, 1 - curve.specificity, curve.sensitivity)
    assert (found.roc.low[inner] <= own[inner] + 0.01).all()
    assert (found.roc.high[inner] >= own[inner] - 0.01).all()
    assert (found.roc.low <= found.roc.high).all()
    assert len(found.roc.across) == PLACES


@pytest.mark.parametrize("label", [0, 1])
def test_without_one_class_there_is_no_band(label: int) -> None:
    def at(threshold: float) -> np.ndarray:
        counts = np.zeros((3, 4), np.int64)
        counts[:, 3 if label else 1] = 5
        return counts

    found = bands(at, np.array([np.inf, 0.5]), PatientBootstrap(3, resamples=20))
    assert np.isnan(found.roc.low).all()
