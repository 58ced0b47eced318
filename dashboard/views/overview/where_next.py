"""Where to look next: the worst patients and the weakest split, each one click away."""

import math

import streamlit as st

from dashboard.cache import runs, slices
from dashboard.cache.sorted_split import SortedSplit
from dashboard.charts.theme import plain, rate
from dashboard.state import selection, view
from idc_core.evaluate.evaluation import patient_table
from idc_core.io.digits import counted
from idc_core.records.raster import Raster
from idc_core.records.report import Report

WORST = 3


def show(found: SortedSplit, report: Report, threshold: float, where: str, raster: Raster) -> None:
    """Three patients with the most errors for their size, then the weakest subgroup, both of the
    bar's split and threshold (`where` says so in words); then the weakest split of the report."""
    with st.container(key="where_next"):
        _show(found, report, threshold, where, raster)


def _show(found: SortedSplit, report: Report, threshold: float, where: str, raster: Raster) -> None:
    st.header("Where to look next", anchor=False)
    table = patient_table(found.patients, threshold)
    table["wrong"] = table["errors"] / table["patches"]
    worst = table.sort_values(["wrong", "patient"], ascending=[False, True]).head(WORST)
    st.caption(f"Patients with the highest error rate ({where})")
    for at, row in worst.iterrows():
        if st.button(
            f"{plain(row['patient'])}: {100 * row['wrong']:.0f} % errors – "
            f"{row['fn']} missed {plain(raster.positive)}, "
            f"{counted(int(row['fp']), 'false alarm')}",
            key=f"worst_{at}",
            width="stretch",
        ):
            selection.change(patient=str(row["patient"]))
            view.go("patients")
    _slice(threshold, where)
    st.caption("Weakest split by ROC-AUC, in the report")
    weakest = min(report.splits, key=lambda name: _roc_auc(report, name))
    if st.button(
        f"{weakest}: ROC-AUC {rate(report.splits[weakest].pooled['roc_auc'].value)}",
        key="weakest",
        width="stretch",
    ):
        selection.change(split=weakest)
        view.go("operating-point/threshold")


def _roc_auc(report: Report, split: str) -> float:
    """For finding the lowest: one that is not defined comes last, and 0 comes first."""
    value = report.splits[split].pooled["roc_auc"].value
    return math.inf if value is None or math.isnan(value) else value


def _slice(threshold: float, where: str) -> None:
    """The weakest subgroup, if one is surely below the rest."""
    chosen = selection.current()
    found = slices.weakest(runs.run(str(chosen.run)), chosen.split, threshold)
    if found is None:
        return
    sentence, weakest = found
    st.caption(f"Weakest subgroup by balanced accuracy ({where})")
    if st.button(plain(sentence), key="weakest_slice", width="stretch"):
        view.go("failures/subgroups", {"slice": weakest.key})
