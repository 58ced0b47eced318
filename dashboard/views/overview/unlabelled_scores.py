"""What the scores of a run without labels say by themselves; nothing is made up to judge them."""

import pandas as pd
import streamlit as st

from dashboard.cache import predictions
from dashboard.charts.theme import counted, digits, many, plain
from dashboard.state import view
from dashboard.widgets import empty, export
from idc_core.records.raster import Raster
from idc_core.runs.run import Run


def show(run: Run, split: str, threshold: float) -> None:
    """Draw how many patches are predicted positive at the threshold, patient by patient."""
    rows = predictions.rows_of(run, split)
    if rows is None:
        empty.show(f"The {split} split of this run holds no patch. Choose another split above.")
        return
    table, name = by_patient(rows, threshold, run.info.raster), run.info.raster.predicted(True)
    called = int(table[name].sum())
    st.markdown(
        f"**None of the {many(len(rows))} patches has a label**, so nothing here says how good the "
        f"scores are. At the threshold {digits(threshold)}, **{many(called)}** of them are "
        f"{plain(name)}, in {counted(int((table[name] > 0).sum()), 'patient')} of "
        f"{len(table):,}."
    )
    view.link("patients", "Review the patches", icon=":material/grid_view:")
    st.dataframe(table, hide_index=True, key="unlabelled_scores")
    export.table(table, key="unlabelled", label="By patient (CSV)")


def by_patient(rows: pd.DataFrame, threshold: float, raster: Raster) -> pd.DataFrame:
    """One row per patient: patches, those predicted positive, scores; the largest share first.
    `rows` has the columns `patient, score`."""
    name = raster.predicted(True)
    grouped = rows.assign(called=rows["score"] >= threshold).groupby("patient", observed=True)
    table = pd.DataFrame(
        {
            "patches": grouped.size(),
            name: grouped["called"].sum(),
            f"share {name}": grouped["called"].mean(),
            "mean score": grouped["score"].mean(),
            "highest score": grouped["score"].max(),
        }
    ).reset_index()
    return table.sort_values([f"share {name}", "mean score"], ascending=False, ignore_index=True)
