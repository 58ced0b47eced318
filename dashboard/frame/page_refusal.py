"""Pages that a run has nothing for, by what it is: asked once, before the page is drawn."""

import streamlit as st

from dashboard.cache import runs
from dashboard.pages import Page
from dashboard.state import selection
from dashboard.widgets import empty, page_title
from idc_core.io.paths import models_root
from idc_core.io.refusal import Refusal
from idc_core.records.run_info import RunInfo
from idc_core.runs import fitted_on
from idc_core.runs.cross_validated import no_network
from idc_core.runs.run import list_runs

_ASKS_A_NETWORK = ("similar",)
"""Pages that ask the network though they need labels first."""


def of(page: Page) -> str | None:
    """Why the page cannot be drawn for the chosen run, in a sentence; None where it can, or where
    the page itself says what is wrong."""
    name = selection.current().run
    if name is None or not page.takes:
        return None
    try:
        run = runs.run(name)
    except Refusal:
        return None
    info = run.info
    asks = page.needs == "network" or page.key in _ASKS_A_NETWORK
    if info.cross_validated is not None and asks:
        return no_network(info)
    # What its network scored later has patches to be looked at; a final fit itself has none.
    if info.fitted_on is not None and not run.has_predictions and judges(page):
        return _begun(fitted_on.sentence(info, run.name))
    return None


def show(page: Page) -> bool:
    """Draw the head of the page and why it cannot be drawn, with the way to the run that can;
    whether it was drawn."""
    said = of(page)
    if said is None:
        return False
    page_title.show()
    empty.show(said)
    instead = _instead(runs.run(str(selection.current().run)).info)
    if instead in list_runs(models_root()):
        st.button(
            f"Open {instead}", key="open_instead", on_click=lambda: selection.change(run=instead)
        )
    return True


def _instead(info: RunInfo) -> str | None:
    """The run that has what the page asks for."""
    if info.fitted_on is not None:
        return info.fitted_on.judged_by
    return None if info.cross_validated is None else info.cross_validated.run


def _begun(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def judges(page: Page) -> bool:
    """Whether a page needs predictions to say anything."""
    return "split" in page.takes and page.needs != "network"
