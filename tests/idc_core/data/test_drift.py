"""Drift between the splits, with patients as the unit."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from idc_core.data.drift import drifts, ks


def table(shift: float, patients: int = 40, patches: int = 30, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    patient = np.repeat(np.arange(patients), patches)
    split = np.where(np.arange(patients) % 2, "train", "validation")
    own = rng.normal(0, 1, patients) + shift * (split == "validation")
    value = own[patient] + rng.normal(0, 0.3, len(patient))
    return pd.DataFrame({"patient": patient, "split": split[patient], "hue": value})


def test_a_planted_shift_is_found_and_its_size_is_right() -> None:
    [found] = drifts(table(2.0), ["hue"])
    assert found.split == "validation"
    assert found.patients == 20
    assert found.low < 2.0 < found.high
    assert found.is_clear


def test_sides_of_the_same_patients_are_not_said_to_differ() -> None:
    clear = [drifts(table(0.0, seed=seed), ["hue"])[0].is_clear for seed in range(40)]
    assert sum(clear) <= 4


def test_many_patches_of_few_patients_prove_nothing() -> None:
    [found] = drifts(table(0.5, patients=6, patches=5000), ["hue"])
    assert not found.is_clear
    assert found.distance > 0.1


def test_the_interval_is_that_of_welch() -> None:
    """In standard deviations of the training split, with Welch's degrees of freedom (1947)."""
    data = table(0.7)
    [found] = drifts(data, ["hue"])
    means = data.groupby(["split", "patient"])["hue"].mean()
    ours, theirs = means["train"], means["validation"]
    a, b = ours.var() / len(ours), theirs.var() / len(theirs)
    freedom = (a + b) ** 2 / (a**2 / (len(ours) - 1) + b**2 / (len(theirs) - 1))
    reach = stats.t.ppf(0.975, freedom) * np.sqrt(a + b)
    apart, spread = theirs.mean() - ours.mean(), ours.std()
    assert found.apart == pytest.approx(apart / spread)
    assert found.low == pytest.approx((apart - reach) / spread)
    assert found.high == pytest.approx((apart + reach) / spread)


def test_the_distance_is_the_greatest_between_the_shares_up_to_a_value() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.normal(0, 1, 300).round(1), rng.normal(0.4, 1, 200).round(1)
    apart = [abs((one <= at).mean() - (other <= at).mean()) for at in {*one, *other}]
    assert ks(one, other) == pytest.approx(max(apart))
    assert max(apart) > 0.1


def test_a_side_of_one_patient_is_left_out() -> None:
    data = table(0.0, patients=3)
    assert drifts(data, ["hue"]) == []


def test_a_measure_that_never_varies_is_apart_by_nothing() -> None:
    [found] = drifts(table(0.0).assign(hue=1.0), ["hue"])
    assert (found.apart, found.low, found.high, found.distance) == (0, 0, 0, 0)
    assert not found.is_clear


def test_of_sides_that_are_alike_few_have_a_clear_property_however_many_are_looked_at() -> None:
    """Twelve properties of small sides, where half a standard deviation is soon reached."""
    names = [f"m{at}" for at in range(12)]
    named = alone = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        data = pd.DataFrame(rng.normal(size=(36, 12)), columns=names)
        data["patient"], data["split"] = np.arange(36), ["train"] * 18 + ["validation"] * 18
        found = drifts(data, names)
        named += any(each.is_clear for each in found)
        alone += any(abs(e.apart) >= 0.5 and (e.low > 0 or e.high < 0) for e in found)
    assert named <= 8
    assert alone >= 30


def test_one_property_is_judged_as_welch_would() -> None:
    for shift in (0.5, 0.7, 0.9, 1.1):
        for seed in range(5):
            [found] = drifts(table(shift, seed=seed), ["hue"])
            assert found.shown == (found.low > 0 or found.high < 0)
