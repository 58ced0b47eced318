"""Locking a threshold: a deliberate act, with a name and a reason, written to the ledger."""

import pandas as pd
import streamlit as st

from dashboard import loaders, thread
from dashboard.charts.theme import many, plain
from dashboard.components.rules import rule_of
from dashboard.components.sentences import as_text
from idc_core import ledger, recalibration
from idc_core.evaluation import write_evaluation
from idc_core.metrics.operating_point import BY_HAND, rule_words
from idc_core.refusal import Refusal
from idc_core.runs import Run


def show(run: Run, threshold: float) -> None:
    """A button that opens the form; nothing where there is no validation to lock on."""
    validation = loaders.scores(run, "validation")
    locked = loaders.locked_threshold(run)
    with st.popover(
        f"Lock {threshold:.3f} …", key="lock_form", icon=":material/lock:",
        disabled=validation is None or locked == threshold,
        help="This is the run's operating point." if locked == threshold
        else "Locking needs a validation split, and this run has none." if validation is None
        else None,
    ):  # fmt: skip
        if validation is not None and locked != threshold:
            _form(run, validation, threshold)


def _form(run: Run, validation: loaders.SplitScores, threshold: float) -> None:
    rule = rule_of(threshold)
    rates = validation.bootstrap.of_rates(
        validation.patients.at(threshold), ("sensitivity", "specificity")
    )
    st.markdown(
        f"**{threshold:.6g}**, {plain(rule_words(rule))}. On validation "
        f"({many(len(validation.rows))} patches of {many(len(validation.patients))} patients): "
        f"sensitivity {as_text(rates['sensitivity'])}, specificity "
        f"{as_text(rates['specificity'])}."
    )
    seen = loaders.looks(run)
    if seen and rule == BY_HAND:
        noun = "threshold was" if seen == 1 else "thresholds were"
        st.markdown(
            f"**{seen} {noun} looked at on test in this run.** One set by hand after that may have "
            "been chosen for its figures on test; the ledger will say so. A rule chooses on "
            "validation alone."
        )
    name = st.text_input("Name", key="lock_name", placeholder="for the ward, version 2")
    reason = st.text_area(
        "Reason, for who reviews it", key="lock_reason", height=90,
        placeholder="agreed with the pathologists on 23 November: at most one in ten missed",
    )  # fmt: skip
    st.button(
        "Lock it", key="lock", type="primary", icon=":material/lock:",
        on_click=_lock, args=(run, rule, threshold, name, reason),
    )  # fmt: skip
    st.caption(
        "It is appended to the ledger with date, model and data, and from then on applied to test "
        "unchanged. The report is written anew."
    )


def _lock(run: Run, rule: str, threshold: float, name: str, reason: str) -> None:
    predictions: pd.DataFrame = recalibration.mapped(run, run.predictions())
    try:
        ledger.lock(run, predictions, rule=rule, name=name, reason=reason, threshold=threshold)
    except Refusal as refused:
        thread.note(f"Not locked: {refused}")
        return
    write_evaluation(run)
    thread.note(f"Locked {threshold:.3f} as “{name.strip()}”. The report holds it now.")
