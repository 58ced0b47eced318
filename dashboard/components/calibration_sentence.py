"""Whether scores can be read as probabilities, in words and five numbers."""

import math

import streamlit as st

from dashboard.charts.theme import UNDEFINED, many, rate
from dashboard.components import figure
from dashboard.components.sentences import as_text
from dashboard.loaders_calibration import Judged
from idc_core.metrics.calibration_fit import Fitted
from idc_core.metrics.uncertainty import FEW_PATIENTS, Interval

BEYOND = 1.2
"""How many times as far as its interval reaches a figure must lie from what is right to be called
off: two figures are looked at, and together they are called off falsely in 3 to 7 of 100 sets."""


def show(judged: Judged) -> None:
    """The answer first, then the numbers it comes from."""
    patients, patches = len(judged.patients), int(judged.patients["patches"].sum())
    counted = f"{many(patches)} patches · {many(patients)} patients"
    found = judged.fitted
    st.markdown(in_words(found, patients))
    figure.numbers(
        [
            (
                "Calibration in the large", signed(found.in_the_large),
                f"log odds; 0 is right, below: scores too high over all · {counted}",
            ),
            (
                "Mean score − share of IDC", signed(found.off),
                f"0 is right, above: too high over all · {counted}",
            ),
            ("Slope", signed(found.slope), f"1 is right, below: too bold · {counted}"),
            ("Brier score", as_text(judged.brier), f"0 is best · {counted}"),
            (
                "Calibration error (ECE)", rate(judged.ece),
                f"15 bins, 0 is best; no interval holds · {counted}",
            ),
        ]
    )  # fmt: skip
    st.html(f'<div class="idc-caption">{notes(found)}</div>')


def in_words(found: Fitted, patients: int) -> str:
    """What the scores say against what is there."""
    few = f" Fewer than {FEW_PATIENTS} patients: take it as a hint." * (patients < FEW_PATIENTS)
    if not math.isfinite(found.in_the_large.value):
        return "One class is missing: calibration is not defined." + few
    said = " ".join([_over_all(found), _bold(found.slope)])
    return f"{said} From {many(patients)} patients.{few}"


def notes(found: Fitted) -> str:
    """What else was fitted, and why one figure stands without an interval."""
    return (
        "Calibration in the large holds the slope at 1. Fitted together with the slope, the "
        f"intercept is {signed(found.joint_intercept)}: it says how scores of one half are off, "
        "not whether scores are too high over all. ECE counts every distance upwards, so chance "
        "makes it larger, most with few patients; intervals that were tried hold the truth in "
        "anything from 0 to 98 of 100 sets, and none is shown."
    )


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
    if not math.isfinite(found.value):
        return UNDEFINED
    if found.low == -math.inf and math.isfinite(found.high):
        return f"{_signed(found.value)} [at most {_signed(found.high)}]"
    if not (math.isfinite(found.low) and math.isfinite(found.high)):
        return _signed(found.value)
    return f"{_signed(found.value)} [{_signed(found.low)} to {_signed(found.high)}]"


def _signed(value: float) -> str:
    # A rounded 0 has no sign.
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")
