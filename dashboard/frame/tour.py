"""Five steps through the real pages, which can be left at any time and found again.

The step stands in the address (`tour=2`) and in the session; the strip that shows it lies above the
page and covers nothing.
"""

from dataclasses import dataclass

import streamlit as st

from dashboard.cache import runs
from dashboard.charts.theme import plain
from dashboard.pages import View
from dashboard.pages import view as view_of
from dashboard.state import page_state, selection, view
from idc_core.io.paths import models_root
from idc_core.io.refusal import Refusal
from idc_core.runs.data import is_synthetic
from idc_core.runs.notes import offered

NAME = "tour"
"""In the address and in the session."""
_LEFT = "tour_left_at"


@dataclass(frozen=True, slots=True)
class Step:
    """`on`: the view that it is about (`pages.View.key`)."""

    on: str
    says: str


STEPS = (
    Step(
        "overview",
        "How good is the model? Every figure carries its 95 % interval for new patients. “Where to "
        "look next” lists the patients with the most errors.",
    ),
    Step(
        "operating-point/threshold",
        "Choose a threshold: move it in the bar, or choose a rule. Missed IDC and false alarms "
        "trade against each other, in the matrix and on every other page.",
    ),
    Step(
        "patients",
        "Open a patient. On the slide, missed IDC and false alarms are marked; select a patch to "
        "see it in its surroundings, and give your verdict with a key.",
    ),
    Step(
        "network/maps",
        "Why this score? Follow one patch through the network, layer by layer. The tab Evidence "
        "shows what speaks for and against IDC.",
    ),
    Step(
        "score/patches",
        "Now your own: score patches or a slide here. The user guide says how to train on your "
        "data, and how to bring predictions or a model.",
    ),
)


def begin() -> None:
    """The script of the sidebar's link: to the step at which the tour was left, or to the first."""
    at = st.session_state.get(_LEFT, 0)
    st.switch_page(view_of(STEPS[at].on).file, query_params=query(at))


def query(at: int) -> dict[str, str]:
    """What the address of a step says; on the demo, if there is one."""
    demo, chosen = _demo(), selection.current()
    kept = selection.query() if demo in (None, chosen.run) else {"run": str(demo)}
    return kept | view_of(STEPS[at].on).query | {NAME: str(at + 1)}


def enter() -> None:
    """At the start of every rerun: the step that the address says, else the one that was open."""
    said = page_state.one_of(NAME, [str(at + 1) for at in range(len(STEPS))], "")
    if said:
        st.session_state[NAME] = int(said) - 1
    at = st.session_state.get(NAME)
    page_state.remember(NAME, None if at is None else str(at + 1))


def show(now: View) -> None:
    """Draw the step, the ways to the steps before and after it, and out; nothing off the tour."""
    at = st.session_state.get(NAME)
    if at is None:
        return
    here, last = view_of(STEPS[at].on), at == len(STEPS) - 1
    with st.container(key="tour", horizontal=True, vertical_alignment="center", gap="small"):
        if now.page is here.page:
            says = runs.raster(selection.current().run).say(STEPS[at].says, plain)
            st.markdown(f"**Tour, step {at + 1} of {len(STEPS)}.** {says}")
        else:
            st.markdown(f"**Tour:** step {at + 1} of {len(STEPS)} is on another page.")
            _link(at, f"Back to {here.page.title}")
        if now.page is here.page and at:
            _link(at - 1, "Back")
        if now.page is here.page and not last:
            _link(at + 1, f"Next: {view_of(STEPS[at + 1].on).page.title}")
        st.button("Finish the tour" if last else "Leave the tour", on_click=_leave, key="tour_out")


def _link(at: int, label: str) -> None:
    view.link(STEPS[at].on, label, query(at), width="content")


def _leave() -> None:
    at = st.session_state.pop(NAME, 0)
    st.session_state[_LEFT] = 0 if at == len(STEPS) - 1 else at
    page_state.remember(NAME, None)


def _demo() -> str | None:
    """The first run of synthetic tissue."""
    names = offered(models_root(), including=selection.current().run)
    return next((name for name in names if _is_demo(name)), None)


def _is_demo(name: str) -> bool:
    try:
        return is_synthetic(runs.run(name))
    except Refusal:
        return False
