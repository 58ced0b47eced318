"""What if the model may pass on the patches nearest the threshold?"""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import predictions
from dashboard.charts.theme import digits, many
from dashboard.views.operating_point.clinic import charts
from dashboard.widgets import figure
from dashboard.widgets.metric_notes import notes
from dashboard.widgets.metric_table import as_html
from dashboard.widgets.sentences import as_text
from idc_core.io.digits import UNDEFINED
from idc_core.io.intervals import interval
from idc_core.metrics import abstain
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.uncertainty import Interval

_RATES = ("sensitivity", "specificity", "precision", "npv")
_MEASURED = {name: METRICS[name].title for name in _RATES} | {"accuracy": "Wrong answers"}
"""What is said of the answers, under the figure that their intervals were measured as."""
_SILENT = "clinic_silent"
_STEPS = np.linspace(0, 0.95, 40)


def show(found: predictions.SplitScores, threshold: float) -> None:
    """How the answers fare if the model may pass, and who gets none."""
    st.header("What if it may pass?", anchor=False)
    st.session_state.setdefault(_SILENT, 10)
    percent = st.slider(
        "Stay silent on the patches nearest the threshold, at most",
        0,
        90,
        step=1,
        format="%d %%",
        key=_SILENT,
    )
    band = abstain.band_around(found.ranked, threshold, percent / 100)
    before = judged(found, abstain.Band(threshold, threshold))
    after = judged(found, band)
    curve = silence_table(found, threshold)
    now = pd.DataFrame({"coverage": [after.coverage], "error": [after.error.value]}).dropna()
    figure.altair(
        charts.silence_chart(curve, now),
        key="silence",
        alt_text="Share of wrong answers against share of patches answered",
        caption=in_words(found, band, after, before),
        table=curve,
    )
    table = beside(before, after)
    st.html(as_html(table))
    short = notes((words, name, after.answered_patients) for name, words in _MEASURED.items())
    if short:
        st.html(f'<div class="idc-caption">{short.strip()}</div>')
    figure.download(table, key="answers")


def judged(found: predictions.SplitScores, band: abstain.Band) -> abstain.Selective:
    """What is answered and what is not, with a band."""
    low, high = found.patients.at(band.low), found.patients.at(band.high)
    return abstain.selective(low, high, found.jackknife)


def in_words(
    found: predictions.SplitScores,
    band: abstain.Band,
    after: abstain.Selective,
    before: abstain.Selective,
) -> str:
    """Which scores get no answer, what the answers are worth, who the silent ones are."""
    return (
        f"No answer for scores from {digits(band.low)} to {digits(min(band.high, 1))}: the same "
        "share of the positive and of the negative predictions, those nearest the threshold (any "
        "recalibration that keeps the order of the scores would silence the same patches). "
        f"{_percent(after.coverage)} of {many(len(found.ranked))} "
        f"patches are answered, {_wrong(after.error)} of the answers are wrong instead of "
        f"{_wrong(before.error)} (95 % for new patients, from {many(len(found.patients))}). "
        + _of_the_silent(after)
    )


def _of_the_silent(after: abstain.Selective) -> str:
    if not after.silent:
        return "No patch stays silent."
    return (
        f"Of the {many(after.silent)} silent patches, of {many(after.silent_patients)} patients, "
        f"{_wrong(after.silent_idc)} hold IDC."
    )


def beside(before: abstain.Selective, after: abstain.Selective) -> pd.DataFrame:
    """Every rate of all answers, and of those that are left."""
    names = {
        "Sensitivity": "sensitivity",
        "Specificity": "specificity",
        "Precision (PPV)": "ppv",
        "Negative predictive value": "npv",
        "Wrong answers": "error",
    }
    rows = [
        {
            "of the answers": name,
            "all answered": as_text(getattr(before, part)),
            "with silence": as_text(getattr(after, part)),
        }
        for name, part in names.items()
    ]
    counted = {
        "of the answers": "Patches answered",
        "all answered": f"{many(before.answers)} of {many(before.answered_patients)} patients",
        "with silence": f"{many(after.answers)} of {many(after.answered_patients)} patients",
    }
    return pd.DataFrame([*rows, counted])


def silence_table(found: predictions.SplitScores, threshold: float) -> pd.DataFrame:
    """`coverage, error, sensitivity, specificity` from no silence to nearly all patches."""
    rows = []
    for silent in _STEPS:
        band = abstain.band_around(found.ranked, threshold, float(silent))
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


def _wrong(found: Interval) -> str:
    return interval(found.value, found.low, found.high, _percent)


def _percent(share: float | None) -> str:
    return UNDEFINED if share is None or not np.isfinite(share) else f"{100 * share:.1f} %"
