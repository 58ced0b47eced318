"""All metrics at the threshold: value, interval, counts and sentence, pooled and per patient."""

from collections.abc import Mapping
from html import escape

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from dashboard.charts.theme import rate
from dashboard.widgets import figure, metric_notes
from dashboard.widgets.sentences import as_text, counted, said
from idc_core.io.digits import UNDEFINED
from idc_core.metrics.catalogue import METRICS, RATES
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.coverage import limited
from idc_core.metrics.uncertainty import Interval, PatientJackknife
from idc_core.records.raster import Raster

Names = npt.NDArray[np.object_]


def show(
    figures: Mapping[str, Interval],
    counts: Confusion,
    patients: Names,
    per_patient: npt.NDArray[np.int64],
    raster: Raster,
) -> None:
    """Draw the table; `per_patient` holds tn, fp, fn, tp of each of `patients`."""
    table = rates_table(figures, counts, patients, per_patient, raster)
    st.html(as_html(table))
    st.html(
        f'<div class="idc-caption">{counts.total:,} patches of {len(patients):,} patients. Value '
        "and sentence pool all patches, so that large patients weigh more; mean, median and lowest "
        "count each patient once, of those in whom the rate is defined (column patients). "
        "Intervals are for new patients.</div>"
    )
    figure.download(table, key="rates")


def rates_table(
    figures: Mapping[str, Interval],
    counts: Confusion,
    patients: Names,
    per_patient: npt.NDArray[np.int64],
    raster: Raster,
) -> pd.DataFrame:
    """One row per rate."""
    of, jackknife = counted(counts, raster), PatientJackknife(len(patients))
    share = (counts.tp + counts.fn) / counts.total if counts.total else float("nan")
    rows = []
    for name, found in figures.items():
        own = RATES[name](*per_patient.T)
        defined = int(np.isfinite(own).sum())
        mean = limited(f"mean_{name}", jackknife.of_mean(own), defined)
        rows.append(
            {
                "rate": METRICS[name].title,
                "value [95 %]": as_text(limited(name, found, defined)),
                "counted on": metric_notes.prevalence(of[name], name, share),
                "in words": said(name, found, defined, raster)
                + metric_notes.notes([("Value", name, defined)]),
                "patients": defined,
                "patients' mean [95 %]": metric_notes.held(as_text(mean), f"mean_{name}", defined),
                "patients' median": _median(own),
                "lowest patient": _lowest(own, patients),
            }
        )
    return pd.DataFrame(rows)


def _median(own: npt.NDArray[np.float64]) -> str:
    defined = own[np.isfinite(own)]
    return rate(float(np.median(defined))) if len(defined) else UNDEFINED


def _lowest(own: npt.NDArray[np.float64], patients: Names) -> str:
    if not np.isfinite(own).any():
        return UNDEFINED
    at = int(np.nanargmin(own))
    return f"{rate(float(own[at]))} ({patients[at]})"


def as_html(table: pd.DataFrame) -> str:
    """A short table as HTML, which the browser draws at once and a screen reader can read."""
    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in table.columns)
    rows = (
        "".join(f"<td>{escape(str(value))}</td>" for value in row)
        for row in table.itertuples(index=False)
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<table class="idc-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
