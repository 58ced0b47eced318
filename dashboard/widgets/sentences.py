"""The headline metrics at the threshold, in numbers and in one sentence."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard.charts.theme import counted as counted_as
from dashboard.charts.theme import interval, many, plain
from dashboard.widgets import figure, metric_notes
from idc_core.metrics.catalogue import METRICS, RATES, rate_of
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.coverage import limited
from idc_core.metrics.uncertainty import Interval
from idc_core.records.raster import Raster

_HEAD = ("sensitivity", "specificity", "precision", "f1")


def show(
    figures: Mapping[str, Interval],
    counts: Confusion,
    per_patient: npt.NDArray[np.int64],
    raster: Raster,
) -> None:
    """Draw sensitivity and specificity, always together, then precision and F1.

    `per_patient` holds tn, fp, fn, tp of each patient: a metric counts the patients in whom it is
    defined.
    """
    of, patients = counted(counts, raster), defined_in(per_patient)
    share = (counts.tp + counts.fn) / counts.total if counts.total else float("nan")
    figure.numbers(
        [
            (
                METRICS[name].title,
                as_text(limited(name, figures[name], patients[name])),
                metric_notes.held(
                    metric_notes.prevalence(
                        f"{of[name]} · {counted_as(patients[name], 'patient')}", name, share
                    ),
                    name,
                    patients[name],
                ),
            )
            for name in _HEAD
        ]
    )
    rates = figures["sensitivity"], figures["specificity"]
    st.markdown(in_words(*rates, patients["sensitivity"], raster))


def defined_in(per_patient: npt.NDArray[np.int64]) -> dict[str, int]:
    """In how many patients each rate is defined: sensitivity needs a patient with IDC.

    >>> defined_in(np.array([[5, 1, 0, 0], [3, 0, 1, 2]]))["sensitivity"]
    1
    """
    return {name: int(np.isfinite(of(*per_patient.T)).sum()) for name, of in RATES.items()}


def counted(counts: Confusion, raster: Raster) -> dict[str, str]:
    """What each rate is counted on."""
    numbers = {
        "tn": counts.tn,
        "fp": counts.fp,
        "fn": counts.fn,
        "tp": counts.tp,
        "idc": counts.tp + counts.fn,
        "others": counts.tn + counts.fp,
        "predicted_idc": counts.tp + counts.fp,
        "predicted_no_idc": counts.tn + counts.fn,
        "correct": counts.tp + counts.tn,
        "all": counts.total,
    }
    written = {name: many(number) for name, number in numbers.items()}
    return {name: raster.say(METRICS[name].counted_on.format(**written)) for name in RATES}


def as_text(found: Interval) -> str:
    """A figure with its interval."""
    return interval({"value": found.value, "low": found.low, "high": found.high})


def said(name: str, found: Interval, patients: int, raster: Raster) -> str:
    """A rate as a sentence.

    >>> raster = Raster(positive="tumour", negative="stroma")
    >>> said("sensitivity", Interval(0.834, 0.78, 0.881), 38, raster)
    'Of 100 tumour patches, 83 are found; 95 % interval 78 to 88, from 38 patients.'
    """
    rate = rate_of(name)
    if found.value != found.value:
        return f"Not defined here: {raster.say(rate.undefined)}."
    if "{}" not in rate.said:
        return f"{raster.say(rate.said)}."
    value, low, high = (_hundred(each) for each in (found.value, found.low, found.high))
    words = raster.say(rate.said.format(value))
    return f"{words}; 95 % interval {low} to {high}, from {many(patients)} patients."


def in_words(sensitivity: Interval, specificity: Interval, patients: int, raster: Raster) -> str:
    """Both rates in one sentence."""
    if not (sensitivity.value == sensitivity.value and specificity.value == specificity.value):
        return "One class is missing: sensitivity or specificity is not defined."
    found, low, high = (
        _hundred(value) for value in (sensitivity.value, sensitivity.low, sensitivity.high)
    )
    alarms, positive = round(100 * (1 - specificity.value)), plain(raster.positive)
    return (
        f"Of 100 {positive} patches, **{found} are found** (95 % interval {low} to {high}, from "
        f"{many(patients)} patients); of 100 patches without {positive}, **{alarms} raise a false "
        "alarm**."
    )


def _hundred(share: float) -> str:
    return f"{100 * share:.0f}" if share == share else "–"
