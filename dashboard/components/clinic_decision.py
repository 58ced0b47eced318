"""Is acting on the model better than calling every patch, or none? And what if it may pass?"""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import loaders, thread
from dashboard.charts import clinic as charts
from dashboard.charts.theme import UNDEFINED
from dashboard.components import figure
from idc_core.metrics import clinic
from idc_core.metrics.confusion import ratio
from idc_core.metrics.uncertainty import Interval

_SILENT = "clinic_silent"
_STEPS = np.linspace(0, 0.95, 40)


def decision(curve: pd.DataFrame, found: loaders.SplitScores, threshold: float) -> None:
    """The decision curve, with the threshold of the bar."""
    st.subheader("Is acting on it worth it?", anchor=False)
    if curve.empty or curve["model"].isna().all() or not np.isfinite(found.ranked.prevalence):
        st.caption("Not defined here.")
        return
    figure.altair(
        charts.decision_chart(curve.round(5), threshold), key="decision",
        alt_text="Net benefit of the model, of calling every patch and of calling none",
        caption=_said(curve, threshold)
        + f" Band: 95 % for new patients; {len(found.ranked):,} patches of "
        f"{len(found.patients):,} patients. It reads scores as probabilities: look at Calibration "
        "first.",
        table=curve,
    )  # fmt: skip
    st.page_link(
        "views/calibration.py", label="Do the scores mean what they say?",
        icon=":material/straighten:", query_params=thread.query(),
    )  # fmt: skip


def _said(curve: pd.DataFrame, threshold: float) -> str:
    """Whether the model beats both at the threshold's own chance."""
    row = curve.iloc[(curve["chance"] - threshold).abs().argmin()]
    best = max(float(row["all"]), 0.0)
    word = f"{'calling every patch' if row['all'] > 0 else 'calling none'} ({best:.3f})"
    if row["low"] > best:
        verdict = f"more than {word}"
    elif row["high"] < best:
        verdict = f"less than {word}"
    else:
        verdict = f"not shown to differ from {word}"
    chance = float(row["chance"])
    return (
        f"At a chance of {chance:.2f}, the nearest to the threshold (the line), a false alarm "
        f"weighs {chance / (1 - chance):.2g} of a found IDC patch, and the model's net benefit is "
        f"{row['model']:.3f} [{row['low']:.3f}–{row['high']:.3f}]: {verdict}."
    )


def silence(found: loaders.SplitScores, threshold: float) -> None:
    """How many errors are avoided if the model may pass on the patches nearest the threshold."""
    st.subheader("What if it may pass?", anchor=False)
    st.session_state.setdefault(_SILENT, 10)
    percent = st.slider(
        "Stay silent on the patches nearest the threshold, at most", 0, 90, step=1,
        format="%d %%", key=_SILENT,
    )  # fmt: skip
    band = clinic.band_around(found.ranked, threshold, percent / 100)
    before, after, coverage = errors(found, threshold, band)
    curve = silence_table(found, threshold)
    now = pd.DataFrame({"coverage": [coverage], "error": [after.value]}).dropna()
    figure.altair(
        charts.silence_chart(curve, now), key="silence",
        alt_text="Share of wrong answers against share of patches answered",
        caption=f"No answer for scores from {max(band.low, 0):.3f} to {min(band.high, 1):.3f}: "
        f"{_percent(coverage)} of {len(found.ranked):,} patches are answered, "
        f"{_wrong(after)} of the answers are wrong instead of {_wrong(before)} "
        f"(95 % for new patients, from {len(found.patients):,}).",
        table=curve,
    )  # fmt: skip


def errors(
    found: loaders.SplitScores, threshold: float, band: clinic.Band
) -> tuple[Interval, Interval, float]:
    """Share of wrong answers without and with the band, and the share answered."""
    whole = found.patients.at(threshold).astype(np.float64)
    low, high = found.patients.at(band.low), found.patients.at(band.high)
    given = clinic.answered(low, high)
    wrong = np.stack(
        [np.asarray(given.fp) + given.fn, np.asarray(given.total) - given.silent], axis=1
    ).astype(np.float64)
    of, share = found.bootstrap.of_sums, (0.0, 1.0)
    before = of(lambda s: ratio(s[:, 1] + s[:, 2], s.sum(axis=1)), whole, within=share)
    after = of(lambda s: ratio(s[:, 0], s[:, 1]), wrong, within=share)
    coverage = clinic.answered(low.sum(axis=0), high.sum(axis=0)).coverage
    return before, after, float(coverage)


def silence_table(found: loaders.SplitScores, threshold: float) -> pd.DataFrame:
    """`coverage, error` for bands from none to nearly all patches."""
    rows = []
    for silent in _STEPS:
        band = clinic.band_around(found.ranked, threshold, float(silent))
        counts = [found.ranked.counts(cut) for cut in (band.low, band.high)]
        given = clinic.answered(*[[c.tn, c.fp, c.fn, c.tp] for c in counts])
        rows.append({"coverage": float(given.coverage), "error": float(given.error)})
    return pd.DataFrame(rows).dropna().drop_duplicates().round(5)


def _wrong(found: Interval) -> str:
    if not np.isfinite(found.value):
        return UNDEFINED
    return f"{_percent(found.value)} [{_percent(found.low)}–{_percent(found.high)}]"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if np.isfinite(share) else UNDEFINED
