"""All metrics at the threshold: value, interval, counts and sentence, pooled and per patient."""

from collections.abc import Iterable, Mapping
from html import escape

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from dashboard.widgets import figure
from dashboard.widgets.live import live
from idc_core.facts import rate_words
from idc_core.facts.rate_words import Judged, OfPatients
from idc_core.io.digits import patches_and_patients
from idc_core.metrics.catalogue import METRICS, RATES
from idc_core.metrics.uncertainty import PatientJackknife
from idc_core.records.raster import Raster

Names = npt.NDArray[np.object_]

COLUMNS = {
    "value": "value [95 %]",
    "counted": "counted on",
    "words": "in words",
    "patients": "patients",
    "mean": "patients' mean [95 %]",
    "median": "patients' median",
    "lowest": "lowest patient",
}


def show(of: Judged, patients: Names, per_patient: npt.NDArray[np.int64], raster: Raster) -> None:
    """Draw the table; `per_patient` holds tn, fp, fn, tp of each of `patients`."""
    said = rate_words.all_metrics(of, of_patients(patients, per_patient), raster)
    st.html(as_live_html(said))
    st.html(
        f'<div class="idc-caption">{patches_and_patients(of.counts.total, len(patients))}. Value '
        "and sentence pool all patches, so that large patients weigh more; mean, median and lowest "
        "count each patient once, of those in whom the rate is defined (column patients). "
        "Intervals are for new patients.</div>"
    )
    figure.download(lambda: rates_table(said), key="rates")


def of_patients(patients: Names, per_patient: npt.NDArray[np.int64]) -> dict[str, OfPatients]:
    """Every rate patient by patient."""
    jackknife, found = PatientJackknife(len(patients)), {}
    for name, of in RATES.items():
        own = of(*per_patient.T)
        defined = own[np.isfinite(own)]
        lowest = int(np.nanargmin(own)) if len(defined) else None
        found[name] = OfPatients(
            jackknife.of_mean(own),
            float(np.median(defined)) if len(defined) else float("nan"),
            float("nan") if lowest is None else float(own[lowest]),
            "" if lowest is None else str(patients[lowest]),
        )
    return found


def rates_table(said: Mapping[str, str]) -> pd.DataFrame:
    """One row per rate, from what is said of them."""
    rows = [
        {
            "rate": METRICS[name].title,
            **{words: said[f"rates.{name}.{column}"] for column, words in COLUMNS.items()},
        }
        for name in RATES
    ]
    return pd.DataFrame(rows).astype({"patients": int})


def as_live_html(said: Mapping[str, str]) -> str:
    """The table as HTML, each cell of which follows the threshold."""
    keys = ((name, [f"rates.{name}.{column}" for column in COLUMNS]) for name in RATES)
    rows = (
        [escape(METRICS[name].title), *(live(key, said[key]) for key in own)] for name, own in keys
    )
    return _html(["rate", *COLUMNS.values()], rows)


def as_html(table: pd.DataFrame) -> str:
    """A short table as HTML, which the browser draws at once and a screen reader can read."""
    rows = ([escape(str(value)) for value in row] for row in table.itertuples(index=False))
    return _html([str(name) for name in table.columns], rows)


def _html(head: list[str], rows: Iterable[list[str]]) -> str:
    """From names of columns, and rows of HTML."""
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<table class="idc-table"><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>'
