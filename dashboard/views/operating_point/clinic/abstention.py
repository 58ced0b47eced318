"""Selective prediction: what if the model abstains on the patches nearest the threshold?"""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache.sorted_split import SortedSplit
from dashboard.charts.theme import digits, many
from dashboard.views.operating_point.clinic import charts
from dashboard.widgets import figure
from dashboard.widgets.metric_table import as_html
from idc_core.facts.metric_notes import notes
from idc_core.facts.rate_words import as_text
from idc_core.io.digits import UNDEFINED, counted
from idc_core.io.intervals import interval
from idc_core.metrics import abstain
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.coverage import limited
from idc_core.metrics.uncertainty import Interval
from idc_core.records.raster import Raster

_RATES = ("sensitivity", "specificity", "precision", "npv")
_MEASURED = {name: METRICS[name].title for name in _RATES} | {"accuracy": "Error rate"}
"""Words for the metrics of answered patches, by the metric whose coverage was measured."""
_ABSTAINED = "clinic_silent"
_STEPS = np.linspace(0, 0.95, 40)


def show(found: SortedSplit, threshold: float) -> None:
    """The metrics of the answered patches, and what the others are."""
    st.header("Selective prediction", anchor=False)
    st.session_state.setdefault(_ABSTAINED, 10)
    percent = st.slider(
        "Abstain on the patches nearest the threshold: at most",
        0,
        90,
        step=1,
        format="%d %%",
        key=_ABSTAINED,
    )
    band = abstain.band_around(found.ranked, threshold, percent / 100)
    before = judged(found, abstain.Band(threshold, threshold))
    after = judged(found, band)
    curve = coverage_table(found, threshold)
    now = pd.DataFrame({"coverage": [after.coverage], "error": [after.error.value]}).dropna()
    figure.altair(
        charts.coverage_chart(curve, now),
        key="silence",
        alt_text="Error rate against share of patches answered",
        caption=in_words(found, band, after, before),
        table=curve,
    )
    table = beside(before, after)
    st.html(as_html(table))
    short = notes((words, name, after.answered_patients) for name, words in _MEASURED.items())
    if short:
        st.html(f'<div class="idc-caption">{short.strip()}</div>')
    figure.download(table, key="answers")


def judged(found: SortedSplit, band: abstain.Band) -> abstain.Selective:
    """The metrics with a band of scores on which the model abstains."""
    low, high = found.patients.at(band.low), found.patients.at(band.high)
    return abstain.selective(low, high, found.jackknife)


def in_words(
    found: SortedSplit,
    band: abstain.Band,
    after: abstain.Selective,
    before: abstain.Selective,
) -> str:
    """Which scores are not answered, how good the answers are, and what the others are."""
    return (
        f"The model abstains on scores from {digits(band.low)} to {digits(min(band.high, 1))}: the "
        "same share of the positive and of the negative predictions, those nearest the threshold "
        "(any recalibration that keeps the order of the scores selects the same patches). "
        f"{_percent(after.coverage)} of {many(len(found.ranked))} "
        f"patches are answered, {_wrong(_given('error', after))} of the answers are wrong instead "
        f"of {_wrong(_given('error', before))} (95 % for new patients, from "
        f"{many(len(found.patients))}). " + _abstained(after, found.raster)
    )


def _abstained(after: abstain.Selective, raster: Raster) -> str:
    if not after.silent:
        return "It abstains on no patch."
    idc = limited("silent_idc", after.silent_idc, after.silent_patients)
    return (
        f"Of the {many(after.silent)} patches without an answer, from "
        f"{counted(after.silent_patients, 'patient')}, {_wrong(idc)} have {raster.positive}."
    )


def beside(before: abstain.Selective, after: abstain.Selective) -> pd.DataFrame:
    """Each rate of all patches, and of the answered ones."""
    names = {
        "Sensitivity": "sensitivity",
        "Specificity": "specificity",
        "Precision (PPV)": "ppv",
        "Negative predictive value": "npv",
        "Error rate": "error",
    }
    rows = [
        {
            "metric": name,
            "all answered": as_text(_given(part, before)),
            "with abstention": as_text(_given(part, after)),
        }
        for name, part in names.items()
    ]
    answered = {
        "metric": "Patches answered",
        "all answered": _answered(before),
        "with abstention": _answered(after),
    }
    return pd.DataFrame([*rows, answered])


def _answered(part: abstain.Selective) -> str:
    return f"{many(part.answers)} of {counted(part.answered_patients, 'patient')}"


def coverage_table(found: SortedSplit, threshold: float) -> pd.DataFrame:
    """`coverage, error, sensitivity, specificity` from no abstention to nearly all patches."""
    rows = []
    for abstained in _STEPS:
        band = abstain.band_around(found.ranked, threshold, float(abstained))
        counts = [found.ranked.counts(cut) for cut in (band.low, band.high)]
        given = abstain.answered(*[[c.tn, c.fp, c.fn, c.tp] for c in counts])
        rows.append(
            {
                "coverage": float(given.coverage),
                "error": float(given.error),
                "sensitivity": float(_share(given.tp, given.fn)),
                "specificity": float(_share(given.tn, given.fp)),
            }
        )
    return pd.DataFrame(rows).dropna(subset=["error"]).drop_duplicates().round(5)


def _share(part: object, rest: object) -> float:
    whole = np.asarray(part) + np.asarray(rest)
    return float(np.asarray(part) / whole) if whole else float("nan")


def _given(part: str, found: abstain.Selective) -> Interval:
    """A rate of the answered patches, with an interval where enough patients were answered."""
    measured = {"ppv": "precision", "error": "accuracy"}.get(part, part)
    return limited(measured, getattr(found, part), found.answered_patients)


def _wrong(found: Interval) -> str:
    return interval(found.value, found.low, found.high, _percent)


def _percent(share: float | None) -> str:
    return UNDEFINED if share is None or not np.isfinite(share) else f"{100 * share:.1f} %"
