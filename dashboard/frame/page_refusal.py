"""Pages that a run has nothing for, by what it is: asked once, before the page is drawn."""

from dashboard.cache import runs
from dashboard.pages import Page
from dashboard.state import selection
from idc_core.io.refusal import Refusal
from idc_core.runs.cross_validated import no_network

_ASKS_A_NETWORK = ("similar",)
"""Pages that ask the network though they need labels first."""


def of(page: Page) -> str | None:
    """Why the page cannot be drawn for the chosen run, in a sentence; None where it can, or where
    the page itself says what is wrong."""
    name = selection.current().run
    if name is None or not page.takes:
        return None
    try:
        info = runs.run(name).info
    except Refusal:
        return None
    asks = page.needs == "network" or page.key in _ASKS_A_NETWORK
    if info.cross_validated is not None and asks:
        return no_network(info)
    return None
