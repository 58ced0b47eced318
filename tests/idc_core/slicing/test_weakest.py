"""Naming the weakest slice, and not naming one."""

import numpy as np
import pandas as pd
import pytest

from idc_core.metrics.uncertainty import Interval
from idc_core.patient_counts import by_patient
from idc_core.slicing.attributes import Attribute
from idc_core.slicing.table import Slice, judged, sliced
from idc_core.slicing.weakest import weakest_of

NAN = float("nan")


def made(value, figure, high, **changed):
    given = {
        "attribute": "k", "title": "K", "value": value, "label": value, "patches": 900,
        "patients": 30, "idc": 300, "counted_patches": 300, "counted_patients": 30,
        "metric": "f1", "figure": Interval(figure, figure - 0.1, figure + 0.1),
        "difference": Interval(figure - 0.8, 2 * (figure - 0.8) - high, high), "rates": {},
    }  # fmt: skip
    return Slice(**given | changed)


def test_the_lowest_of_those_surely_below_is_named():
    found = weakest_of([made("a", 0.6, -0.05), made("b", 0.5, -0.01), made("c", 0.3, 0.1)])
    assert found.found.value == "b"
    assert found.lowest.value == "c"
    assert found.compared == 3
    assert found.by_chance == pytest.approx(0.075)


def test_none_is_named_where_every_interval_holds_zero():
    found = weakest_of([made("a", 0.7, 0.02), made("b", 0.75, 0.0)])
    assert found.found is None
    assert found.lowest.value == "a"


@pytest.mark.parametrize("few", [{"counted_patches": 49}, {"counted_patients": 4}])
def test_a_small_slice_is_never_named(few):
    found = weakest_of([made("a", 0.1, -0.6, **few), made("b", 0.6, -0.1)])
    assert found.found.value == "b"
    assert found.compared == 1


def test_undefined_slices_and_slices_without_a_rest_are_not_compared():
    undefined = made("a", NAN, NAN)
    alone = made("b", 0.5, NAN, difference=Interval(NAN, NAN, NAN))
    found = weakest_of([undefined, alone])
    assert (found.found, found.lowest, found.compared) == (None, None, 0)


def test_nothing_is_compared_with_nothing():
    assert weakest_of([]).compared == 0


def test_alike_slices_are_rarely_named():
    """Of one attribute cut at random, about 2.5 % of the slices fall surely below the rest."""
    rng = np.random.default_rng(4)
    below = compared = 0
    for _ in range(60):
        patient = np.repeat(np.arange(30), 40)
        label = rng.integers(0, 2, 1200)
        hard = rng.normal(0, 0.1, 30)[patient]
        score = np.clip(rng.normal(0.35 + 0.3 * label + hard, 0.2), 0, 1)
        patients = by_patient(pd.DataFrame({"patient": patient, "label": label, "score": score}))
        kind = Attribute("k", "K", tuple("abcd"), rng.integers(0, 4, 1200).astype(np.int8), "")
        found = judged(sliced(kind, patients), patients.at(0.5), 0.5, "balanced_accuracy")
        below += sum(each.difference.high < 0 for each in found)
        compared += len(found)
    assert 0 < below / compared < 0.06
