"""Whether scores can be read as probabilities, in words and five numbers."""

import math

import streamlit as st

from dashboard.charts.theme import many, rate
from dashboard.views.calibration.cache import Judged
from dashboard.widgets import figure
from dashboard.widgets.metric_notes import held
from dashboard.widgets.sentences import as_text
from idc_core.io.intervals import TO, decimals, interval
from idc_core.metrics.calibration_fit import Fitted
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.coverage import limited, note
from idc_core.metrics.uncertainty import Interval

BEYOND = 1.2
"""How many times as far as its interval reaches a figure must lie from what is right to be called
off: two figures are looked at, and together they are called off falsely in 3 to 7 of 100 sets."""


def show(judged: Judged) -> None:
    """The answer first, then the numbers it comes from."""
    patients, patches = len(judged.patients), int(judged.patients["patches"].sum())
    counted = f"{many(patches)} patches · {many(patients)} patients"
    found = judged.fitted
    st.markdown(in_words(found, patients))
    cells = (
        ("calibration_in_the_large", signed, found.in_the_large),
        ("calibration_off", signed, found.off),
        ("calibration_slope", signed, found.slope),
        ("brier", as_text, judged.brier),
    )
    figure.numbers(
        [
            (
                METRICS[name].title,
                text(limited(name, each, patients)),
                held(f"{METRICS[name].best} · {counted}", name, patients),
            )
            for name, text, each in cells
        ]
        + [
            (
                "Calibration error (ECE)",
                rate(judged.ece),
                f"15 bins, 0 is best; no interval holds · {counted}",
            ),
        ]
    )
    st.html(f'<div class="idc-caption">{notes(found, patients)}</div>')


def in_words(found: Fitted, patients: int) -> str:
    """What the scores say against what is there."""
    if not math.isfinite(found.in_the_large.value):
        return "One class is missing: calibration is not defined."
    said = " ".join([_over_all(found), _bold(found.slope)])
    return f"{said} From {many(patients)} patients."


def notes(found: Fitted, patients: int) -> str:
    """What else was fitted, and why one figure stands without an interval."""
    return (
        "Calibration in the large holds the slope at 1. Fitted together with the slope, the "
        f"intercept is {_joint(found.joint_intercept, patients)}: it says how scores of one half "
        "are off, not whether scores are too high over all. ECE counts every distance upwards, so "
        "chance makes it larger, most with few patients; intervals that were tried hold the truth "
        "in anything from 0 to 98 of 100 sets, and none is shown."
    )


def _joint(found: Interval, patients: int) -> str:
    name = "calibration_joint_intercept"
    said, short = signed(limited(name, found, patients)), note(name, patients)
    return f"{said} ({short})" if short else said


def _over_all(found: Fitted) -> str:
    off = _side(found.in_the_large, 0)
    if off is None:
        return "Over all the scores are **not shown to be too high or too low**."
    way = "too low" if off > 0 else "too high"
    return (
        f"**Over all the scores are {way}**: their mean is {signed(found.off)} from the share of "
        "IDC."
    )


def _bold(slope: Interval) -> str:
    if not math.isfinite(slope.value):
        return "All scores are equal, or divide the classes: the slope is not defined."
    off = _side(slope, 1)
    if off is None:
        return f"They are not shown to be too bold or too timid (slope {slope.value:.2f})."
    word = "too timid: high ones too low, low ones too high" if off > 0 else "too bold"
    return f"**They are {word}** (slope {signed(slope)})."


def _side(found: Interval, right: float) -> int | None:
    """On which side of what is right a figure is shown to lie; None where it is not."""
    if found.value - BEYOND * (found.value - found.low) > right:
        return 1
    if found.value + BEYOND * (found.high - found.value) < right:
        return -1
    return None


def signed(found: Interval) -> str:
    """A figure that may lie below 0, with its interval.

    >>> signed(Interval(-0.5, -0.72, 0.1))
    '−0.50 [−0.72 to 0.10]'
    """
    return interval(found.value, found.low, found.high, _signed, TO, one_sided=True)


def _signed(value: float | None) -> str:
    # A rounded 0 has no sign.
    return decimals(2)(value).replace("-0.00", "0.00").replace("-", "−")
