"""Pages that a run has nothing for, by what it is: asked once, before the page is drawn."""

from dashboard.cache import runs
from dashboard.pages import Page
from dashboard.state import selection
from idc_core.io.refusal import Refusal
from idc_core.runs import fitted_on
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
        run = runs.run(name)
    except Refusal:
        return None
    info = run.info
    asks = page.needs == "network" or page.key in _ASKS_A_NETWORK
    if info.cross_validated is not None and asks:
        return no_network(info)
    # What its network scored later has patches to be looked at; a final fit itself has none.
    if info.fitted_on is not None and not run.has_predictions and judges(page):
        return fitted_on.sentence(info, run.name)
    return None


def judges(page: Page) -> bool:
    """Whether a page needs predictions to say anything."""
    return "split" in page.takes and page.needs != "network"
