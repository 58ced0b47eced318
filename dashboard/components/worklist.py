"""All patients of the split, most errors first; a row opens the patient."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import loaders, thread
from dashboard.components import figure
from idc_core.evaluation import patient_table


def show(found: loaders.SplitScores, threshold: float, whole: frozenset[str]) -> None:
    """Draw the table; choosing a row chooses the patient."""
    table = worklist(found, threshold, whole)

    def opened() -> None:
        rows = st.session_state["worklist"]["selection"]["rows"]
        if rows:
            thread.change(patient=str(table["patient"].iloc[rows[0]]))

    number = st.column_config.NumberColumn
    st.dataframe(
        table,
        key="worklist",
        placeholder="–",
        hide_index=True,
        height=min(420, 38 + 35 * len(table)),
        on_select=opened,
        selection_mode="single-row",
        column_config={
            "patient": st.column_config.TextColumn("Patient", pinned=True),
            "patches": number("Patches", format="localized"),
            "fn": number("Missed IDC (FN)"),
            "fp": number("False alarms (FP)"),
            "sensitivity": number("Sensitivity", format="%.2f"),
            "specificity": number("Specificity", format="%.2f"),
            "auc": number("AUC", format="%.2f", help="Within the patient; – with one class"),
            "burden": st.column_config.ProgressColumn(
                "Labelled burden", format="percent", min_value=0, max_value=1,
                help="Share of patches labelled IDC; whole patients only",
            ),
            "predicted": st.column_config.ProgressColumn(
                "Predicted burden", format="percent", min_value=0, max_value=1,
                help="Share of patches called IDC; whole patients only",
            ),
        },
    )  # fmt: skip
    burdened = int(table["burden"].notna().sum())
    st.html(
        f'<div class="idc-caption">{len(table)} patients, most errors first. '
        f"Burden is defined for the {burdened} whole patients; the others are samples. "
        "Tick a row to open its slide.</div>"
    )
    figure.download(table, key="patients")


def worklist(found: loaders.SplitScores, threshold: float, whole: frozenset[str]) -> pd.DataFrame:
    """One row a patient, most errors first; burden is `nan` for sampled patients."""
    table = patient_table(found.patients, threshold)
    is_whole = table["patient"].isin(whole)
    table = table.assign(
        auc=found.aucs,
        burden=np.where(is_whole, table["idc"] / table["patches"], np.nan),
        predicted=np.where(is_whole, table["called"] / table["patches"], np.nan),
    )
    columns = [
        "patient", "patches", "fn", "fp", "sensitivity", "specificity", "auc", "burden",
        "predicted", "errors",
    ]  # fmt: skip
    ordered = table[columns].sort_values(["errors", "patient"], ascending=[False, True])
    return ordered.drop(columns="errors").reset_index(drop=True)
