"""In a hurry: what is typed and clicked at once is what is stored; a link shows what was shown."""

import io
import re
import shutil
import zipfile

import cv2
import numpy as np
import pytest

from idc_core.io.files import read_json, read_parquet
from idc_core.metrics.curves import Ranked
from idc_core.metrics.operating_point import choose
from idc_core.records.notes import read_notes
from idc_core.runs import ledger
from idc_core.runs.run import open_run
from tests.browser.rest import at_rest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def place(copied, serve, work, tmp_path_factory):
    """A dashboard over runs of its own; its address and its folder."""
    root = copied(tmp_path_factory.mktemp("fields"))
    shutil.copytree(root / "models" / "small", root / "models" / "noted")
    with serve(root) as address, work(root):
        yield address, root


def at_once(page, field, text, button):
    """Types and clicks before the server can answer to what was typed."""
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    field.fill(text)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    at_rest(page)


def name_reader(page, name="A. Reader"):
    field = page.get_by_label("Reader name")
    field.fill(name)
    field.press("Enter")
    at_rest(page)


def query(page, name):
    return page.evaluate("name => new URL(location.href).searchParams.get(name)", name)


def scores(root, split):
    table = read_parquet(root / "models" / "small" / "predictions.parquet")
    return table[table["split"] == split]


def matrix(page):
    """The four counts, from TP to TN, as the page says them to a screen reader."""
    said = page.locator(".idc-read").inner_text()
    return [int(count.replace(",", "")) for count in re.findall(r"\d[\d,]*", said)]


def test_a_lock_stores_the_fields_of_the_moment_of_the_click(place, cleared_tab):
    address, root = place
    run = open_run(root / "models" / "small")
    page = cleared_tab
    page.goto(f"{address}/operating-point?run=small&split=test&threshold=0.61")
    at_rest(page)
    page.get_by_role("button", name="Lock this threshold …").click()
    name = page.get_by_label("Name of the threshold")
    reason, button = (
        page.get_by_label(re.compile("Reason")),
        page.get_by_role("button", name=re.compile("Lock it")),
    )
    name.fill("for the ward")
    name.press("Tab")
    at_rest(page)
    page.keyboard.press("Escape")  # what was typed is shown again when it is opened again
    at_rest(page)
    page.get_by_role("button", name="Lock this threshold …").click()
    name.wait_for()
    at_rest(page)
    assert name.input_value() == "for the ward"
    reason.fill("the first reason")
    reason.press("Tab")
    at_rest(page)
    before = len(run.operating_points())
    at_once(page, reason, "the second reason", button)
    page.get_by_text(re.compile("expected your name")).wait_for()
    assert len(run.operating_points()) == before
    assert (name.input_value(), reason.input_value()) == ("for the ward", "the second reason")

    name_reader(page)
    at_once(page, reason, "the third reason", button)
    page.get_by_text(re.compile("Locked 0.610")).first.wait_for()
    point = open_run(run.path).operating_point()
    assert len(run.operating_points()) == before + 1
    assert (point.threshold, point.name, point.reason, point.by) == (
        0.61,
        "for the ward",
        "the third reason",
        "A. Reader",
    )
    assert ledger.check(run).intact


def test_a_rule_moves_to_the_number_that_stands_in_its_field(place, cleared_tab):
    address, root = place
    rows = scores(root, "validation")
    ranked = Ranked(rows["label"].to_numpy(), rows["score"].to_numpy())
    drawn, typed = (choose(ranked, f"sensitivity>={share}").threshold for share in (0.95, 0.5))
    assert drawn != typed
    page = cleared_tab
    page.goto(f"{address}/operating-point?run=small&split=test&threshold=0.61")
    at_rest(page)
    page.get_by_role("button", name=re.compile("More …")).click()
    field, button = (
        page.get_by_label("Number", exact=True),
        page.get_by_role("button", name="Apply", exact=True),
    )
    button.wait_for()
    at_rest(page)
    at_once(page, field, "50", button)
    assert float(query(page, "threshold")) == typed


