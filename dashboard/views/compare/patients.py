"""What B fixed and broke in each patient; a row opens the patient."""

from html import escape

import pandas as pd
import streamlit as st

from dashboard.charts.theme import many
from dashboard.state.list_place import Place
from dashboard.views.compare.notes import Basis
from dashboard.widgets import figure, paged_list, paged_table
from dashboard.widgets.paged_table import Column, Write
from idc_core.io.digits import counted
from idc_core.records.raster import Raster

_ORDER = [
    "patient",
    "net",
    "broken_idc",
    "broken_no_idc",
    "fixed_idc",
    "fixed_no_idc",
    "wrong_a",
    "wrong_b",
    "patches",
]
_LARGE_SHARE = 0.25


def show(table: pd.DataFrame, basis: Basis, raster: Raster) -> None:
    """Draw a `compare.patient_table`; a click on a row opens the patient."""
    columns = _columns(raster)
    signed: dict[str, Write] = {"net": lambda value: f"{value:+d}".replace("-", "−")}
    paged_list.show(
        table[_ORDER].astype({"patient": str}),
        paged_list.PagedList(
            key="compare_patients",
            named="Patients, with what B fixed and broke",
            columns=columns,
            usual=Place("net"),
            every=len(table),
            write=lambda rows: (paged_table.cells(rows, columns, signed), None),
        ),
    )
    st.html(f'<div class="idc-caption">{escape(in_words(table))}</div>')
    label = f"CSV of all {many(len(table))} rows"
    figure.download(basis.on(table), key="compare_patients", label=label, of=basis.count)


def _columns(raster: Raster) -> list[Column]:
    missed, name = raster.say("Missed IDC"), raster.positive
    found = ("Found by A, missed by B", "Missed by A, found by B")
    return [
        Column(key="patient", title="Patient", kind="name", width=120, ascending=True),
        Column(key="net", title="B − A", help="Errors of B minus errors of A", width=72),
        Column(key="broken_idc", title=f"{name} broken", help=found[0]),
        Column(
            key="broken_no_idc",
            title="New false alarms",
            help="True negative with A, false alarm with B",
            width=96,
        ),
        Column(key="fixed_idc", title=f"{name} fixed", help=found[1]),
        Column(
            key="fixed_no_idc",
            title="False alarms fixed",
            help="False alarm with A, true negative with B",
            width=96,
        ),
        Column(key="wrong_a", title="A wrong", help=f"{missed} and false alarms of A"),
        Column(key="wrong_b", title="B wrong", help=f"{missed} and false alarms of B"),
        Column(key="patches", title="Patches"),
    ]


def in_words(table: pd.DataFrame) -> str:
    """In how many patients B is worse, and whether one patient dominates."""
    worse, better = int((table["net"] > 0).sum()), int((table["net"] < 0).sum())
    said = f"{counted(len(table), 'patient')}, those worsened most by B first"
    said += (
        f": B makes more errors in {many(worse)}, fewer in {many(better)}, as many in "
        f"{many(len(table) - worse - better)}."
    )
    broken = table["broken_idc"] + table["broken_no_idc"]
    first = int(broken.to_numpy().argmax()) if len(table) else 0
    if len(table) > 1 and broken.iloc[first] > _LARGE_SHARE * broken.sum():
        said += (
            f" Patient {table['patient'].iloc[first]} alone has "
            f"{many(int(broken.iloc[first]))} of the {many(int(broken.sum()))} broken patches."
        )
    return f"{said} Click a row to open its slide."
