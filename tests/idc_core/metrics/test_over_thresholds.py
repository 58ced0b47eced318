"""Figures at many thresholds at once are those of each threshold by itself."""

import numpy as np
import pytest

from idc_core.metrics import clinic, over_thresholds
from idc_core.metrics.catalogue import RATES
from idc_core.metrics.uncertainty import PatientJackknife


def counts(kind):
    """tn, fp, fn, tp of 9 patients at 40 thresholds, (4, 9, 40)."""
    rng = np.random.default_rng(4)
    labels = rng.integers(0, 2, (9, 30))
    if kind == "patients of one class":
        labels[:5] = 0
        labels[5] = 1
    if kind == "no IDC":
        labels[:] = 0
    if kind == "one patient":
        labels = labels[:1]
    called = rng.random((*labels.shape, 1)) >= np.linspace(-0.01, 1.01, 40)
    idc = (labels == 1)[..., None]
    four = (~idc & ~called, ~idc & called, idc & ~called, idc & called)
    return np.stack([each.sum(axis=1) for each in four]).astype(np.float64)


KINDS = ["both classes in all", "patients of one class", "no IDC", "one patient"]


def same(found, expected):
    return (found.value, found.low, found.high) == pytest.approx(
        (expected.value, expected.low, expected.high), rel=1e-12, abs=1e-12, nan_ok=True
    )


@pytest.mark.parametrize("kind", KINDS)
def test_rates_have_the_intervals_of_one_threshold(kind):
    along = counts(kind)
    found = over_thresholds.rates(along)
    assert list(found) == list(RATES)
    for at in range(along.shape[2]):
        expected = PatientJackknife(along.shape[1]).of_rates(along[:, :, at].T, tuple(RATES))
        for name in RATES:
            assert same(found[name].at(at), expected[name]), (name, at)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", RATES)
def test_mean_median_and_lowest_are_of_the_patients_that_have_the_rate(kind, name):
    along = counts(kind)
    own = RATES[name](*along)
    mean, median = over_thresholds.mean(own), over_thresholds.median(own)
    lowest, whose = over_thresholds.lowest(own)
    for at in range(along.shape[2]):
        assert same(mean.at(at), PatientJackknife(len(own)).of_mean(own[:, at])), at
        known = own[np.isfinite(own[:, at]), at]
        if not len(known):
            assert np.isnan([median[at], lowest[at]]).all()
            continue
        assert median[at] == np.median(known)
        assert (lowest[at], whose[at]) == (known.min(), np.nanargmin(own[:, at]))


@pytest.mark.parametrize("kind", KINDS)
def test_net_benefit_is_that_of_one_threshold(kind):
    along, chances = counts(kind), np.linspace(0.01, 0.99, 40)
    over_none, over_all = over_thresholds.benefit(along, chances)
    for at, chance in enumerate(chances.tolist()):
        expected = clinic.benefit(along[:, :, at].T, chance)
        assert same(over_none.at(at), expected.over_none), at
        assert same(over_all.at(at), expected.over_all), at
