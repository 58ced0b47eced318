"""Whether scores can be read as probabilities, in words and four numbers."""

import math

import pandas as pd
import streamlit as st

from dashboard.charts.theme import UNDEFINED, many
from dashboard.components import figure
from dashboard.components.sentences import as_text
from dashboard.loaders_calibration import Judged
from idc_core.metrics.uncertainty import FEW_PATIENTS, Interval


def show(judged: Judged) -> None:
    """The answer first, then the numbers it comes from."""
    patients, patches = len(judged.patients), int(judged.patients["patches"].sum())
    counted = f"{many(patches)} patches · {many(patients)} patients"
    st.markdown(in_words(judged))
    figure.numbers(
        [
            ("Calibration error (ECE)", as_text(judged.ece), f"15 bins, 0 is best · {counted}"),
            ("Brier score", as_text(judged.brier), f"0 is best · {counted}"),
            ("Slope", _two(judged.slope), f"1 is right, below: too bold · {counted}"),
            ("Intercept", _two(judged.intercept), f"0 is right, below: too high · {counted}"),
        ]
    )  # fmt: skip


def in_words(judged: Judged) -> str:
    """What the scores say against what is there."""
    patients = len(judged.patients)
    few = f" Fewer than {FEW_PATIENTS} patients: take it as a hint." * (patients < FEW_PATIENTS)
    if not math.isfinite(judged.slope.value):
        return (
            "One class is missing, or all scores are equal: slope and intercept are not defined."
            + few
        )
    worst = _worst(judged.bins)
    if worst is None:
        said = "**No bin of scores is shown to be off**: every interval holds its mean score."
    else:
        way = "too high" if worst["score"] > worst["share"] else "too low"
        said = (
            f"Patches scored around **{worst['score']:.2f}** hold IDC in **{worst['share']:.2f}** "
            f"of cases (95 % between {worst['low']:.2f} and {worst['high']:.2f}): "
            f"**the scores are {way} there**."
        )
    low, high = judged.slope.low, judged.slope.high
    if high < 1:
        said += f" Over all they are too bold (slope {judged.slope.value:.2f})."
    elif low > 1:
        said += f" Over all they are too timid (slope {judged.slope.value:.2f})."
    return f"{said} From {many(patients)} patients.{few}"


def _worst(bins: pd.DataFrame) -> "pd.Series[float] | None":
    """The bin that most patches suffer from, of those whose interval leaves out its mean score."""
    off = bins[(bins["score"] < bins["low"]) | (bins["score"] > bins["high"])]
    if off.empty:
        return None
    harm = (off["score"] - off["share"]).abs() * off["patches"]
    return off.loc[harm.idxmax()]


def _two(found: Interval) -> str:
    if not math.isfinite(found.value):
        return UNDEFINED
    return f"{_signed(found.value)} [{_signed(found.low)} to {_signed(found.high)}]"


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
