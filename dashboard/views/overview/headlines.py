"""The figures of the overview, all of the split and at the threshold in the bar."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from dashboard.cache import cutoff
from dashboard.cache.sorted_split import SortedSplit
from dashboard.charts.theme import counted, digits, many, rate
from dashboard.widgets import figure
from idc_core.facts import metric_notes
from idc_core.facts.rate_words import as_text, defined_in
from idc_core.metrics.catalogue import METRICS, rate_of
from idc_core.metrics.coverage import limited
from idc_core.metrics.uncertainty import Interval

RATES = ("balanced_accuracy", "f1", "sensitivity", "specificity")
_SOURCES = {
    "locked": "the run's operating point",
    "chosen": "exploratory",
    "assumed": "assumed, because no operating point is locked",
}


def figures(found: SortedSplit, threshold: float) -> dict[str, Interval]:
    """ROC-AUC, which needs no threshold, and the rates at the threshold."""
    rates = found.jackknife.of_rates(found.patients.at(threshold), RATES)
    return {"roc_auc": found.roc_auc_interval, **rates}


def where(split: str, now: cutoff.Cutoff) -> str:
    """On what, and at which threshold, as words inside a sentence.

    >>> where("test", cutoff.Cutoff(0.0, "chosen"))
    'test split, threshold 0.000'
    """
    return f"{split} split, threshold {digits(now.value)}"


def patients_own(found: SortedSplit, threshold: float) -> str:
    """Mean and median over the patients in whom a rate is defined, beside the pooled figures."""
    own = found.patients.at(threshold)
    said = [
        f"{METRICS[name].title} "
        f"{as_text(limited(f'mean_{name}', found.jackknife.of_mean(values), len(defined)))} · "
        f"{rate(np.median(defined).item())} ({counted(len(defined), 'patient')})"
        for name in RATES
        for values in (rate_of(name).of(*own.T),)
        for defined in (values[np.isfinite(values)],)
        if len(defined)
    ]
    if not said:
        return "No rate is defined in any patient."
    return (
        "The figures above pool all patches, so large patients weigh more. Per patient, mean "
        "[95 %] · median: " + "; ".join(said) + "."
    )


def show(known: Mapping[str, Interval], found: SortedSplit, split: str, now: cutoff.Cutoff) -> None:
    """A row of figures, and what they were counted on."""
    defined = defined_in(found.patients.at(now.value))
    # An area over all patches ranks those of every patient.
    patients = {name: defined.get(name, len(found.patients)) for name in known}
    counts = {
        name: metric_notes.held(
            metric_notes.prevalence(
                f"{many(found.patches)} {split} patches · {counted(each, 'patient')}",
                name,
                found.ranked.prevalence,
            ),
            name,
            each,
        )
        for name, each in patients.items()
    }
    means = patients_own(found, now.value)
    at = f" at {digits(now.value)}"
    figure.numbers(
        [
            (
                METRICS[name].title + at * (name in RATES),
                as_text(limited(name, each, patients[name])),
                counts[name],
            )
            for name, each in known.items()
        ]
    )
    st.caption(means)
    st.caption(
        f"All figures on this page except the report's: {where(split, now)} "
        f"({_SOURCES[now.source]}), as set in the bar. ROC-AUC needs no threshold."
    )
