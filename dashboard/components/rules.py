"""Ask for a threshold by rule; the rule looks at validation only."""

import streamlit as st

from dashboard import loaders, thread
from idc_core.metrics.operating_point import choose
from idc_core.runs import Run

_RULES = {
    "Find 90 % of the IDC": "sensitivity>=0.9",
    "Leave 90 % of the rest alone": "specificity>=0.9",
    "Youden": "youden",
    "Best F1": "f1",
}


def show(run: Run) -> None:
    """A row of buttons; each moves the threshold to what its rule chooses on validation."""
    validation = loaders.scores(run, "validation")
    locked = loaders.locked_threshold(run)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Move to (chosen on validation):", width="content")
        if locked is not None:
            st.button(
                f"Operating point {locked:.3f}", key="rule_locked", icon=":material/lock:",
                on_click=thread.change, kwargs={"threshold": locked},
            )  # fmt: skip
        for name, rule in _RULES.items():
            st.button(
                name, key=f"rule_{rule}", disabled=validation is None,
                on_click=_move, args=(run.name, rule),
            )  # fmt: skip


def _move(name: str, rule: str) -> None:
    validation = loaders.scores(loaders.run(name), "validation")
    if validation is None:
        return
    try:
        thread.change(threshold=choose(validation.ranked, rule).threshold)
    except ValueError as cannot:
        thread.note(f"{str(cannot)[0].upper()}{str(cannot)[1:]}")
