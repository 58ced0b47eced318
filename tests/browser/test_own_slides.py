"""From own slides and outlines of QuPath to an exported verdict: two commands, then real clicks and
keys."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.browser import OPENSEADRAGON
from idc_core.io.files import read_parquet
from idc_core.io.paths import REPOSITORY
from idc_core.reviews import data_key, open_reviews
from idc_core.runs.run import open_run
from idc_core.wsi.fields import SHOWN_PX
from tests.browser.rest import at_rest, seen, until
from tests.cut_world import COLUMNS, ROWS, draw_slides

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(
        not OPENSEADRAGON.is_file(),
        reason="no slide viewer: python -m dashboard.browser fetches it",
    ),
]

SIDE = 48
EACH = (COLUMNS + 1) * ROWS
"""Squares of a slide: what is left of the fifth column is enough of one."""
PATIENTS = {"S0": "Ann", "S1": "Ann", "S2": "Bea", "S3": "Cleo", "S4": "Dot", "S5": "Eve"}
SPLITS = {"Ann": "test", "Bea": "train", "Cleo": "train", "Dot": "validation", "Eve": "train"}


def command(root, *words):
    """`train_cli.py` as a user gives it; what it says."""
    places = {"IDC_DATA": str(root / "data"), "IDC_MODELS": str(root / "models")}
    done = subprocess.run(
        [sys.executable, "train_cli.py", *map(str, words)],
        cwd=REPOSITORY,
        env=os.environ | places,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Six slides of five patients, Ann's two in the test split, cut and trained on."""
    root = tmp_path_factory.mktemp("own_slides")
    slides = draw_slides(root, SIDE, count=6)
    table = "".join(f"{slide},{patient}\n" for slide, patient in PATIENTS.items())
    (root / "slides.csv").write_text("slide,patient\n" + table)
    splits = "".join(f"{patient},{split}\n" for patient, split in SPLITS.items())
    (root / "splits.csv").write_text("patient,split\n" + splits)
    cut = ["--classes", root / "classes.csv", "--slides", root / "slides.csv", "--name", "mine"]
    cut += ["--um", 0.5, "--px", SIDE, "--positive", "tumour", "--negative", "stroma"]
    command(root, "cut", slides, *cut, "--split", root / "splits.csv")
    command(root, "train", "--data", "mine", "--run", "ours", "--epochs", 2, "--batch-size", 8)
    return root


@pytest.fixture(scope="module")
def address(root, serve):
    with serve(root) as found:
        yield found


def query(page):
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def matrix(page):
    """The four counts, as the matrix says them to a screen reader."""
    said = page.locator(".idc-read").inner_text()
    return dict(zip(("tp", "fn", "fp", "tn"), map(int, re.findall(r"\d+", said)), strict=True))


def taken(page, name):
    """A file of the page's menu of exports, and what it is called."""
    with page.expect_download() as coming:
        page.get_by_role("button", name=name).click()
    return coming.value.path().read_text(), coming.value.suggested_filename


def test_from_slides_and_outlines_to_an_exported_verdict(root, address, tab):
    rows = read_parquet(root / "models" / "ours" / "predictions.parquet")
    rows = rows[rows["split"] == "test"]
    assert len(rows) == 2 * EACH
    page = tab()
    page.goto(f"{address}/operating-point?run=ours&split=test")
    at_rest(page)
    asked = float(query(page)["threshold"])
    called, label = rows["score"] >= asked, rows["label"] == 1
    assert matrix(page) == {
        "tp": int((called & label).sum()),
        "fn": int((~called & label).sum()),
        "fp": int((called & ~label).sum()),
        "tn": int((~called & ~label).sum()),
    }
    assert "missed tumour" in page.locator(".idc-read").inner_text()

    page.get_by_role("link", name="Patients", exact=True).click()
    page.wait_for_url("**/patients?**")
    at_rest(page)
    page.get_by_label("Reader name").fill("Dr Ada")
    page.keyboard.press("Enter")
    at_rest(page)
    page.goto(f"{address}/patients?run=ours&split=test&patient=Ann&slide=S1&patch=x1_y1")
    at_rest(page)
    page.get_by_role("radio", name=re.compile("^S1")).wait_for()
    page.locator(".verdicts .title", has_text="x1_y1").first.wait_for()
    page.get_by_role("button", name=re.compile("^tumour", re.IGNORECASE)).first.wait_for()
    seen(page)
    page.keyboard.press("1")
    key = data_key(open_run(root / "models" / "ours"))
    file = root / "data" / "reviews.sqlite"
    until(lambda: file.is_file() and len(open_reviews(file).standing(key)) == 1)
    verdict = open_reviews(file).standing(key).iloc[0]
    assert [verdict[name] for name in ("patient", "slide", "x", "y", "reviewer")] == [
        "Ann",
        "S1",
        1,
        1,
        "Dr Ada",
    ]

    page.goto(f"{address}/patients?run=ours&split=test&patient=Ann&slide=S1&patch=x1_y1")
    at_rest(page)
    patches = page.locator(".st-key-box_errors [role=graphics-document]")
    patches.scroll_into_view_if_needed()
    patches.hover(position={"x": 40, "y": 40})
    field = page.locator("#vg-tooltip-element img")
    field.wait_for()
    until(lambda: field.evaluate("image => image.naturalWidth") == SHOWN_PX)
    page.mouse.move(0, 0)

    page.get_by_role("button", name="Export", exact=True).click()
    table, name = taken(page, "Patch table (CSV)")
    assert name == "ours_test_Ann_S1_patches.csv"
    written = list(csv.DictReader(io.StringIO(table)))
    assert len(written) == EACH
    assert {each["slide"] for each in written} == {"S1"}
    outlines, name = taken(page, "Patches for QuPath (GeoJSON)")
    assert name == "ours_test_Ann_S1_patches.geojson"
    squares = json.loads(outlines)["features"]
    assert len(squares) == EACH
    classes = {each["properties"]["classification"]["name"] for each in squares}
    assert classes <= {"tumour found", "missed tumour", "false alarm", "true negative"}
    assert "tumour" in outlines
