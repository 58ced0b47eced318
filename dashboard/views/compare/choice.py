"""With which run to compare, and where on the scores; both stand in the address."""

from dataclasses import dataclass

import streamlit as st

from dashboard.charts.theme import plain
from dashboard.state import selection
from dashboard.views.compare import cache
from idc_core.runs.run import Run

HOW = {
    "own": "Own operating points",
    "sensitivity": "One sensitivity",
    "bar": "The bar's threshold",
}
SENSITIVITY = 0.9


@dataclass(frozen=True, slots=True)
class Choice:
    """Name of the other run, one of `HOW`, and the sensitivity that both are to reach."""

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


def kept(name: str, default: str) -> str:
    """What the address says, else what was chosen before the page was left."""
    value = st.query_params.get(name)
    if value is None:
        value = st.session_state.get(f"compare_kept_{name}", default)
    return str(value)


def keep(name: str, value: str) -> None:
    """Write a choice into the address, and remember it for when the page is opened again."""
    st.session_state[f"compare_kept_{name}"] = value
    if st.query_params.get(name) != value:
        st.query_params[name] = value


def _other(names: list[str]) -> str:
    key = "compare_other"
    asked = kept("other", names[0])
    value = asked if asked in names else names[0]
    unknown = value != asked and asked != selection.current().run and "other" in st.query_params
    keep("other", value)
    st.session_state[key] = value
    st.selectbox(
        "Compare with (B)",
        names,
        key=key,
        on_change=lambda: keep("other", st.session_state[key]),
        help="Runs in models/ that have predictions. A is the run of the bar.",
    )
    if unknown:
        st.caption(plain(f"There is no other run called {asked[:80]}: comparing with {value}."))
    return value


def _how() -> str:
    key = "compare_how"
    asked = kept("how", "own")
    value = asked if asked in HOW else "own"
    keep("how", value)
    st.session_state[key] = value
    st.segmented_control(
        "Where on the scores",
        list(HOW),
        key=key,
        required=True,
        format_func=lambda how: HOW.get(how, how),
        on_change=lambda: keep("how", st.session_state[key]),
        help="Each model at its own operating point; or both at thresholds that find the same "
        "share of IDC on validation; or both at the threshold of the bar.",
    )
    return value


def _sensitivity(how: str) -> float:
    key = "compare_sensitivity"
    value = _share(kept("at", ""))
    if how != "sensitivity":
        return value
    keep("at", f"{value:g}")
    st.session_state[key] = value
    st.slider(
        "Sensitivity both are to reach",
        0.5,
        0.99,
        step=0.01,
        format="%.2f",
        key=key,
        on_change=lambda: keep("at", f"{st.session_state[key]:g}"),
        help="Chosen on each run's validation split where both have one.",
    )
    return value


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return SENSITIVITY
    return round(value, 2) if 0.5 <= value <= 0.99 else SENSITIVITY
