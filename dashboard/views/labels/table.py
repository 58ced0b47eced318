"""What readers decided so far, as a table that train and evaluate take, and what it changes."""

import pandas as pd
import streamlit as st

from dashboard.cache import runs
from dashboard.charts.theme import counted, digits, interval, many
from dashboard.widgets import export, figure
from idc_core.facts import names
from idc_core.io.refusal import Refusal
from idc_core.metrics.catalogue import METRICS
from idc_core.runs.corrected_labels import decided
from idc_core.runs.run import Run

SHOWN = ("sensitivity", "specificity", "precision", "f1", "balanced_accuracy", "roc_auc")


def show(run: Run, standing: pd.DataFrame) -> None:
    """Draw the table's size, its download and the commands; then results on both labels."""
    st.header("What readers decided", anchor=False)
    table = decided(standing)
    if table.empty:
        st.caption(
            "No verdict yet says IDC or no IDC. Open a patch above and judge it on Patients; what "
            "most readers agree on becomes a corrected label here. The original labels stay."
        )
        return
    changed = int((table["label"] != table["original"]).sum())
    st.markdown(
        f"Decided by {counted(standing['reviewer'].nunique(), 'reader')}: "
        f"**{counted(len(table), 'patch', 'patches')}**. Another label than before: "
        f"**{many(changed)}**; the same: {many(len(table) - changed)}."
    )
    export.table(table, key="corrected", label="Corrected labels (CSV)", kind="secondary")
    st.caption(
        "Patients are hashed in this file (IDC_HASH_IDS=1): the commands need one that was made "
        "without."
        if names.hashed()
        else "Train with them, or judge the run by them beside the original labels:"
    )
    name = export.file_name("corrected", "csv")
    data = run.info.data_name or "NAME"
    st.code(
        f"python train_cli.py evaluate --run {run.name} --labels {name}\n"
        f"python train_cli.py train --data {data} --run NEW --labels {name}",
        language="bash",
    )


def beside(run: Run, split: str) -> None:
    """The figures on the original and on the corrected labels, if the run was judged by both."""
    try:
        report = runs.report(run)
    except Refusal:
        return
    corrected = report.corrected
    if corrected is None or split not in corrected.splits:
        return
    facts = corrected.labels
    st.header("On the original and on the corrected labels", anchor=False)
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
        f"{many(facts.named)} named labels differ over all splits. Corrected by readers who "
        "looked where the model disagreed, so figures on them favour the model: never report them "
        "alone."
    )
    # These figures are of the operating point, wherever the bar stands.
    table = pd.DataFrame(rows).assign(threshold=report.threshold)
    figure.download(table, key="both_labels")
