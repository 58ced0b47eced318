"""The ledger as one can read it: every locked threshold, and how often test was looked at."""

import streamlit as st

from dashboard.cache import looks
from dashboard.widgets import export, figure
from dashboard.widgets.empty import show as say
from idc_core.metrics.catalogue import METRICS
from idc_core.runs import ledger
from idc_core.runs.run import Run


def show(run: Run) -> None:
    """Draw it, say whether it is whole, and offer it as a file."""
    table = ledger.table(run)
    if table.empty:
        say(
            "No threshold is locked in this run. Choose one by a rule above and lock it, or let "
            f"the program choose: python train_cli.py evaluate --run {run.name}."
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
    """Whether the ledger is whole, and how often test was looked at."""
    lines = f"{chain.lines} line" + "s" * (chain.lines != 1)
    if chain.broken is not None:
        whole = (
            f"<b>Line {chain.broken} of {chain.lines} does not follow from the one before: "
            "something was changed or taken out by hand.</b>"
        )
    elif chain.linked:
        whole = f"{lines}, newest first; each of the last {chain.linked} carries the mark of the "
        whole += "one before: none between them is missing or was changed."
    else:
        whole = f"{lines}, newest first, from before lines were bound to each other."
    noun = "threshold was" if counted == 1 else "thresholds were"
    return f"{whole} {counted} {noun} looked at on test so far."
