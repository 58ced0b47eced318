"""All patients of the split, most errors first; a row opens the patient."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import loaders, thread
from dashboard.components import figure
from idc_core.evaluation import patient_table

MOST = 1000
"""Patients that are listed; all of ten thousand would be sent at every move."""

_TISSUE = {True: "whole", False: "sample"}


def show(table: pd.DataFrame) -> None:
    """Draw a `worklist`; choosing a row chooses the patient."""

    def opened() -> None:
        rows = st.session_state["worklist"]["selection"]["rows"]
        if rows:
            thread.change(patient=str(table["patient"].iloc[rows[0]]))

    number = st.column_config.NumberColumn
    st.dataframe(
        table.head(MOST),
        key="worklist",
        hide_index=True,
        height=min(420, 38 + 35 * len(table)),
        on_select=opened,
        selection_mode="single-row",
        column_config={
            "patient": st.column_config.TextColumn("Patient", pinned=True),
            "patches": number("Patches", format="localized"),
            "fn": number("Missed IDC (FN)"),
            "fp": number("False alarms (FP)"),
            "sensitivity": number("Sensitivity", format="%.2f", help="Empty: no IDC patch"),
            "specificity": number("Specificity", format="%.2f", help="Empty: only IDC patches"),
            "auc": number("AUC", format="%.2f", help="Within the patient; empty: one class only"),
            "tissue": st.column_config.TextColumn(
                "Tissue", help="Burden is a share of the tissue: a sample does not have one"
            ),
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
        f'<div class="idc-caption">{len(table):,} patients, most errors first. Tick a row to open '
        f"its slide{_rest(table)}. Burden is defined for the {burdened} whole patients only: the "
        "others are samples, or nothing here says which they are.</div>"
    )
    figure.download(table, key="patients")


def _rest(table: pd.DataFrame) -> str:
    if len(table) <= MOST:
        return ""
    return f"; the first {MOST:,} are listed, the CSV holds all, and the bar opens any"


def worklist(
    found: loaders.SplitScores, threshold: float, whole: frozenset[str] | None
) -> pd.DataFrame:
    """One row a patient, most errors first; burden is `nan` for sampled patients.

    `whole`: the patients whose tissue is whole; None where nothing says so.
    """
    table = patient_table(found.patients, threshold)
    is_whole = table["patient"].isin(whole or ())
    table = table.assign(
        auc=found.aucs,
        tissue="not known" if whole is None else is_whole.map(_TISSUE),
        burden=np.where(is_whole, table["idc"] / table["patches"], np.nan).round(3),
        predicted=np.where(is_whole, table["called"] / table["patches"], np.nan).round(3),
    )
    columns = [
        "patient", "patches", "fn", "fp", "sensitivity", "specificity", "auc", "tissue", "burden",
        "predicted", "errors",
    ]  # fmt: skip
    ordered = table[columns].sort_values(["errors", "patient"], ascending=[False, True])
    return ordered.drop(columns="errors").reset_index(drop=True)
