"""The run to compare with and the thresholds to compare at; both are in the address."""

from dataclasses import dataclass

import streamlit as st

from dashboard.charts.theme import plain
from dashboard.state import selection
from dashboard.views.compare import cache
from idc_core.runs.run import Run

HOW = {
    "own": "Own operating points",
    "sensitivity": "Matched sensitivity",
    "bar": "Current threshold",
}
SENSITIVITY = 0.9


@dataclass(frozen=True, slots=True)
class Choice:
    """Name of the other run, one of `HOW`, and the sensitivity at which to match them."""

    other: str
    how: str
    sensitivity: float


def show(run: Run) -> Choice | None:
    """Draw the controls; None where there is no other run with predictions."""
    names = cache.others(run)
    if not names:
        return None
    left, middle, right = st.columns([1.2, 2.1, 1.4], gap="medium", vertical_alignment="bottom")
    with left:
        other = _other(names)
    with middle:
        how = _how()
    with right:
        sensitivity = _sensitivity(how)
    return Choice(other, how, sensitivity)


def remembered(name: str, default: str) -> str:
    """The value in the address, else the last choice on this page."""
    value = st.query_params.get(name)
    if value is None:
        value = st.session_state.get(f"compare_kept_{name}", default)
    return str(value)


def remember(name: str, value: str) -> None:
    """Write a choice into the address, and remember it for the next visit to the page."""
    st.session_state[f"compare_kept_{name}"] = value
    if st.query_params.get(name) != value:
        st.query_params[name] = value


def _other(names: list[str]) -> str:
    key = "compare_other"
    asked = remembered("other", names[0])
    value = asked if asked in names else names[0]
    unknown = value != asked and asked != selection.current().run and "other" in st.query_params
    remember("other", value)
    st.session_state[key] = value
    st.selectbox(
        "Compare with (B)",
        names,
        key=key,
        on_change=lambda: remember("other", st.session_state[key]),
        help="Runs in models/ that have predictions. A is the run in the bar.",
    )
    if unknown:
        st.caption(plain(f"There is no other run called {asked[:80]}: comparing with {value}."))
    return value


def _how() -> str:
    key = "compare_how"
    asked = remembered("how", "own")
    value = asked if asked in HOW else "own"
    remember("how", value)
    st.session_state[key] = value
    st.segmented_control(
        "Thresholds for the comparison",
        list(HOW),
        key=key,
        required=True,
        format_func=lambda how: HOW.get(how, how),
        on_change=lambda: remember("how", st.session_state[key]),
        help="Each model at its own operating point; both at the same sensitivity on "
        "validation; or both at the current threshold in the bar.",
    )
    return value


def _sensitivity(how: str) -> float:
    key = "compare_sensitivity"
    value = _share(remembered("at", ""))
    if how != "sensitivity":
        return value
    remember("at", f"{value:g}")
    st.session_state[key] = value
    st.slider(
        "Sensitivity of both models",
        0.5,
        0.99,
        step=0.01,
        format="%.2f",
        key=key,
        on_change=lambda: remember("at", f"{st.session_state[key]:g}"),
        help="Chosen on each run's validation split where both have one.",
    )
    return value


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return SENSITIVITY
    return round(value, 2) if 0.5 <= value <= 0.99 else SENSITIVITY
