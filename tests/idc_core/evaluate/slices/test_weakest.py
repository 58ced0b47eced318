"""Naming the weakest slice, and not naming one."""

import numpy as np
import pandas as pd
import pytest

from idc_core.evaluate.slices.attributes import Attribute
from idc_core.evaluate.slices.table import Slice, judged, sliced
from idc_core.evaluate.slices.weakest import weakest_of
from idc_core.metrics.uncertainty import Interval
from idc_core.runs.patient_counts import by_patient

NAN = float("nan")


def made(value, figure, apart, spread=0.01, **changed):
    """A slice `apart` from the rest, moved by 30 patients by about `spread`."""
    left = apart + spread / 30 * np.tile([-1.0, 1.0], 15)
    given = {
        "attribute": "k",
        "title": "K",
        "value": value,
        "label": value,
        "patches": 900,
        "patients": 30,
        "idc": 300,
        "counted_patches": 300,
        "counted_patients": 30,
        "metric": "balanced_accuracy",
        "figure": Interval(figure, figure - 0.1, figure + 0.1),
        "difference": Interval(apart, apart - 0.1, apart + 0.1),
        "rates": {},
        "left_out": left,
    }
    return Slice(**given | changed)


def test_the_lowest_of_those_surely_below_is_named():
    found = weakest_of([made("a", 0.6, -0.2), made("b", 0.5, -0.3), made("c", 0.3, -0.001)])
    assert found.found.value == "b"
    assert found.lowest.value == "c"
    assert found.compared == 3


def test_none_is_named_where_every_interval_holds_zero():
    found = weakest_of([made("a", 0.7, -0.001), made("b", 0.75, 0.0)])
    assert found.found is None
    assert found.lowest.value == "a"


def test_what_one_slice_shows_alone_many_do_not_show_together():
    """Twenty-four slices moved by patients of their own, each 2.2 standard errors below."""
    random = np.random.default_rng(2)
    patient = random.choice([-1.0, 1.0], (60, 24))
    error = 0.02
    many = [
        made(str(at), 0.5, -2.2 * error, left_out=-2.2 * error + error / 60**0.5 * own)
        for at, own in enumerate(patient.T)
    ]
    assert weakest_of(many[:1]).found is not None
    assert weakest_of(many).found is None


def test_by_f1_none_is_named_since_it_moves_with_the_share_of_idc():
    found = weakest_of([made("a", 0.2, -0.5, metric="f1"), made("b", 0.6, 0.1, metric="f1")])
    assert found.found is None
    assert not found.ranked
    assert found.lowest.value == "a"


@pytest.mark.parametrize("few", [{"counted_patches": 49}, {"counted_patients": 4}])
def test_a_small_slice_is_never_named(few):
    found = weakest_of([made("a", 0.1, -0.6, **few), made("b", 0.6, -0.2)])
    assert found.found.value == "b"
    assert found.compared == 1


def test_undefined_slices_and_slices_without_a_rest_are_not_compared():
    undefined = made("a", NAN, NAN)
    alone = made("b", 0.5, NAN, difference=Interval(NAN, NAN, NAN), left_out=np.zeros(0))
    found = weakest_of([undefined, alone])
    assert (found.found, found.lowest, found.compared) == (None, None, 0)


def test_nothing_is_compared_with_nothing():
    assert weakest_of([]).compared == 0


def test_alike_slices_are_rarely_named():
    """Six attributes cut at random: in at most one of twenty splits a slice is named."""
    rng = np.random.default_rng(4)
    named, splits = 0, 40
    for _ in range(splits):
        patient = np.repeat(np.arange(30), 40)
        label = rng.integers(0, 2, 1200)
        hard = rng.normal(0, 0.1, 30)[patient]
        score = np.clip(rng.normal(0.35 + 0.3 * label + hard, 0.2), 0, 1)
        patients = by_patient(pd.DataFrame({"patient": patient, "label": label, "score": score}))
        found = []
        for _ in range(6):
            kind = Attribute("k", "K", tuple("abcd"), rng.integers(0, 4, 1200).astype(np.int8), "")
            found += judged(sliced(kind, patients), patients.at(0.5), 0.5, "balanced_accuracy")
        assert len(found) == 24
        named += weakest_of(found).found is not None
    assert named <= 3
