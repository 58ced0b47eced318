"""Nothing that is drawn moves while a page comes."""

import pytest

from idc_core.places import REPOSITORY

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = sorted(
    file.stem for file in (REPOSITORY / "dashboard" / "views").glob("*.py") if file.stem[0] != "_"
)
MOST = 0.1
"""Of what moves, times how far, in shares of the window: below it a page counts as steady."""
REACHED = {"explain": 0.25}
"""Explain's cards come one by one while they are computed, and push what is below them."""
WATCH = """
window.shifts = [];
new PerformanceObserver((list) => window.shifts.push(
  ...list.getEntries().filter((each) => !each.hadRecentInput)
    .map((each) => [each.startTime, each.value])
)).observe({type: "layout-shift", buffered: true});
"""
SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def worst(shifts):
    """The largest sum of a second's pause apart, 5 s at most: Chromium's own measure.

    >>> worst([(0, 0.25), (900, 0.5), (2000, 0.125)])
    0.75
    """
    sums, first, last = [0.0], float("-inf"), float("-inf")
    for time, value in sorted(shifts):
        if time - last > 1000 or time - first > 5000:
            sums.append(0.0)
            first = time
        sums[-1] += value
        last = time
    return max(sums)


def opened(tab, url):
    page = tab()
    page.add_init_script(WATCH)
    page.goto(url)
    page.wait_for_selector(".idc-foot", state="attached", timeout=90_000)
    page.wait_for_timeout(300)
    page.wait_for_selector(SETTLED, state="attached", timeout=90_000)
    page.wait_for_timeout(700)
    return page


def shift(tab, url):
    page = opened(tab, url)
    found = worst(page.evaluate("window.shifts"))
    page.context.close()
    return found


def test_no_page_moves_what_it_has_drawn(address, tab):
    """A page is measured once more where the machine was busy."""
    moved = {}
    for name in PAGES:
        url = f"{address}/{name}?run=small&split=test&threshold=0.5"
        found = shift(tab, url)
        if found >= MOST:
            found = min(found, shift(tab, url))
        moved[name] = round(found, 3)
    assert not {name: found for name, found in moved.items() if found >= REACHED.get(name, MOST)}, (
        moved
    )
