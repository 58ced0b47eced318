"""Every file that a page offers says what the page showed, on validation and on test."""

import csv
import io
import json
import re

import pytest
from PIL import Image

from dashboard import pages
from tests.browser.rest import Session, at_rest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = [view.key for view in pages.VIEWS]
THRESHOLD = 0.43210987654321
LISTEN = """() => {
window.drawn = [];
const draw = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
  if (!this.canvas.isConnected) window.drawn.push(text); // the chart itself is on the page
  return draw.call(this, text, ...rest);
};
}"""
"""Keeps the words that are drawn into a saved picture."""
OWN = {
    "training": {"train and validation", "validation", "train", ""},
    "data": {""},
    "score/slide": {""},
    "score/patches": {""},
    "operating-point/threshold": {""},
    "robustness": {"validation"},
    "network/channels": {"validation"},
}
"""Splits of figures that do not follow the bar, and no threshold; their files say so. Empty: of no
split, as a table of runs or the ledger."""


# Validation is what has to be asked for: a file that does not ask says test.
@pytest.mark.parametrize("split", ["validation", pytest.param("test", marks=pytest.mark.long)])
def test_every_file_says_what_its_page_showed(address, cleared_tab, split):
    page, kinds = cleared_tab, {}
    _take_all(page, Session(page), address, PAGES, split, kinds)
    assert len(kinds["csv"]) >= 10, kinds
    assert {"csv", "html", "svg"} <= set(kinds), kinds
    assert {"operating-point/threshold", "calibration", "overview", "labels", "training"} <= {
        name for names in kinds.values() for name in names
    }, kinds


def _take_all(page, session, address, names, split, kinds):
    """Take every file of the pages along and check it; `kinds`: pages by the ending of a file."""
    for name in names:
        chosen = {"run": "small", "split": split, "threshold": repr(THRESHOLD)}
        session.open(address + pages.view(name).address(**chosen))
        buttons = page.locator("[data-testid=stDownloadButton] button:visible")
        for at in range(buttons.count()):
            with page.expect_download() as coming:
                buttons.nth(at).click()
            file = coming.value.path().read_bytes()
            if coming.value.suggested_filename.endswith("_report.html"):
                # The report is of its own split, whatever the bar says, and so is its name.
                assert coming.value.suggested_filename == "small_test_report.html"
            ending = coming.value.suggested_filename.rsplit(".", 1)[-1]
            _check(name, ending, file, split)
            kinds.setdefault(ending, []).append(name)


def _check(page, ending, file, split):
    follows, own = pages.view(page).takes, OWN.get(page, set())
    if ending == "csv":
        rows = list(csv.DictReader(io.StringIO(file.decode())))
        assert rows, page
        for row in rows:
            assert row["export_run"] == "small", (page, row)
            assert row["export_split"] in own | ({split} if "split" in follows else set()), (
                page,
                row,
            )
            bare = "threshold" not in follows or row["export_split"] in own
            if not (bare and row["export_threshold"] == ""):
                assert "threshold" in follows, (page, row)
                assert float(row["export_threshold"]) == THRESHOLD, (page, row)
            assert re.fullmatch("[0-9a-f]{64}", row["export_model_sha256"]), (page, row)
            assert "not a diagnosis" in row["export_use"], (page, row)
    elif ending == "geojson":
        assert "not a diagnosis" in json.dumps(json.loads(file)), page
    else:
        assert b"not a diagnosis" in file or b"research use only" in file, (page, ending)


def test_a_saved_chart_carries_its_facts_and_a_telling_name(address, cleared_tab):
    page = cleared_tab
    page.goto(f"{address}/operating-point?run=small&split=test&threshold={THRESHOLD!r}")
    page.wait_for_selector("h1", timeout=60_000)
    at_rest(page)
    chart = page.locator("[data-testid=stVegaLiteChart]").first
    chart.wait_for()
    chart.hover()
    page.evaluate(LISTEN)
    with page.expect_download() as coming:
        page.get_by_role("button", name=re.compile("Download as PNG: Scores")).click()
    assert coming.value.suggested_filename == "small_test_histogram.png"
    said = Image.open(coming.value.path()).text
    assert (said["idc:run"], said["idc:split"]) == ("small", "test")
    assert float(said["idc:threshold"]) == THRESHOLD
    assert said["idc:use"] == "research use only, not a diagnosis"
    page.wait_for_function("() => window.drawn.length >= 3")
    drawn = " ".join(page.evaluate("window.drawn"))
    assert "Scores of patches with and without IDC; four areas by outcome at the threshold" in drawn
    assert "small · test · threshold 0.43211 · " in drawn
    assert "research use only" in drawn
    assert "IDC Review" in drawn
