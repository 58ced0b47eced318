"""The patients of a run whose patches are not in memory: their counts, without maps and reviews."""

import pandas as pd
import streamlit as st

from dashboard.charts.theme import many
from dashboard.state.list_place import Place
from dashboard.views.patients import worklist_table
from dashboard.widgets import figure, paged_list, paged_table
from idc_core.facts import row_words
from idc_core.io.digits import counted
from idc_core.records.raster import Raster

_NEED_PATCHES = ["judged", "reviewed", "tissue", "burden", "predicted"]
_RATES = dict.fromkeys(("sensitivity", "specificity", "auc"), row_words.three)


def show(table: pd.DataFrame, raster: Raster, threshold: float) -> None:
    """Draw a `worklist`; a click on a row opens the patient's counts."""
    kept = table.drop(columns=_NEED_PATCHES)
    columns = [
        each for each in worklist_table.columns(raster) if each.key in kept and each.key != "open"
    ]
    paged_list.show(
        kept.astype({"patient": str}),
        paged_list.PagedList(
            key="worklist_counted",
            named="Patients",
            columns=columns,
            usual=Place("open"),
            every=len(kept),
            write=lambda rows: (paged_table.cells(rows, columns, _RATES), None),
            at=threshold,
        ),
    )
    st.caption(f"{counted(len(kept), 'patient')}. Click a row for its counts.")
    download = kept.drop(columns="open")
    figure.download(download, key="patients", label=f"CSV of all {many(len(kept))} rows")
