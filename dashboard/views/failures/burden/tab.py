"""How much of each patient is IDC, by label and by model?"""

import pandas as pd
import streamlit as st

from dashboard.cache import cutoff, spatial
from dashboard.charts import farthest
from dashboard.charts.theme import digits, many
from dashboard.state import selection, view
from dashboard.views.failures.burden import charts, numbers
from dashboard.widgets import figure, page_start
from idc_core.evaluate.burden import CLASSES, agreement, burdens
from idc_core.metrics.coverage import note


def go(key: str) -> None:
    """A click on a patient opens their slide."""
    picked = st.session_state[key]["selection"].get(charts.SELECTION) or []
    if picked:
        selection.change(patient=str(picked[0]["patient"]))
        st.session_state["open_burden"] = True


def show() -> None:
    """Draw the tab."""
    chosen, run, found = page_start.page()
    threshold = cutoff.now().value
    whole = spatial.whole_patients(run, chosen.split)
    if not whole:
        st.info(
            "Burden is a share of the whole tissue, and no patient of this split has a whole "
            "slide: their patches are samples. Choose another split, or prepare data with "
            "whole slides (`python train_cli.py prepare SOURCE --whole PATIENT`)."
        )
        st.stop()
    each = burdens(found.patients, threshold, whole)
    judged = agreement(each)

    count = len(each.patients)
    of = f"{many(count)} whole slides · {many(int(each.patches.sum()))} patches"
    numbers.show(judged, of, count)
    table = charts.table_of(each)
    drawn = farthest.farthest(table, "difference")
    left_out = farthest.said(table, "equal")

    if st.session_state.pop("open_burden", False):
        view.go("patients")
    left, right = st.columns(2, gap="large")
    caption = f"{of}; threshold {digits(threshold)}. {left_out}Click a patient to open the slide."
    with left:
        st.header("Predicted against labelled burden", anchor=False)
        figure.altair(
            charts.scatter(drawn),
            key="burden_scatter",
            selection=charts.SELECTION,
            alt_text=f"Predicted over labelled burden of {count} patients; equal on the line",
            caption=caption,
            table=table,
            on_select=lambda: go("burden_scatter"),
        )
    with right:
        st.header("Difference against mean burden (Bland–Altman)", anchor=False)
        figure.altair(
            charts.differences(drawn, judged.bland_altman),
            key="burden_differences",
            selection=charts.SELECTION,
            alt_text=f"Bland–Altman plot of {count} patients with bias and limits of agreement",
            caption=f"{of}. {left_out}Lines: bias and limits of agreement (bias ± 1.96 SD); bands: "
            "their 95 % intervals"
            + "".join(f"; {each}" for each in (note("lower_limit", count),) if each)
            + ".",
            on_select=lambda: go("burden_differences"),
        )
    st.header("Burden classes", anchor=False)
    shown = pd.DataFrame(judged.table, columns=[f"predicted {name}" for name in CLASSES])
    shown.insert(0, "label", [f"labelled {name}" for name in CLASSES])
    st.dataframe(shown, hide_index=True, key="burden_classes")
    st.caption(f"Patients by burden class; {of}. On the diagonal, prediction and label agree.")
    figure.download(shown, key="burden_classes")
