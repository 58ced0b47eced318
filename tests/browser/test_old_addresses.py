"""Every address that a page had before opens what stands there now, with all that it carried: the
page, its tab, the selection, and what only that page was asked for, in the words of that time."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from dashboard import pages

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SELECTION = {
    "run": "small",
    "split": "validation",
    "threshold": "0.31",
    "patient": "9036",
    "patch": "x1151_y501",
}
CARRIED = {
    "threshold": (
        {"below": "Ledger", "matrix_share": "% of call", "cell": "fn"},
        {"below": "ledger", "matrix_share": "column", "cell": "fn"},
    ),
    "clinic": ({"prevalence": "0.02"}, {"prevalence": "0.02"}),
    "slices": (
        {
            "metric": "f1",
            "errors": "fp",
            "slice": "burden:low",
            "rows": "border",
            "columns": "burden",
        },
        {
            "metric": "f1",
            "errors": "fp",
            "slice": "burden:low",
            "rows": "border",
            "columns": "burden",
        },
    ),
    "regions": ({"hit": "a quarter"}, {"hit": "quarter"}),
    "burden": ({}, {}),
    "feature_maps": (
        {"scale": "own", "sort": "mean", "channel": "1"},
        {"scale": "own", "sort": "mean", "channel": "1"},
    ),
    "explain": (
        {"window": "20 px", "fill": "white", "over": "fn"},
        {"window": "20", "fill": "white", "over": "fn"},
    ),
    "steps": ({"row": "1", "column": "2"}, {"row": "1", "column": "2"}),
    "pair": (
        {"pair_beside": "nearest of another patient"},
        {"pair_beside": "other_patient"},
    ),
    "channel": ({"channel": "2"}, {"channel": "2"}),
    "predict": ({"draw": "7"}, {"draw": "7"}),
    "slide": ({"square": "51_101"}, {"square": "51_101"}),
    "quiz": ({}, {}),
}
"""By an old address: what a link of that time said beside the selection, and what is said now."""
OPEN_TAB = ".st-key-tab [role=radio][aria-checked=true]"
NAMES = """names => document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]')
  && String([...new URL(location.href).searchParams.keys()].sort()) === String(names)"""
"""Until the server has answered and the address says what it is expected to say."""


def test_every_old_address_is_known_here():
    assert set(CARRIED) == set(pages.MOVED)
    assert len(CARRIED) == 13


@pytest.mark.parametrize("old", CARRIED)
def test_an_old_address_opens_its_page_and_tab_with_all_that_it_carried(address, same_tab, old):
    said, kept = CARRIED[old]
    view = pages.MOVED[old]
    page = same_tab
    page.goto(f"{address}/{old}?{urlencode(SELECTION | said)}")
    wanted = SELECTION | kept | view.query
    if view.tab == next(iter(view.page.tabs), None):
        wanted.pop(pages.TAB, None)  # the first tab is the page itself
    page.get_by_role("heading", name=view.page.title, exact=True, level=1).wait_for()
    if view.tab:
        page.locator(OPEN_TAB).first.wait_for()
    page.wait_for_function(NAMES, arg=sorted(wanted))
    assert page.locator(OPEN_TAB).all_inner_texts() == ([view.tab.title] if view.tab else [])
    assert urlsplit(page.url).path == f"/{view.page.key}"
    assert parse_qs(urlsplit(page.url).query) == {name: [value] for name, value in wanted.items()}
