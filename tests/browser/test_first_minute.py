"""What a newcomer meets: the product's name, the page's name in the browser's tab, a small bar."""

import pytest

from dashboard import pages
from tests.browser.rest import at_rest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

IN_SIDEBAR = """
() => { const inside = document.querySelector("[data-testid=stSidebarContent]");
  return [inside.scrollHeight <= inside.clientHeight, inside.innerText]; }
"""
ON_SCREEN = "() => document.documentElement.scrollWidth <= innerWidth"
BAR = ".st-key-selection_bar"


def called(page, title):
    """Wait until the browser's tab says so; a function, as the page's policy forbids texts."""
    page.wait_for_function("wanted => document.title === wanted", arg=title)


@pytest.fixture
def opened(address, cleared_tab):
    """Opens an address in a window of some size."""

    def at(path, wide=1280, high=800):
        page = cleared_tab
        page.set_viewport_size({"width": wide, "height": high})
        page.goto(address + path)
        at_rest(page)
        return page

    return at


def test_the_sidebar_names_product_and_purpose_and_fits_without_scrolling(opened):
    page = opened("/")
    fits, said = page.evaluate(IN_SIDEBAR)
    assert fits
    assert f"{pages.PRODUCT}\n{pages.PURPOSE}" in said
    brand, links = page.locator(".idc-brand"), page.get_by_test_id("stSidebarNav")
    assert brand.bounding_box()["y"] >= 0
    assert brand.bounding_box()["height"] + brand.bounding_box()["y"] <= links.bounding_box()["y"]
    for each in pages.PAGES:
        assert links.get_by_text(each.title, exact=True).is_visible()


def test_the_browser_tab_names_page_and_tab_and_follows_both(opened):
    page = opened("/calibration")
    called(page, "Calibration · IDC Review")
    page.get_by_test_id("stSidebarNav").get_by_text("Operating point").click()
    called(page, "Threshold · Operating point · IDC Review")
    page.get_by_role("radio", name="Clinical use").click()
    called(page, "Clinical use · Operating point · IDC Review")


def test_the_bar_folds_to_a_line_and_stays_so_over_pages_reruns_and_loads(opened):
    page = opened("/overview?run=small&split=test&threshold=0.5")
    high = page.locator(BAR).bounding_box()["height"]
    page.get_by_role("button", name="Collapse the bar to one line").press("Enter")
    folded = page.get_by_role("button", name="Show the controls of the bar")
    folded.wait_for()
    assert page.locator(BAR).bounding_box()["height"] < high
    assert page.locator(f"{BAR} .threshold").is_hidden()
    page.get_by_text("small · Test · threshold 0.500").wait_for()
    page.get_by_test_id("stSidebarNav").get_by_text("Calibration").click()
    called(page, "Calibration · IDC Review")
    at_rest(page)
    assert page.locator(f"{BAR} .threshold").is_hidden()
    page.reload()
    at_rest(page)
    assert page.locator(f"{BAR} .threshold").is_hidden()
    folded.press("Enter")
    page.locator(f"{BAR} .threshold").wait_for()


@pytest.mark.parametrize(("wide", "high", "most"), [(390, 844, 130), (853, 533, 150)])
def test_the_bar_is_readable_on_a_phone_and_at_150_percent(opened, wide, high, most):
    page = opened("/overview?run=small&split=test&threshold=0.5", wide, high)
    assert page.locator(BAR).bounding_box()["height"] <= most
    assert page.evaluate(ON_SCREEN)
    if wide < 640:
        page.get_by_role("button", name="Show the controls of the bar").click()
    page.locator(f"{BAR} .threshold").wait_for()
    box = page.locator(BAR).bounding_box()
    for each in page.locator(f"{BAR} .stColumn").all():
        inner = each.bounding_box()
        assert box["x"] <= inner["x"]
        assert inner["x"] + inner["width"] <= box["x"] + box["width"]
        assert inner["width"] >= 100
