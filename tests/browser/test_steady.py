"""Nothing that is drawn moves while a page comes."""

import pytest

from tests.browser.rest import at_rest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = ("overview", "threshold", "calibration", "patients", "labels", "training")
"""One of each kind; all were measured by hand, which takes minutes."""
TRIES = 3
"""A busy machine draws late, and what comes late moves more."""
MOST = 0.1
"""Of what moves, times how far, in shares of the window: below it a page counts as steady."""
WATCH = """
window.shifts = [];
new PerformanceObserver((list) => window.shifts.push(
  ...list.getEntries().filter((each) => !each.hadRecentInput)
    .map((each) => [each.startTime, each.value])
)).observe({type: "layout-shift", buffered: true});
"""


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
    at_rest(page)
    return page


def shift(tab, url):
    page = opened(tab, url)
    found = worst(page.evaluate("window.shifts"))
    page.context.close()
    return found


def test_no_page_moves_what_it_has_drawn(address, tab):
    moved = {}
    for name in PAGES:
        url = f"{address}/{name}?run=small&split=test&threshold=0.5"
        for _ in range(TRIES):
            moved[name] = round(shift(tab, url), 3)
            if moved[name] < MOST:
                break
    assert not [name for name in PAGES if moved[name] >= MOST], moved
