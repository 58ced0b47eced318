"""A region drawn on a slide by hand: polygon, brush, a corner moved; stored, found again after a
reload, exported, and read from the file."""

import json
import re
from dataclasses import replace

import pytest
import shapely

from dashboard.browser import OPENSEADRAGON
from idc_core.io.files import read_parquet
from idc_core.reviews import data_key, open_reviews
from idc_core.reviews.regions import Regions, standing
from idc_core.runs.run import open_run
from tests.browser.rest import at_rest, linger, slide_at_rest, still, until
from tests.cut_world import cut_store, draw_slides, trained_on

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(
        not OPENSEADRAGON.is_file(),
        reason="no slide viewer: python -m dashboard.browser fetches it",
    ),
]

SIDE = 96
DENSE = "(canvas) => ({...canvas.dataset})"
_DRAFT = """() => Object.keys(sessionStorage).filter((key) => key.startsWith("idc.region."))
  .map((key) => JSON.parse(sessionStorage.getItem(key)).now)
  .map(({parts, open}) => [parts.flat(2).length / 2, open.length / 2])[0]"""
"""Corners of the closed and of the open polygon, of what this tab keeps."""
_SIZE = """() => [...document.querySelectorAll("*")].map((each) => each.shadowRoot).filter(Boolean)
  .map((root) => root.querySelector(".regions .measure")).filter(Boolean)
  .map((each) => each.textContent)"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("drawn")
    trained_on(cut_store(root, draw_slides(root, SIDE), SIDE, "jpeg"), root / "models" / "ours")
    return root


@pytest.fixture(scope="module")
def address(root, serve):
    with serve(root) as found:
        yield found


@pytest.fixture(scope="module")
def patient(root):
    rows = read_parquet(root / "models" / "ours" / "predictions.parquet")
    return str(rows.loc[rows["split"] == "test", "patient"].iloc[0])


class Slide:
    """The slide on the screen, by pixels of its finest level."""

    def __init__(self, page):
        self.page, self.canvas = page, page.locator(".pane canvas.over").first
        slide_at_rest(page)

    @property
    def told(self):
        """Where it says that the frame lies."""
        return self.canvas.evaluate(DENSE)

    def at(self, x, y):
        """Where a pixel of the slide lies on the screen; its grid begins at its corner."""
        # A button may have scrolled the page, and its bar covers what lies at the top.
        self.canvas.evaluate("(canvas) => canvas.scrollIntoView({block: 'center'})")
        told, box = self.told, self.canvas.bounding_box()
        px = float(told["side"]) / SIDE
        return box["x"] + float(told["left"]) + x * px, box["y"] + float(told["top"]) + y * px

    def click(self, x, y):
        self.page.mouse.click(*self.at(x, y))

    def drag(self, *places, keys=()):
        for key in keys:
            self.page.keyboard.down(key)
        self.page.mouse.move(*self.at(*places[0]))
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*self.at(*place), steps=6)
        self.page.mouse.up()
        for key in keys:
            self.page.keyboard.up(key)


def opened(page, address, patient):
    page.goto(f"{address}/patients?run=ours&split=test&patient={patient}&threshold=0.5")
    at_rest(page)
    return Slide(page)


def read_as(page, name):
    page.get_by_label("Reader name").fill(name)
    page.keyboard.press("Enter")
    at_rest(page)


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def log(root):
    key = data_key(open_run(root / "models" / "ours"))
    path = root / "data" / "reviews.sqlite"
    return standing(Regions(open_reviews(path).where).records(key)) if path.is_file() else []


def shown(page):
    return page.locator(".regions .list li")


def save(page, count):
    button(page, "Save region").click()
    until(lambda: page.locator(".regions[data-pending=false]").count() == 1)
    page.locator(".regions .idle").wait_for()
    until(lambda: shown(page).count() == count)
    at_rest(page)


def test_a_region_is_drawn_corrected_found_again_and_exported(root, address, patient, cleared_tab):
    page = cleared_tab
    slide = opened(page, address, patient)
    read_as(page, "Dr Ada")
    button(page, "Draw a region").click()
    for corner in ((50, 50), (250, 50), (250, 200), (50, 200)):
        slide.click(*corner)
    page.keyboard.press("Backspace")
    page.mouse.dblclick(*slide.at(50, 200))
    assert still(page, _DRAFT) == [4, 0]
    (size,) = still(page, _SIZE)
    area = float(re.match(r"[\d.]+", size)[0])
    assert area == pytest.approx(200 * 150 * 0.25e-6, rel=0.03)
    assert "mm², perimeter" in size

    button(page, "Brush").click()
    page.get_by_label("Brush").fill("30")
    slide.drag((250, 125), (330, 125))
    slide.drag((100, 200), (200, 200), keys=["Shift"])
    assert still(page, _SIZE)[0].startswith("about ")
    save(page, 1)
    (drawn,) = log(root)
    shape = drawn.drawn()
    assert (drawn.name, drawn.excluded, drawn.author, drawn.frame) == (
        "tumour",
        False,
        "Dr Ada",
        "slide",
    )
    assert shape.covers(shapely.Point(340, 125))
    assert not shape.intersects(shapely.Point(150, 195))
    assert shape.area == pytest.approx(30_000 + 80 * 60 + 1414 - 100 * 30 - 707, rel=0.05)

    button(page, "Correct tumour").click()
    slide_at_rest(page)
    slide.drag((50, 50), (20, 30))
    save(page, 1)
    (moved,) = log(root)
    assert (moved.region, moved.does) == (drawn.region, "corrected")
    assert moved.drawn().bounds[:2] == pytest.approx((20, 30), abs=3)

    page.reload()
    at_rest(page)
    said = shown(page).inner_text()
    assert "tumour" in said
    assert "Dr Ada" in said
    assert "patches" in said
    button(page, "Export regions").click()
    with page.expect_download() as coming:
        button(page, "Regions for QuPath (GeoJSON)").click()
    (feature,) = json.loads(coming.value.path().read_text())["features"]
    assert coming.value.suggested_filename.endswith("_regions.qupath.geojson")
    read = shapely.geometry.shape(feature["geometry"])
    assert read.symmetric_difference(moved.drawn()).area < 1e-3
    assert feature["properties"]["metadata"]["author"] == "Dr Ada"
    assert feature["properties"]["measurements"]["area mm²"] == pytest.approx(
        moved.drawn().area * 0.25e-6
    )


def test_what_is_refused_or_reloaded_is_kept_and_escape_can_be_taken_up_again(
    root, address, patient, cleared_tab
):
    before = len(log(root))
    page = cleared_tab
    slide = opened(page, address, patient)
    button(page, "Draw a region").click()
    for corner in ((60, 60), (160, 160), (160, 60), (60, 160)):
        slide.click(*corner)
    button(page, "Save region").click()
    page.get_by_text("What you drew is kept").wait_for()
    read_as(page, "Dr Bo")
    button(page, "Save region").click()
    page.get_by_text("edges do not cross").wait_for()
    assert len(log(root)) == before
    page.reload()
    at_rest(page)
    page.locator(".regions .tools").wait_for()
    button(page, "Take back").click()
    button(page, "Take back").click()
    slide = Slide(page)
    slide.click(60, 160)
    linger(page, 450)  # two clicks at one place within it would be one double click
    button(page, "Give up").click()
    button(page, "Give up").click()
    button(page, "Take up what was given up").click()
    page.locator(".regions .tools").wait_for()
    button(page, "Give up").click()
    assert len(log(root)) == before


def test_the_keyboard_alone_draws_excludes_and_undoes_and_the_page_hears_none_of_it(
    root, address, patient, cleared_tab
):
    before = len(log(root))
    page = cleared_tab
    opened(page, address, patient)
    read_as(page, "Dr Cy")
    button(page, "Draw a region").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Name of the region").select_option("excluded: pen")
    button(page, "Polygon").click()
    page.keyboard.press("1")
    for way in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press("Space")
        page.keyboard.press(way)
        slide_at_rest(page)
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    save(page, before + 1)
    found = log(root)[-1]
    assert (found.name, found.excluded, found.author) == ("pen", True, "Dr Cy")
    assert open_reviews(root / "data" / "reviews.sqlite").standing(found.data).empty
    page.get_by_text("figures, counts and rates still include them").wait_for()
    page.get_by_role("button", name=re.compile("^Undo: you drew")).click()
    until(lambda: len(log(root)) == before)


def test_a_drag_with_shift_selects_patches_and_one_without_moves_the_slide(
    address, patient, cleared_tab
):
    page = cleared_tab
    slide = opened(page, address, patient)
    slide.drag((SIDE * 0.2, SIDE * 0.2), (SIDE * 1.8, SIDE * 0.8), keys=["Shift"])
    page.get_by_text("2 patches selected").wait_for()
    at_rest(page)
    before = float(slide.told["left"])
    slide.drag((SIDE * 2, SIDE * 1.5), (SIDE * 2.5, SIDE * 1.5))
    slide_at_rest(page)
    assert float(slide.told["left"]) > before + 10
    page.get_by_text("2 patches selected").wait_for()


def test_a_correction_that_another_reader_overtook_is_kept_as_a_region_of_its_own(
    root, address, patient, cleared_tab
):
    before = len(log(root))
    page = cleared_tab
    slide = opened(page, address, patient)
    read_as(page, "Dr Eve")
    button(page, "Draw a region").click()
    page.get_by_label("Name of the region").select_option("excluded: own words …")
    page.get_by_label("Own words").fill("ink spot")
    button(page, "Brush").click()
    page.get_by_label("Brush").fill("20")
    slide.drag((300, 230), (330, 230))
    save(page, before + 1)
    button(page, "Correct ink spot").click()
    slide_at_rest(page)
    button(page, "Erase").click()
    slide.drag((300, 250), (330, 250))
    mine = next(each for each in log(root) if each.name == "ink spot")
    theirs = replace(mine, follows=mine.token, does="corrected", author="Dr Fay", token="", at="")
    Regions(root / "data" / "reviews.sqlite").record(theirs)
    button(page, "Save region").click()
    page.get_by_text("it has changed since").wait_for()
    button(page, "Save as a new region").click()
    until(lambda: len(log(root)) == before + 2)
    page.locator(".regions .idle").wait_for()
    names = [(each.name, each.excluded, each.author) for each in log(root)[-2:]]
    assert names == [("ink spot", True, "Dr Fay"), ("ink spot", True, "Dr Eve")]