def test_tags_archive_and_name_of_a_run_do_not_lose_each_other(place, cleared_tab):
    address, root = place
    page = cleared_tab
    page.goto(f"{address}/training?run=noted")
    at_rest(page)
    page.get_by_role("button", name=re.compile("Tag, rename, archive")).click()
    tags = page.get_by_label(re.compile("Tags"))
    tags.wait_for()
    name_reader(page)
    at_once(page, tags, "first, second", page.get_by_text("Archived: kept", exact=False))
    notes = read_notes(root / "models" / "noted")
    assert (notes.tags, notes.archived) == (("first", "second"), True)
    assert {change.by for change in notes.changes} == {"A. Reader"}

    field = page.get_by_label("New name")
    field.fill("older")
    field.press("Tab")
    at_rest(page)
    at_once(page, field, "newer", page.get_by_role("button", name="Rename", exact=True))
    assert query(page, "run") == "newer"
    assert (root / "models" / "newer" / "run.json").is_file()
    assert not (root / "models" / "older").exists()
    assert read_notes(root / "models" / "newer").changes[-1].what == "renamed from noted"


def png(side):
    rng = np.random.default_rng(3)
    pixels = np.clip(rng.normal((190, 120, 170), 25, (side, side, 3)), 0, 255).astype(np.uint8)
    done, coded = cv2.imencode(".png", pixels)
    assert done
    return coded.tobytes()


def test_a_kept_run_has_the_name_that_stands_in_its_field(place, cleared_tab):
    address, root = place
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for at in range(4):
            file.writestr(f"777_idx5_x{1 + 50 * at}_y1_class{at % 2}.png", png(50))
    page = cleared_tab
    page.goto(f"{address}/score?run=small")
    at_rest(page)
    page.locator('input[type="file"]').first.set_input_files(
        {"name": "patches.zip", "mimeType": "application/zip", "buffer": packed.getvalue()}
    )
    page.get_by_role("button", name=re.compile("Save as a run")).click()
    field = page.get_by_label("Name of the run")
    field.wait_for()
    name_reader(page)
    field.fill("drawn_before")
    field.press("Tab")
    at_rest(page)
    at_once(page, field, "typed_now", page.get_by_role("button", name="Save", exact=True))
    page.wait_for_function("() => location.href.includes('run=typed_now')")
    assert read_json(root / "models" / "typed_now" / "run.json")["kept_by"] == "A. Reader"
    assert not (root / "models" / "drawn_before").exists()


def test_a_slide_is_scored_at_the_resolution_that_stands_in_its_field(place, cleared_tab):
    address, _ = place
    page = cleared_tab
    page.goto(f"{address}/score?tab=slide&run=small")
    at_rest(page)
    page.locator('input[type="file"]').first.set_input_files(
        {"name": "tissue.png", "mimeType": "image/png", "buffer": png(500)}
    )
    at_rest(page)
    own = page.get_by_role("spinbutton", name="µm per pixel of the file")
    own.fill("1")
    own.press("Tab")
    at_rest(page)
    button = page.get_by_role("button", name=re.compile("Score the slide"))
    target = page.get_by_role("spinbutton", name="µm per pixel of the patches")
    at_once(page, target, "2", button)
    page.get_by_text(re.compile(r"squares of 100 µm")).first.wait_for()


def deciding(rows):
    """A score that six digits round up: a link that says so loses this very patch."""
    idc = rows.loc[rows["label"] == 1, "score"].astype(float)
    return next(score for score in sorted(idc) if float(f"{score:.6g}") > score)


def test_a_copied_link_opens_on_the_same_counts(place, cleared_tab, tab):
    address, root = place
    rows = scores(root, "test")
    threshold = deciding(rows)
    page = cleared_tab
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{address}/operating-point?run=small&split=test&threshold={threshold!r}")
    at_rest(page)
    assert matrix(page)[0] == int(((rows["label"] == 1) & (rows["score"] >= threshold)).sum())
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    page.context.clear_permissions()
    assert copied == page.url
    assert float(query(page, "threshold")) == threshold, "drawing the bar changes nothing"

    other = tab()
    other.goto(copied)
    at_rest(other)
    assert matrix(other) == matrix(page)
    for name in ("run", "split", "threshold"):
        assert query(other, name) == query(page, name)


def test_without_a_clipboard_the_link_stands_there_selected(place, cleared_tab):
    address, _ = place
    page = cleared_tab
    page.goto(f"{address}/data?run=small&patient=10253&threshold=0.25")
    at_rest(page)
    page.evaluate(
        "() => Object.defineProperty(Navigator.prototype, 'clipboard', {get: () => undefined})"
    )
    page.get_by_role("button", name="Copy link").click()
    field = page.get_by_label(re.compile(r"press Ctrl\+C"))
    chosen = "field => field.value.slice(field.selectionStart, field.selectionEnd)"
    assert field.evaluate(chosen) == page.url
    assert "patient=10253" in page.url
    page.keyboard.press("Control+C")
    page.get_by_role("button", name="Copied").wait_for()
