"""The figures of the overview: those of the bar's split at the bar's threshold, and no others."""

from collections.abc import Mapping

import streamlit as st

from dashboard import cutoff, loaders
from dashboard.charts.theme import METRIC_WORDS, counted, digits, many
from dashboard.components import figure
from dashboard.components.sentences import as_text
from idc_core.metrics.uncertainty import Interval

RATES = ("balanced_accuracy", "f1", "sensitivity", "specificity")
_SOURCES = {
    "locked": "the run's operating point",
    "chosen": "exploratory",
    "assumed": "no operating point is locked, and none was chosen",
}


def figures(found: loaders.SplitScores, threshold: float) -> dict[str, Interval]:
    """ROC-AUC, which needs no threshold, and the rates at the threshold."""
    rates = found.bootstrap.of_rates(found.patients.at(threshold), RATES)
    return {"roc_auc": found.roc_auc_interval, **rates}


def where(split: str, now: cutoff.Cutoff) -> str:
    """On what, and at which threshold, as words inside a sentence.

    >>> where("test", cutoff.Cutoff(0.0, "chosen"))
    'test split, threshold 0.000'
    """
    return f"{split} split, threshold {digits(now.value)}"


def show(
    known: Mapping[str, Interval], found: loaders.SplitScores, split: str, now: cutoff.Cutoff
) -> None:
    """A row of figures, and what they were counted on."""
    of = f"{many(len(found.rows))} {split} patches · {counted(len(found.patients), 'patient')}"
    at = f" at {digits(now.value)}"
    figure.numbers(
        [
            (METRIC_WORDS[name][0] + at * (name in RATES), as_text(each), of)
            for name, each in known.items()
        ]
    )
    st.caption(
        f"All figures of this page but the report's: {where(split, now)} ({_SOURCES[now.source]}), "
        "as the bar says. ROC-AUC needs no threshold."
    )
