"""The ledger as a table: every locked threshold, and how many thresholds were shown on test."""

import streamlit as st

from dashboard.cache import looks
from dashboard.widgets import export, figure
from dashboard.widgets.empty import show as say
from idc_core.metrics.catalogue import METRICS
from idc_core.runs import ledger
from idc_core.runs.run import Run


def show(run: Run) -> None:
    """Draw it, say whether it is intact, and offer it for download."""
    table = ledger.table(run)
    if table.empty:
        say(
            "No threshold is locked in this run. Choose one with a rule above and lock it, or run "
            f"python train_cli.py evaluate --run {run.name}."
        )
        return
    number = st.column_config.NumberColumn
    st.dataframe(
        table,
        hide_index=True,
        key="ledger",
        height="content",
        column_config={
            "threshold": number(format="%.7g"),
            **{
                name: number(f"{METRICS[name].title} (validation)", format="%.4g")
                for name in ("sensitivity", "specificity")
            },
        },
    )
    st.html(f'<div class="idc-caption">{in_words(ledger.check(run), looks.looks(run))}</div>')
    figure.download(table, key="ledger", of=export.OF_NO_SPLIT)


def in_words(chain: ledger.Chain, counted: int) -> str:
    """Whether the ledger is intact, and how many thresholds were shown on test."""
    lines = f"{chain.lines} line" + "s" * (chain.lines != 1)
    if chain.broken is not None:
        whole = (
            f"<b>Line {chain.broken} of {chain.lines} does not match the one before: "
            "something was changed or removed by hand.</b>"
        )
    elif chain.linked:
        whole = f"{lines}, newest first; each of the last {chain.linked} carries the hash of the "
        whole += "one before: none of them is missing or was changed."
    else:
        whole = f"{lines}, newest first, written before lines were linked by hashes."
    noun = "threshold has" if counted == 1 else "thresholds have"
    return f"{whole} {counted} {noun} been shown on test so far."
