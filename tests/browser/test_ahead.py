"""Charts that the browser has painted are not sent again: they stay as exact as those of a page
that is loaded there, and what Vega says and saves of them waits for the server's own."""

import shutil

import pytest

from idc_core.io.paths import REPOSITORY
from tests.browser.rest import Session, at_rest
from tests.browser.test_moving_figures import _PICTURES, differences, grab, opened, place

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHARTS = "() => document.querySelectorAll('[class*=st-key-chart_] .idc-facts[data-drawn]').length"
AHEAD = "() => document.querySelectorAll('[data-ahead]').length"


@pytest.fixture(scope="module")
def served(tmp_path_factory, serve):
    root = tmp_path_factory.mktemp("ahead")
    kept_out = shutil.ignore_patterns("looks.jsonl", ".*", "analysis", "checkpoint")
    shutil.copytree(REPOSITORY / "models" / "demo", root / "models" / "demo", ignore=kept_out)
    shutil.copytree(REPOSITORY / "data" / "demo", root / "data" / "demo")
    with serve(root) as address:
        yield f"{address}/operating-point?tab=threshold"


def let_go(page, share):
    """Drag the threshold to a share of the slider; the pictures once that is answered."""
    box = grab(page)
    page.mouse.move(*place(box, (share + 0.4) / 2))
    page.mouse.move(*place(box, share))
    page.mouse.up()
    at_rest(page)
    return page.evaluate(_PICTURES)


def settled(page):
    """The pictures once a pointer has brought the server's own."""
    page.locator(".st-key-chart_histogram svg.marks").hover()
    page.wait_for_function("() => !document.querySelector('[data-ahead]')")
    at_rest(page)
    return page.evaluate(_PICTURES)


def marks(pictures):
    """What is drawn, wherever it stands on the page."""
    return {key: drawn[1:] for key, drawn in pictures.items()}


def test_charts_that_are_painted_are_not_sent_again(served, cleared_tab):
    page = cleared_tab
    opened(page, served, "demo")
    assert page.evaluate(AHEAD) == 0
    charts = page.evaluate(CHARTS)
    let_go(page, 0.3)
    drawn = "() => document.querySelector('.idc-facts[data-drawn]').dataset.drawn"
    assert page.evaluate(drawn) == "0.4"
    assert page.evaluate(AHEAD) == charts == 5


def narrowed(page):
    """The pictures in a window that has become narrower."""
    page.set_viewport_size({"width": 1120, "height": 800})
    at_rest(page)
    found = marks(page.evaluate(_PICTURES))
    page.set_viewport_size({"width": 1280, "height": 800})
    return found


def test_they_follow_a_window_that_changes(served, cleared_tab):
    page = cleared_tab
    opened(page, served, "demo")
    let_go(page, 0.74)
    painted = narrowed(page)
    assert page.evaluate(AHEAD) == 5
    at = page.evaluate("() => window.idcThreshold.now.at")
    Session(page).open(f"{served}&run=demo&split=test&threshold={at!r}")
    at_rest(page)
    assert differences(painted, narrowed(page)) == []


def test_a_pointer_on_a_chart_brings_the_servers_own_and_its_words(served, cleared_tab):
    page = cleared_tab
    opened(page, served, "demo")
    painted = let_go(page, 0.62)
    toolbar = page.locator(".st-key-chart_histogram [data-testid=stElementToolbar]")
    assert toolbar.evaluate("(it) => getComputedStyle(it).display") == "none"
    assert differences(painted, settled(page)) == []
    line = page.locator(".st-key-chart_histogram .rule_marks > *").first.bounding_box()
    page.mouse.move(line["x"] + line["width"] / 2, line["y"] + line["height"] / 3)
    said = page.locator("#vg-tooltip-element.visible")
    said.wait_for()
    at = page.evaluate("() => window.idcThreshold.now.at")
    assert f"{at:.3g}" in said.inner_text()
    assert toolbar.evaluate("(it) => getComputedStyle(it).display") != "none"


def test_back_in_the_browser_shows_the_threshold_before(served, cleared_tab):
    page = cleared_tab
    opened(page, served, "demo")
    first = page.evaluate(_PICTURES)
    second = let_go(page, 0.25)
    let_go(page, 0.8)
    page.go_back()
    at_rest(page)
    assert differences(second, page.evaluate(_PICTURES)) == []
    page.go_back()
    at_rest(page)
    assert differences(first, page.evaluate(_PICTURES)) == []
