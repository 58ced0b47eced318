"""The figures of the threshold, first thing on the page, in numbers and in words."""

from collections.abc import Mapping

import streamlit as st

from dashboard.charts.theme import METRIC_WORDS, interval, many
from dashboard.components import figure
from idc_core.metrics.confusion import RATES, Confusion
from idc_core.metrics.uncertainty import Interval

NAMES = tuple(RATES)
_HEAD = ("sensitivity", "specificity", "precision", "f1")


def show(figures: Mapping[str, Interval], counts: Confusion, patients: int) -> None:
    """Sensitivity and specificity together, always, then what follows from them."""
    idc, others = counts.tp + counts.fn, counts.tn + counts.fp
    of = {
        "sensitivity": f"{many(counts.tp)} of {many(idc)} IDC patches",
        "specificity": f"{many(counts.tn)} of {many(others)} without IDC",
        "precision": f"{many(counts.tp)} of {many(counts.tp + counts.fp)} calls",
        "f1": f"{many(counts.total)} patches",
    }
    figure.numbers(
        [
            (METRIC_WORDS[name][0], as_text(figures[name]), f"{of[name]} · {patients} patients")
            for name in _HEAD
        ]
    )
    st.markdown(in_words(figures["sensitivity"], figures["specificity"], patients))


def as_text(found: Interval) -> str:
    """A figure with its interval."""
    return interval({"value": found.value, "low": found.low, "high": found.high})


def in_words(sensitivity: Interval, specificity: Interval, patients: int) -> str:
    """Both rates as one sentence a clinician would say."""
    if not (sensitivity.value == sensitivity.value and specificity.value == specificity.value):
        return "One class is missing here: sensitivity or specificity is not defined."
    found, low, high = (
        round(100 * value) for value in (sensitivity.value, sensitivity.low, sensitivity.high)
    )
    alarms = round(100 * (1 - specificity.value))
    return (
        f"Of 100 IDC patches, **{found} are found** (95 % between {low} and {high}, from "
        f"{patients} patients); of 100 patches without IDC, **{alarms} raise a false alarm**."
    )
