"""The list of patients in the browser: its counts follow the hand, and keys alone do for it.

Of many patients the bar finds one by a part of the name, by keys alone as well.
"""

import numpy as np
import pandas as pd
import pytest

from idc_core.importing.run import import_predictions
from idc_core.io.files import write_json, write_parquet
from idc_core.runs.run import PREDICTION_COLUMNS
from tests.browser.rest import Session, at_rest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENTS, CROWD = 60, 450
_ROWS = """() => {
  const root = [...document.querySelectorAll("*")].map((each) => each.shadowRoot)
    .find((each) => each?.querySelector(".paged"));
  return [...root.querySelectorAll("tbody tr")].map((row) => [row.dataset.name,
    ...[...row.querySelectorAll("td:not(.picture)")]
      .map((cell) => cell.textContent + (cell.hasAttribute("data-behind") ? " behind" : ""))]);
}"""


def import_many(root):
    """A run of sixty patients, of forty patches each."""
    draw, count = np.random.default_rng(3), 40 * PATIENTS
    label = (draw.random(count) < 0.4).astype(int)
    score = 1 / (1 + np.exp(-2.0 * label + 1 - draw.normal(size=count)))
    at = np.arange(count)
    table = {"patient": [f"P{each // 40:02}" for each in at], "x": 1 + 50 * (at % 8)}
    table |= {"y": 1 + 50 * (at // 8 % 5), "label": label, "score": score}
    pd.DataFrame(table).to_csv(root / "many.csv", index=False)
    import_predictions(root / "many.csv", root / "models" / "many")


def write_crowd(run):
    """A run of more patients than the bar lists, of two patches each."""
    at = np.arange(2 * CROWD)
    table = {"patient": [f"P{each // 2:03}" for each in at], "label": (at % 2).astype(np.int8)}
    table |= {"x": (1 + 50 * (at % 2)).astype(np.int32), "y": np.int32(1), "split": "test"}
    table |= {"score": np.linspace(0, 1, len(at), dtype=np.float32), "file": ""}
    write_parquet(run / "predictions.parquet", pd.DataFrame(table)[list(PREDICTION_COLUMNS)])
    write_json(run / "run.json", {"status": "imported"})


@pytest.fixture(scope="module")
def address(tmp_path_factory, serve):
    root = tmp_path_factory.mktemp("paged")
    (root / "data").mkdir()
    import_many(root)
    write_crowd(root / "models" / "crowd")
    with serve(root) as found:
        yield found


@pytest.fixture
def served(address):
    return f"{address}/patients?run=many&split=test"


@pytest.fixture
def crowd(address):
    return f"{address}/patients?run=crowd&split=test&threshold=0.4"


def grab(page):
    """Take hold of the slider; gives what leads it to a share of its width."""
    page.wait_for_function("() => window.idcThreshold?.now?.table")
    box = page.locator(".st-key-bar_threshold input[type=range]").bounding_box()

    def to(share):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)

    to(0.4)
    page.mouse.down()
    return to


def painted(page, to, share):
    """The rows one frame after the hand has come to a place, and the threshold there."""
    to(share)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    return page.evaluate(_ROWS), page.evaluate("() => window.idcThreshold.now.at")


def names(page):
    return [row[0] for row in page.evaluate(_ROWS)]


def test_what_rows_say_while_the_hand_moves_is_what_a_page_loaded_there_says(served, cleared_tab):
    page = cleared_tab
    second = f"{served}&worklist_order=patient&worklist_page=2"
    page.goto(f"{second}&threshold=0.4")
    at_rest(page)
    page.wait_for_load_state("networkidle")  # the page's own table
    at_first = page.evaluate(_ROWS)
    to = grab(page)
    shares = np.random.default_rng(11).uniform(0.02, 0.98, 5).tolist()
    shown = dict(reversed(painted(page, to, share)) for share in shares)
    page.mouse.up()
    at_rest(page)
    session = Session(page)
    for threshold, rows in shown.items():
        assert len(rows) == 20
        assert rows != at_first
        session.open(f"{second}&threshold={threshold!r}")
        at_rest(page)
        assert page.evaluate(_ROWS) == rows, threshold


def test_the_order_stays_while_the_hand_moves_and_is_that_of_the_counts_at_rest(
    served, cleared_tab
):
    page = cleared_tab
    page.goto(f"{served}&threshold=0.4")
    at_rest(page)
    page.wait_for_load_state("networkidle")
    before = names(page)
    to = grab(page)
    rows, _ = painted(page, to, 0.9)
    assert [row[0] for row in rows] == before
    assert not any("behind" in cell for row in rows for cell in row)
    page.mouse.up()
    at_rest(page)
    after = page.evaluate(_ROWS)
    errors = [int(row[4]) for row in after]  # name, patches, missed, false alarms, unreviewed
    assert errors == sorted(errors, reverse=True)
    assert [row[0] for row in after] != before


def test_the_list_is_sorted_turned_and_opened_by_keys(served, cleared_tab):
    page = cleared_tab
    page.goto(f"{served}&threshold=0.4")
    at_rest(page)
    page.locator(".paged thead th[data-key=patient] button").press("Enter")
    page.wait_for_function("() => new URL(location.href).searchParams.get('worklist_order')")
    at_rest(page)
    assert names(page)[:2] == ["P00", "P01"]
    head = page.locator(".paged thead th[data-key=patient]")
    assert head.get_attribute("aria-sort") == "ascending"
    page.locator(".paged .next").press("Enter")
    page.locator(".paged .where").get_by_text("41 to 60 of 60").wait_for()
    assert names(page)[0] == "P40"
    page.locator(".paged input").fill("p4")
    page.locator(".paged .where").get_by_text("1 to 10 of 10 (60 without filters)").wait_for()
    first = page.locator(".paged tbody button").first
    first.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("() => new URL(location.href).searchParams.get('patient') === 'P42'")
    at_rest(page)
    page.locator(".st-key-all_patients button").click()
    marked = page.locator(".paged tr[aria-current=true]")
    marked.wait_for()
    assert marked.get_attribute("data-name") == "P42"
    assert page.locator(".paged input").input_value() == "p4"


def test_on_a_narrow_screen_the_list_scrolls_inside_itself(served, cleared_tab):
    page = cleared_tab
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{served}&threshold=0.4")
    at_rest(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    scroll = page.locator(".paged .scroll")
    assert scroll.evaluate("(each) => each.scrollWidth > each.clientWidth")
    scroll.evaluate("(each) => { each.scrollLeft = 400; }")
    name = page.locator(".paged tbody th").first.bounding_box()
    assert abs(name["x"] - scroll.bounding_box()["x"]) < 3  # the name stays in sight


def test_letters_bring_names_and_enter_opens_the_one_that_arrows_lead_to(crowd, cleared_tab):
    page = cleared_tab
    page.goto(crowd)
    at_rest(page)
    field = page.locator(".picker input")
    assert field.input_value() == "All 450 patients"
    field.focus()
    page.keyboard.type("p44")
    names = page.locator(".picker li")
    names.nth(10).get_by_text("P449").wait_for()  # those of P440 to P449, after all patients
    assert names.count() == 11
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.locator(".picker [aria-selected=true]").inner_text() == "P442"
    page.keyboard.press("Enter")
    page.wait_for_function("() => new URL(location.href).searchParams.get('patient') === 'P442'")
    at_rest(page)
    assert field.input_value() == "P442"
    assert page.locator("h2").get_by_text("Patient P442").count() == 1


def test_escape_leaves_it_as_it_was_and_unknown_letters_open_nothing(crowd, cleared_tab):
    page = cleared_tab
    page.goto(crowd)
    at_rest(page)
    field = page.locator(".picker input")
    field.focus()
    page.keyboard.type("nobody")
    page.locator(".picker .more").get_by_text("No patient of this split is called so.").wait_for()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert field.input_value() == "All 450 patients"
    assert page.locator(".picker .found").is_hidden()
    assert "patient=" not in page.url
