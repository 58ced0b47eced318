"""The patient in one sentence, with the buttons to the previous and the next one."""

from html import escape

import pandas as pd
import streamlit as st

from dashboard.charts.theme import many, plain
from dashboard.state import selection
from dashboard.views.patients import blinding
from dashboard.widgets import live, paged_list, reader
from dashboard.widgets.live import OwnTable
from idc_core.facts import patient_words
from idc_core.metrics.confusion import Confusion, confusion_at
from idc_core.records.raster import Raster


def show(
    worklist: pd.DataFrame,
    rows: pd.DataFrame,
    threshold: float,
    raster: Raster,
    table: OwnTable | None = None,
) -> None:
    """`worklist` gives the order and how many errors have a verdict; `rows` are those of the
    patient's predictions that have a label, `table` what is said of them at other thresholds."""
    patient = str(rows["patient"].iloc[0])
    steps(patient, worklist["patient"].astype(str).tolist())
    row = worklist[worklist["patient"].astype(str) == patient].iloc[0]
    counts = confusion_at(rows["label"], rows["score"], threshold)
    burden = float(row["burden"]), float(row["predicted"])
    said = in_words(counts, burden, int(row["judged"]), row["tissue"], raster)
    st.html(f'<p class="idc-said"{live.with_table(table)}>{said}</p>')


def show_blind(patient: str, patients: list[str], *, labelled: bool) -> None:
    """Nothing is said about the model's answers, and patients are in the order of `patients`, by
    name. `labelled`: whether the run has labels to be shown afterwards."""
    steps(patient, patients)
    then = "the prediction and the label are" if labelled else "the prediction is"
    st.markdown(f"Blinded review: give your verdict first, then {then} shown.")


def steps(patient: str, patients: list[str]) -> None:
    """The patient's name, the buttons to the one before and the one after, and who reads how."""
    at = patients.index(patient)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "All patients",
            key="all_patients",
            icon=":material/list:",
            on_click=paged_list.leave,
            args=(patient,),
        )
        st.header(f"Patient {plain(patient)}", anchor=False, width="content")
        for name, step in (("Previous patient", -1), ("Next patient", 1)):
            st.button(
                name,
                key=name.replace(" ", "_").lower(),
                type="tertiary",
                icon=":material/chevron_left:" if step < 0 else ":material/chevron_right:",
                shortcut="Shift+P" if step < 0 else "Shift+N",
                on_click=selection.change,
                kwargs={"patient": patients[(at + step) % len(patients)]},
            )
        st.caption(f"{at + 1} of {len(patients)}", width="content")
        reader.field()
        blinding.control()


def in_words(
    counts: Confusion, burden: tuple[float, float], judged: int, tissue: str, raster: Raster
) -> str:
    """Missed IDC and false alarms, the burden or why there is none, and how far the review is; as
    HTML.

    `burden`: labelled and predicted share; `judged`: errors with a verdict.
    """
    tn, fp, fn, tp = counts.tn, counts.fp, counts.fn, counts.tp
    name, part = escape(raster.positive), live.each(patient_words.header(counts, burden[1], judged))
    missed = (
        f"Of {many(fn + tp)} {name} patches <strong>{part['patient.missed']}</strong>"
        if fn + tp
        else f"No patch is labelled {name}, so nothing can be missed"
    )
    alarms = (
        f"of {many(tn + fp)} without {name} <strong>{part['patient.alarms']}</strong>"
        if tn + fp
        else f"every patch is labelled {name}, so there is no false alarm"
    )
    reasons = {
        "whole": f"Burden: {100 * burden[0]:.0f} % labelled, {part['patient.predicted']} "
        "predicted.",
        "sample": "Burden is not defined: these patches are a sample of the tissue.",
    }
    review = f"<strong>{part['patient.reviewed']}</strong> {part['patient.review']}"
    return f"{missed}; {alarms}. {reasons[tissue]} {review}"
