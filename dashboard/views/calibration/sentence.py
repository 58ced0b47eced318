"""Whether scores can be read as probabilities, in a sentence and five numbers."""

import math
from dataclasses import replace

import streamlit as st

from dashboard.charts.theme import many, plain, rate
from dashboard.widgets import figure
from idc_core.evaluate.calibrated import Calibrated
from idc_core.facts.metric_notes import held
from idc_core.facts.rate_words import as_text
from idc_core.io.digits import counted as number_of
from idc_core.io.intervals import TO, decimals, interval
from idc_core.metrics.calibration_fit import Fitted
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.coverage import limited, note
from idc_core.metrics.uncertainty import Interval
from idc_core.records.raster import Raster

BEYOND = 1.2
"""How many half-widths of its interval a figure must be away from the ideal value to be called
miscalibrated: with two figures tested, that happens falsely in 3 to 7 of 100 sets."""


def show(judged: Calibrated, raster: Raster) -> None:
    """The answer first, then the numbers it comes from."""
    patients, patches = len(judged.patients), int(judged.patients["patches"].sum())
    counted = f"{many(patches)} patches · {number_of(patients, 'patient')}"
    found = judged.fitted
    st.markdown(in_words(found, patients, raster))
    cells = (
        ("calibration_in_the_large", signed, found.in_the_large),
        ("calibration_off", signed, found.off),
        ("calibration_slope", signed, found.slope),
        ("brier", as_text, judged.brier),
    )
    figure.numbers(
        [
            (
                raster.say(METRICS[name].title),
                text(limited(name, each, patients)),
                held(f"{raster.say(METRICS[name].best)} · {counted}", name, patients),
            )
            for name, text, each in cells
        ]
        + [
            (
                "Expected calibration error (ECE)",
                rate(judged.ece),
                f"15 bins, 0 is best; no reliable interval · {counted}",
            ),
        ]
    )
    st.html(f'<div class="idc-caption">{notes(found, patients)}</div>')


def in_words(found: Fitted, patients: int, raster: Raster) -> str:
    """How the scores compare with the observed shares of IDC; without an interval nothing shows."""
    if not math.isfinite(found.in_the_large.value):
        return "One class is missing: calibration is not defined."
    found = replace(
        found,
        in_the_large=limited("calibration_in_the_large", found.in_the_large, patients),
        off=limited("calibration_off", found.off, patients),
        slope=limited("calibration_slope", found.slope, patients),
    )
    said = " ".join([_on_average(found, raster), _confidence(found.slope)])
    return f"{said} From {number_of(patients, 'patient')}."


def notes(found: Fitted, patients: int) -> str:
    """The joint intercept, and why ECE has no interval."""
    return (
        "Calibration in the large fixes the slope at 1. Fitted together with the slope, the "
        f"intercept is {_joint(found.joint_intercept, patients)}: the error at a score of one "
        "half, not whether scores are too high on average. ECE counts every deviation as "
        "positive, so chance increases it, most with few patients; the intervals tested covered "
        "the truth in 0 to 98 of 100 simulated sets, and none is shown."
    )


def _joint(found: Interval, patients: int) -> str:
    name = "calibration_joint_intercept"
    said, short = signed(limited(name, found, patients)), note(name, patients)
    return f"{said} ({short})" if short else said


def _on_average(found: Fitted, raster: Raster) -> str:
    off = _side(found.in_the_large, 0)
    if off is None:
        return "On average the scores are **not shown to be too high or too low**."
    way = "too low" if off > 0 else "too high"
    return (
        f"**On average the scores are {way}**: mean score minus share of {plain(raster.positive)} "
        f"is {signed(found.off)}."
    )


def _confidence(slope: Interval) -> str:
    if not math.isfinite(slope.value):
        return "All scores are equal, or separate the classes perfectly: the slope is not defined."
    off = _side(slope, 1)
    if off is None:
        return f"They are not shown to be over- or underconfident (slope {slope.value:.2f})."
    word = "underconfident: high scores too low, low ones too high" if off > 0 else "overconfident"
    return f"**They are {word}** (slope {signed(slope)})."


def _side(found: Interval, right: float) -> int | None:
    """1 or -1 where a figure is shown to lie above or below the ideal value, else None."""
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
