"""Labels corrected by readers, as a table for `train` and `evaluate`; metrics on both labels."""

import pandas as pd
import streamlit as st

from dashboard.cache import runs
from dashboard.charts.theme import counted, digits, interval, many, plain
from dashboard.widgets import export, figure
from idc_core.facts import names
from idc_core.io.refusal import Refusal
from idc_core.metrics.catalogue import METRICS
from idc_core.runs.corrected_labels import decided
from idc_core.runs.run import Run

SHOWN = ("sensitivity", "specificity", "precision", "f1", "balanced_accuracy", "roc_auc")


def show(run: Run, standing: pd.DataFrame) -> None:
    """Draw how many there are, their download and the commands that take it."""
    st.header("Corrected labels", anchor=False)
    table = decided(standing)
    if table.empty:
        raster = run.info.raster
        st.caption(
            f"No reader has decided on {plain(raster.positive)} or {plain(raster.negative)} yet. "
            "Open a patch above and judge it on Patients; what most readers agree on becomes its "
            "corrected label here. The original labels are kept."
        )
        return
    changed = int((table["label"] != table["original"]).sum())
    st.markdown(
        f"Decided by {counted(standing['reviewer'].nunique(), 'reader')}: "
        f"**{counted(len(table), 'patch', 'patches')}**. Labels changed: **{many(changed)}**; "
        f"confirmed: {many(len(table) - changed)}."
    )
    export.table(table, key="corrected", label="Corrected labels (CSV)", kind="secondary")
    st.caption(
        "Patient names are hashed in this file (IDC_HASH_IDS=1): the commands need one exported "
        "without that."
        if names.hashed()
        else "Train with them, or evaluate the run on them as well as on the original labels:"
    )
    name = export.file_name("corrected", "csv")
    data = run.info.data_name or "NAME"
    st.code(
        f"python train_cli.py evaluate --run {run.name} --labels {name}\n"
        f"python train_cli.py train --data {data} --run NEW --labels {name}",
        language="bash",
    )


def beside(run: Run, split: str) -> None:
    """Metrics on the original and on the corrected labels, if the run was evaluated on both."""
    try:
        report = runs.report(run)
    except Refusal:
        return
    corrected = report.corrected
    if corrected is None or split not in corrected.splits:
        return
    facts = corrected.labels
    st.header("Metrics on original and corrected labels", anchor=False)
    rows = [
        {
            "metric": METRICS[name].title,
            "original labels": interval(report.splits[split].pooled[name].parts),
            "corrected labels": interval(corrected.splits[split].pooled[name].parts),
        }
        for name in SHOWN
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="both_labels")
    st.caption(
        f"At the operating point {digits(report.threshold)}. {many(facts.changed)} of the "
        f"{many(facts.named)} listed labels differ, over all splits. Readers looked where the "
        "model disagreed, so metrics on corrected labels favour the model: never report them alone."
    )
    # These metrics are at the operating point, whatever threshold the bar shows.
    table = pd.DataFrame(rows).assign(threshold=report.threshold)
    figure.download(table, key="both_labels")
