"""The figures of the threshold, first thing on the page, in numbers and in words."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard.charts.theme import METRIC_WORDS, interval, many
from dashboard.charts.theme import counted as counted_as
from dashboard.widgets import beside, figure
from idc_core.metrics.confusion import RATES, Confusion
from idc_core.metrics.coverage import kept
from idc_core.metrics.uncertainty import Interval

NAMES = tuple(RATES)
_HEAD = ("sensitivity", "specificity", "precision", "f1")
_OF_100 = {
    "sensitivity": "Of 100 IDC patches, {} are found",
    "specificity": "Of 100 patches without IDC, {} are left alone",
    "precision": "Of 100 calls, {} are IDC",
    "npv": "Of 100 patches left alone, {} hold no IDC",
    "accuracy": "Of 100 patches, {} are called rightly",
    "balanced_accuracy": "Were half of the patches IDC, {} of 100 would be called rightly",
    "f1": "Of all calls and all IDC patches in one pile, {} in 100 belong to IDC that was called",
}


def show(
    figures: Mapping[str, Interval], counts: Confusion, per_patient: npt.NDArray[np.int64]
) -> None:
    """Sensitivity and specificity together, always, then what follows from them.

    `per_patient` holds tn, fp, fn, tp of each patient: a figure rests on those in whom it is
    defined.
    """
    of, patients = counted(counts), defined_in(per_patient)
    share = (counts.tp + counts.fn) / counts.total if counts.total else float("nan")
    figure.numbers(
        [
            (
                METRIC_WORDS[name][0],
                as_text(kept(name, figures[name], patients[name])),
                beside.held(
                    beside.prevalence(
                        f"{of[name]} · {counted_as(patients[name], 'patient')}", name, share
                    ),
                    name,
                    patients[name],
                ),
            )
            for name in _HEAD
        ]
    )
    st.markdown(in_words(figures["sensitivity"], figures["specificity"], patients["sensitivity"]))


def defined_in(per_patient: npt.NDArray[np.int64]) -> dict[str, int]:
    """In how many patients each rate is defined: one without IDC says nothing of sensitivity.

    >>> defined_in(np.array([[5, 1, 0, 0], [3, 0, 1, 2]]))["sensitivity"]
    1
    """
    return {name: int(np.isfinite(rate(*per_patient.T)).sum()) for name, rate in RATES.items()}


def counted(counts: Confusion) -> dict[str, str]:
    """What each rate is a share of."""
    idc, others = counts.tp + counts.fn, counts.tn + counts.fp
    calls, left = counts.tp + counts.fp, counts.tn + counts.fn
    everything = f"{many(counts.total)} patches"
    return {
        "sensitivity": f"{many(counts.tp)} of {many(idc)} IDC patches",
        "specificity": f"{many(counts.tn)} of {many(others)} without IDC",
        "precision": f"{many(counts.tp)} of {many(calls)} calls",
        "npv": f"{many(counts.tn)} of {many(left)} left alone",
        "accuracy": f"{many(counts.tp + counts.tn)} of {everything}",
        "balanced_accuracy": everything,
        "f1": everything,
        "mcc": everything,
    }


def as_text(found: Interval) -> str:
    """A figure with its interval."""
    return interval({"value": found.value, "low": found.low, "high": found.high})


def said(name: str, found: Interval, patients: int) -> str:
    """A rate as a sentence.

    >>> said("sensitivity", Interval(0.834, 0.78, 0.881), 38)
    'Of 100 IDC patches, 83 are found; 95 % between 78 and 88, from 38 patients.'
    """
    if found.value != found.value:
        return f"Not defined here: {_NEEDS.get(name, 'label or call is the same everywhere')}."
    if name not in _OF_100:
        return "Call and label go together this well: 0 is chance, 1 is perfect."
    value, low, high = (_hundred(each) for each in (found.value, found.low, found.high))
    return (
        f"{_OF_100[name].format(value)}; 95 % between {low} and {high}, "
        f"from {many(patients)} patients."
    )


_NEEDS = {
    "sensitivity": "there is no IDC patch",
    "specificity": "every patch is IDC",
    "precision": "no patch is called",
    "npv": "no patch is left alone",
    "balanced_accuracy": "one class is missing",
    "f1": "there is neither IDC nor a call",
}


def in_words(sensitivity: Interval, specificity: Interval, patients: int) -> str:
    """Both rates as one sentence a clinician would say."""
    if not (sensitivity.value == sensitivity.value and specificity.value == specificity.value):
        return "One class is missing here: sensitivity or specificity is not defined."
    found, low, high = (
        _hundred(value) for value in (sensitivity.value, sensitivity.low, sensitivity.high)
    )
    alarms = round(100 * (1 - specificity.value))
    return (
        f"Of 100 IDC patches, **{found} are found** (95 % between {low} and {high}, from "
        f"{many(patients)} patients); of 100 patches without IDC, **{alarms} raise a false alarm**."
    )


def _hundred(share: float) -> str:
    return f"{100 * share:.0f}" if share == share else "–"
