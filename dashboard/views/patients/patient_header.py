"""The patient in one sentence, with the buttons to the previous and the next one."""

import pandas as pd
import streamlit as st

from dashboard.charts.theme import many, plain
from dashboard.state import selection
from dashboard.views.patients import blinding
from dashboard.widgets import reader
from idc_core.metrics.confusion import Confusion, confusion_at
from idc_core.records.raster import Raster


def show(worklist: pd.DataFrame, rows: pd.DataFrame, threshold: float, raster: Raster) -> None:
    """`worklist` gives the order and how many errors have a verdict; `rows` are those of the
    patient's predictions that have a label."""
    patient = str(rows["patient"].iloc[0])
    steps(patient, worklist["patient"].astype(str).tolist())
    row = worklist[worklist["patient"].astype(str) == patient].iloc[0]
    counts = confusion_at(rows["label"], rows["score"], threshold)
    burden = float(row["burden"]), float(row["predicted"])
    said = in_words(counts, burden, row["tissue"], raster)
    st.markdown(f"{said} {progress(int(row['judged']), int(row['open']))}")


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
            on_click=selection.change,
            kwargs={"patient": None},
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


def in_words(counts: Confusion, burden: tuple[float, float], tissue: str, raster: Raster) -> str:
    """Missed IDC and false alarms in words, as Markdown, and the burden or why there is none.

    >>> in_words(Confusion(tn=5, fp=1, fn=2, tp=8), (0.62, 0.56), "whole", Raster()).split(". ")[0]
    'Of 10 IDC patches **2 are missed**; of 6 without IDC **1 raises a false alarm**'
    """
    tn, fp, fn, tp = counts.tn, counts.fp, counts.fn, counts.tp
    name = plain(raster.positive)
    missed = (
        f"of {many(fn + tp)} {name} patches **{many(fn)} {'is' if fn == 1 else 'are'} missed**"
        if fn + tp
        else f"no patch is labelled {name}, so nothing can be missed"
    )
    alarms = (
        f"of {many(tn + fp)} without {name} **{many(fp)} "
        f"{'raises' if fp == 1 else 'raise'} a false alarm**"
        if tn + fp
        else f"every patch is labelled {name}, so there is no false alarm"
    )
    reasons = {
        "whole": f"Burden: {100 * burden[0]:.0f} % labelled, {100 * burden[1]:.0f} % predicted.",
        "sample": "Burden is not defined: these patches are a sample of the tissue.",
    }
    return f"{missed[0].upper()}{missed[1:]}; {alarms}. {reasons[tissue]}"


def progress(judged: int, waiting: int) -> str:
    """How far the review of a patient's errors is.

    >>> progress(3, 2), progress(0, 0)
    ('**3 of 5** errors reviewed.', '')
    """
    if not judged + waiting:
        return ""
    if not waiting:
        return "All errors reviewed."
    return f"**{many(judged)} of {many(judged + waiting)}** errors reviewed."
