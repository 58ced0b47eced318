"""Addresses as they were up to version 0.7, when they held words of the interface.

Links of that time stand in notes and messages: they open the same view and are rewritten. Words
stand here as they were then; whoever finds a better word on screen leaves these alone.
"""

import streamlit as st

from dashboard.pages import View

_OVERLAYS = {"errors only": "errors", "near the threshold": "near", "tissue only": "tissue"}
_KEYS: dict[str, dict[str, str]] = {
    "among": {"other patients": "others", "training patches": "train"},
    "below": {
        "Every rate in words": "rates",
        "What a move changes": "moves",
        "Ledger": "ledger",
    },
    "beside": {**_OVERLAYS, "nothing": "none"},
    "coloured": {"the chosen patient": "patient"},
    "fate": {"always right": "always_right", "never learned": "never_learned"},
    "flips_kind": {"All": "all", "Become right": "right", "Become wrong": "wrong"},
    "hit": {"one square": "one", "a quarter": "quarter"},
    "least_errors": {
        "any errors or none": "0",
        "1 error or more": "1",
        "5 errors or more": "5",
        "20 errors or more": "20",
        "100 errors or more": "100",
    },
    "matrix_share": {"% of label": "row", "% of call": "column"},
    "order": {
        "by confidence": "confidence",
        "by distance from the border": "border",
        "by isolation": "isolation",
        "by suspicion of the label": "suspicion",
    },
    "overlay": _OVERLAYS,
    "pair_beside": {
        "its nearest opposite": "opposite",
        "nearest of the other label": "other_label",
        "nearest of another patient": "other_patient",
    },
    "published": {"Balanced accuracy": "balanced_accuracy", "F1": "f1", "ROC-AUC": "roc_auc"},
    "says": {"IDC": "idc", "no IDC": "no_idc"},
    "status": {"not begun": "not_begun"},
    "which": {
        "all errors": "errors",
        "missed IDC": "missed",
        "false alarms": "alarms",
        "all patches": "all",
    },
    "window": {f"{size} px": str(size) for size in (5, 10, 15, 20)},
}
"""A name in the address: what its value was, and what it is."""


def rewrite() -> None:
    """Put keys in the place of words, before anything reads the address."""
    for name, keys in _KEYS.items():
        said = st.query_params.get(name)
        if said in keys:
            st.query_params[name] = keys[said]
    beside = st.query_params.get("beside", "")
    if beside.startswith("run "):
        st.query_params["beside"] = f"run:{beside.removeprefix('run ')}"


def carried(now: View) -> dict[str, str | list[str]]:
    """All that the address says, and the tab of the page that stands where another stood."""
    said = {name: st.query_params.get_all(name) for name in st.query_params}
    return {name: values[0] if len(values) == 1 else values for name, values in said.items()} | (
        now.query
    )
