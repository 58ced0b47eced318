"""The threshold's figures in words."""

import math

import numpy as np
import pytest

from idc_core.facts.rate_words import (
    HEAD,
    Judged,
    OfPatients,
    all_metrics,
    as_text,
    counted,
    defined_in,
    headline,
    in_words,
    sentence,
)
from idc_core.metrics.catalogue import RATES
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.uncertainty import Interval
from idc_core.records.raster import USUAL, Raster

TUMOUR = Raster(positive="tumour", negative="stroma")
RATE = Interval(0.834, 0.78, 0.881)
MISSING = Interval(math.nan, math.nan, math.nan)
COUNTS = Confusion(tn=7, fp=2, fn=1, tp=3)


def judged(sensitivity=RATE, specificity=RATE, patients=38):
    rates = dict.fromkeys(RATES, RATE) | {"sensitivity": sensitivity, "specificity": specificity}
    return Judged(COUNTS, rates, dict.fromkeys(RATES, patients))


def test_an_interval_is_written_with_two_digits():
    assert as_text(Interval(0.834, 0.78, 0.881)) == "0.83 [0.78–0.88]"


def test_the_large_figures_are_said_in_parts():
    said = headline(judged(), USUAL)
    assert list(said) == [f"{name}.{part}" for name in HEAD for part in ("value", "around", "n")]
    assert (said["sensitivity.value"], said["sensitivity.around"]) == ("0.83", "[0.78–0.88]")
    assert said["sensitivity.n"] == "3 of 4 IDC patches · 38 patients"
    assert said["precision.n"] == "3 of 5 positive predictions · 38 patients · prevalence 31 %"
    unknown = headline(judged(sensitivity=MISSING), USUAL)
    assert (unknown["sensitivity.value"], unknown["sensitivity.around"]) == ("–", "")


def test_rates_are_said_of_a_hundred_patches():
    assert sentence(judged(specificity=Interval(0.9, 0.85, 0.95))) == {
        "sentence.found": "83 are found",
        "sentence.around": "95 % interval 78 to 88, from 38 patients",
        "sentence.alarms": "10 raise a false alarm",
    }


@pytest.mark.parametrize("rates", [(MISSING, RATE), (RATE, MISSING)])
def test_a_missing_class_has_no_sentence(rates):
    assert sentence(judged(*rates)) == {}


def test_a_figure_rests_on_the_patients_in_whom_it_is_defined():
    """tn, fp, fn, tp: the first has no IDC, the second nothing else, the third is never called."""
    found = defined_in(np.array([[5, 1, 0, 0], [0, 0, 1, 2], [4, 0, 2, 0]]))
    assert (found["sensitivity"], found["specificity"]) == (2, 2)
    assert (found["precision"], found["npv"], found["accuracy"]) == (2, 3, 3)


def test_every_rate_is_said_of_the_classes_of_the_store():
    rest = "; 95 % interval 78 to 88, from 38 patients."
    assert (
        in_words("npv", RATE, 38, USUAL) == f"Of 100 patches predicted no IDC, 83 have none{rest}"
    )
    assert in_words("npv", RATE, 38, TUMOUR) == (
        f"Of 100 patches predicted stroma, 83 have no tumour{rest}"
    )
    assert in_words("sensitivity", MISSING, 0, USUAL) == "Not defined here: there is no IDC patch."
    assert in_words("sensitivity", MISSING, 0, TUMOUR) == (
        "Not defined here: there is no tumour patch."
    )
    for name in RATES:
        for found in (RATE, MISSING):
            assert "IDC" not in in_words(name, found, 38, TUMOUR)


def test_what_a_rate_is_counted_on_has_the_names_of_the_store():
    of = counted(COUNTS, TUMOUR)
    assert of["sensitivity"] == "3 of 4 tumour patches"
    assert of["specificity"] == "7 of 9 patches without tumour"
    assert counted(COUNTS, USUAL)["sensitivity"] == "3 of 4 IDC patches"
    assert not [words for words in of.values() if "IDC" in words]


@pytest.mark.parametrize(("patients", "whose"), [(1, "1 patient"), (2, "2 patients")])
def test_from_fewer_patients_than_were_ever_simulated_no_sentence_gives_an_interval(
    patients, whose
):
    found = Interval(0.9, 0.17, 1.0)
    assert in_words("sensitivity", found, patients, TUMOUR) == (
        f"Of 100 tumour patches, 90 are found, from {whose}."
    )
    said = sentence(judged(found, Interval(1.0, 0.5, 1.0), patients))
    assert (said["sentence.around"], said["sentence.alarms"]) == (
        f"from {whose}",
        "0 raise a false alarm",
    )


def test_no_patient_with_a_rate_has_no_lowest():
    own = dict.fromkeys(RATES, OfPatients(RATE, 0.8, 0.25, "p3"))
    said = all_metrics(judged(), own, USUAL)
    assert said["rates.f1.lowest"] == "0.25 (p3)"
    none = dict.fromkeys(RATES, OfPatients(MISSING, math.nan, math.nan, ""))
    said = all_metrics(judged(patients=0), none, USUAL)
    assert (said["rates.f1.lowest"], said["rates.f1.median"]) == ("–", "–")
