"""The patients by name, without anything from model or label: where blinded review begins."""

import pandas as pd
import streamlit as st

from dashboard.cache.all_patches import AllPatches
from dashboard.state.list_place import Place
from dashboard.views.patients import blinding
from dashboard.widgets import paged_list, paged_table, reader
from dashboard.widgets.live import OwnTable
from dashboard.widgets.paged_table import Column
from idc_core.io.digits import counted

COLUMNS = [
    Column(key="patient", title="Patient", kind="name", width=160, ascending=True),
    Column(key="patches", title="Patches", width=110),
    Column(key="read", title="Judged by you", width=130),
]


def show(every: AllPatches, read: "pd.Series[int]") -> None:
    """Draw them; `read`: how many patches of each have a verdict by this reader."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        reader.field()
        blinding.control()
    names, sizes = every.names, every.sizes
    table = pd.DataFrame({"patient": names, "patches": [sizes[name] for name in names]})
    table["read"] = table["patient"].map(read).fillna(0).astype(int)
    paged_list.show(
        table,
        paged_list.PagedList(
            key="worklist_blind",
            named="Patients by name",
            columns=COLUMNS,
            usual=Place("patient", descending=False),
            every=len(table),
            write=_written,
        ),
    )
    st.caption(
        f"{counted(len(table), 'patient')} by name. Click a row to review its patches blinded."
    )


def _written(rows: pd.DataFrame) -> tuple[paged_list.Cells, OwnTable | None]:
    return paged_table.cells(rows, COLUMNS, {}), None
