"""The figures of the page Calibration."""

import pandas as pd
import streamlit as st

from dashboard.charts import calibration as charts
from dashboard.charts import farthest
from dashboard.state import selection
from dashboard.widgets import chart_key, figure
from dashboard.widgets.metric_table import as_html
from idc_core.evaluate.calibrated import Calibrated
from idc_core.io.digits import patches_and_patients
from idc_core.records.raster import Raster


def reliability(shown: Calibrated, beside: Calibrated | None, name: str, raster: Raster) -> None:
    """The reliability diagram, with the number of patches per bin below."""
    figure.altair(
        charts.reliability_chart(shown.bins, None if beside is None else beside.bins, raster),
        key="reliability",
        alt_text=f"Reliability diagram: share of {raster.positive} against mean score per bin, "
        "with intervals",
        caption=f"{len(shown.bins)} bins ({name}), {_counted(shown)}. Dashed: perfect calibration. "
        f"Bars: 95 % for new patients; bins below {charts.FEW} patches are faint.",
        table=shown.bins,
    )
    figure.altair(
        charts.counts_chart(shown.bins, raster),
        key="bin_counts",
        alt_text="How many patches each bin holds",
    )


def parts(shown: Calibrated, raster: Raster) -> None:
    """The Brier score decomposition."""
    found = shown.parts
    rows = [
        (
            "Reliability",
            found.reliability,
            "+",
            f"mean scores against shares of {raster.positive} per bin; 0 is best",
        ),
        (
            "Resolution",
            found.resolution,
            "−",
            "how far bins differ from the prevalence; more is better",
        ),
        (
            "Uncertainty",
            found.uncertainty,
            "+",
            "the Brier score of always predicting the prevalence",
        ),
        ("Within bins", found.within, "+", "variation of the scores within bins"),
        ("Brier score", found.total, "=", "mean squared difference between score and label"),
    ]
    table = pd.DataFrame(
        [
            {
                "part": f"{sign} {name}",
                "value": f"{value:z.4f}".replace("-", "−") if value == value else "–",
                "what it is": words,
            }
            for name, value, sign, words in rows
        ]
    )
    st.html(as_html(table))
    figure.download(table, key="brier_parts")


def patients(shown: Calibrated, raster: Raster) -> None:
    """Mean score minus share of IDC per patient; a click opens the patient."""
    key = chart_key.key("gaps", selection.current().patient)

    def clicked() -> None:
        picked = st.session_state[key]["selection"].get(charts.SELECTION) or []
        if picked:
            chart_key.chosen_here("gaps", str(picked[0]["patient"]))
            _open(str(picked[0]["patient"]))

    gaps = shown.patients
    figure.altair(
        charts.patients_chart(farthest.farthest(gaps, "gap"), raster),
        key=key,
        alt_text=f"Mean score minus share of {raster.positive} per patient",
        caption=f"{_counted(shown)}; one dot per patient, larger with more patches. "
        f"{farthest.said(gaps, '0')}Above 0 the scores are too high in that patient. Click a dot "
        "to open the patient.",
        table=gaps,
        on_select=clicked,
        selection=charts.SELECTION,
    )
    _keyboard(gaps)


def _keyboard(gaps: pd.DataFrame) -> None:
    """The patients farthest from 0, for keyboard users."""
    far = gaps.loc[gaps["gap"].abs().sort_values(ascending=False).index].head(40)
    gap = {str(row.patient): f"{row.gap:+.2f}" for row in far.itertuples()}

    def opened() -> None:
        patient = st.session_state["open_gap"]
        if patient:
            _open(str(patient))
            st.session_state["open_gap"] = None

    st.selectbox(
        "Open a patient",
        list(gap),
        index=None,
        key="open_gap",
        format_func=lambda patient: f"{patient}: {gap[patient]}",
        on_change=opened,
        width=320,
        placeholder="or choose one that is far from 0",
        label_visibility="collapsed",
    )


def _open(patient: str) -> None:
    selection.change(patient=patient)
    st.session_state["open_patients"] = True


def _counted(shown: Calibrated) -> str:
    return patches_and_patients(int(shown.patients["patches"].sum()), len(shown.patients))
