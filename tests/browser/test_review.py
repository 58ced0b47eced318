"""The reader's way, with real keys and clicks: from a number to a verdict, and thirty verdicts
without a mouse; and that every square of a slide has the colour of its score."""

import shutil
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from dashboard.browser import OPENSEADRAGON
from dashboard.charts.slide_map import frame_of, outcome_of
from dashboard.charts.theme import COLOURS
from idc_core.io.files import read_parquet
from idc_core.io.paths import REPOSITORY
from idc_core.reviews import data_key, open_reviews
from idc_core.runs.run import open_run
from tests.browser.rest import Session, at_rest, seen, slide_at_rest, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

if not OPENSEADRAGON.is_file():
    pytest.skip("no slide viewer: python -m dashboard.browser fetches it", allow_module_level=True)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """The shipped runs, and the demo's data as they are shipped: without pixels."""
    folder = tmp_path_factory.mktemp("review")
    kept_out = shutil.ignore_patterns("looks.jsonl", ".*", "analysis", "patches.npy", "checkpoint")
    for name in ("demo", "reference"):
        shutil.copytree(REPOSITORY / "models" / name, folder / "models" / name, ignore=kept_out)
    shutil.copytree(REPOSITORY / "data" / "demo", folder / "data" / "demo", ignore=kept_out)
    return folder


@pytest.fixture(scope="module")
def demo(root, serve):
    with serve(root) as address:
        yield address


def query(page):
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def reading(page, patch=None):
    """Until a patch stands before the keys, and long enough to have been seen."""
    page.locator(".verdicts .keys button").first.wait_for()
    if patch is not None:
        page.locator(".verdicts .title", has_text=patch).first.wait_for()
    page.locator(".verdicts[data-pending=false]").first.wait_for()
    seen(page)


def stored(root, run="demo"):
    file = root / "data" / "reviews.sqlite"
    if not file.is_file():
        return []
    found = open_reviews(file).standing(data_key(open_run(root / "models" / run)))
    return found.to_dict("records")


def name_reader(page, name):
    """By keyboard alone: Tab to the field, write, Enter."""
    field = page.get_by_label("Reader name")
    field.wait_for()
    for _ in range(80):
        page.keyboard.press("Tab")
        if field.evaluate("field => field === field.getRootNode().activeElement"):
            break
    else:
        pytest.fail("the reader's field cannot be reached by Tab")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement === document.body")
    at_rest(page)


def test_from_a_cell_of_the_matrix_to_a_stored_verdict_in_four_actions(demo, root, cleared_tab):
    page = cleared_tab
    page.goto(f"{demo}/patients?run=demo&patient=demo-13")
    at_rest(page)
    page.get_by_label("Reader name").fill("Dr Ada")  # once a session
    page.keyboard.press("Enter")
    at_rest(page)
    page.get_by_role("link", name="Operating point").click()
    at_rest(page)
    before = len(stored(root))

    page.locator(".st-key-cell_fn button").first.click()  # 1: the cell
    at_rest(page)
    grid = page.locator('[data-testid="stVegaLiteChart"][aria-label*="as a grid"]').first
    grid.scroll_into_view_if_needed()
    box = grid.locator("canvas, svg").first.bounding_box()
    page.mouse.click(box["x"] + 40, box["y"] + 20)  # 2: a patch of it
    page.get_by_role("heading", name="Patients").wait_for()
    at_rest(page)
    chosen = query(page)
    reading(page, chosen["patch"])
    page.keyboard.press("1")  # 3: the verdict
    until(lambda: len(stored(root)) == before + 1)
    verdict = stored(root)[-1]
    assert verdict["patient"] == chosen["patient"]
    assert f"x{verdict['x']}_y{verdict['y']}" == chosen["patch"]
    assert (verdict["reviewer"], verdict["verdict"]) == ("Dr Ada", "agree_label")


@pytest.mark.parametrize("errors", [6, pytest.param(30, marks=pytest.mark.long)])
def test_many_errors_are_judged_without_a_mouse(demo, root, cleared_tab, errors):
    reader = f"Key Board {errors}"
    page = cleared_tab
    page.goto(f"{demo}/patients?run=demo")
    at_rest(page)
    name_reader(page, reader)
    page.keyboard.press("u")  # the next unreviewed patient
    page.wait_for_function("() => new URL(location.href).searchParams.get('patient') !== null")
    at_rest(page)

    def mine():
        return [each for each in stored(root) if each["reviewer"] == reader]

    for nth in range(errors):
        reading(page)
        page.keyboard.press(str(1 + nth % 2))
        until(lambda at=nth: len(mine()) == at + 1)
        at_rest(page)
    done = mine()
    assert len({(each["patient"], each["x"], each["y"]) for each in done}) == errors
    assert all((each["score"] >= each["threshold"]) != (each["label"] == 1) for each in done)

    reading(page)
    page.keyboard.press("z")
    until(lambda: len(mine()) == errors - 1)
    at_rest(page)
    before = query(page)["patch"]
    page.keyboard.press("n")
    page.wait_for_function(
        "before => new URL(location.href).searchParams.get('patch') !== before", arg=before
    )


def test_a_note_that_is_typed_is_not_taken_for_keys(demo, root, cleared_tab):
    page = cleared_tab
    page.goto(f"{demo}/patients?run=demo&patient=demo-13")
    at_rest(page)
    name_reader(page, "Noter")
    reading(page)
    note = page.get_by_placeholder("Note on this patch")
    note.click()
    page.keyboard.type("12345 nuz")
    assert not [each for each in stored(root) if each["reviewer"] == "Noter"]
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement === document.body")
    at_rest(page)
    page.keyboard.press("3")
    until(lambda: any(each["reviewer"] == "Noter" for each in stored(root)))
    verdict = next(each for each in stored(root) if each["reviewer"] == "Noter")
    assert (verdict["verdict"], verdict["comment"]) == ("unsure", "12345 nuz")


# The overlay's canvas lies in the component's shadow; its squares' places stand in its dataset.
OVER = """() => [...document.querySelectorAll('*')].map(each => each.shadowRoot).filter(Boolean)
  .flatMap(root => [...root.querySelectorAll('canvas.over')])"""
SAMPLE = (
    "([right, down, squares]) => { const canvas = ("
    + OVER
    + """)()[0], pen = canvas.getContext('2d');
  const {left, top, side, dense} = Object.fromEntries(
    Object.entries(canvas.dataset).map(([name, value]) => [name, Number(value)]));
  return squares.map(([column, row]) => {
    const x = (left + (column + right) * side) * dense, y = (top + (row + down) * side) * dense;
    return [...pen.getImageData(Math.round(x), Math.round(y), 1, 1).data];
  }); }"""
)


def opened(page, address, run, patient, overlay, session=None):
    """By a load, or in a session that goes on."""
    to = page.goto if session is None else session.open
    to(f"{address}/patients?run={run}&patient={patient}&overlay={overlay}")
    page.wait_for_function(f"() => ({OVER})().some(canvas => canvas.dataset.side > 0)")
    at_rest(page)
    slide_at_rest(page)


def sampled(page, rows, right, down):
    """The overlay's colour (red, green, blue, alpha) in each square, at a share of its side."""
    frame = frame_of(rows["x"], rows["y"])
    places = np.stack(
        [(rows["x"] - 1) // 50 - frame.left, (rows["y"] - 1) // 50 - frame.top], axis=1
    )
    return np.array(page.evaluate(SAMPLE, [right, down, places.tolist()]), float)


@pytest.fixture(scope="module")
def session(same_tab):
    return Session(same_tab)


@pytest.mark.parametrize(
    ("run", "patient"),
    [("reference", "8863"), ("reference", "9124"), ("reference", "14306"), ("demo", "demo-13")],
)
def test_every_square_has_the_colour_of_its_score_and_of_its_outcome(
    demo, root, same_tab, session, run, patient
):
    predictions = read_parquet(root / "models" / run / "predictions.parquet")
    rows = predictions[predictions["patient"] == patient]
    page = same_tab
    page.set_viewport_size({"width": 1600, "height": 1000})
    opened(page, demo, run, patient, "score", session)
    seen = sampled(page, rows, 0.3, 0.45)  # beside verdicts and letters
    threshold = float(query(page)["threshold"])
    # Opacity 0.6 of one hue, as strong as the score.
    expected = 255 * 0.6 * rows["score"].to_numpy(float)
    near = np.abs(seen[:, 3] - expected) <= 3
    assert near.mean() > 0.99, "squares do not have the strength of their score"

    opened(page, demo, run, patient, "outcome", session)
    seen = sampled(page, rows, 0.22, 0.78)  # beside disc, ring and frames
    outcome = outcome_of(rows["label"], rows["score"], threshold)
    hue = np.array([[int(COLOURS[o][at : at + 2], 16) for at in (1, 3, 5)] for o in outcome])
    strength = np.where(outcome == "tn", 255 * 0.12, 255 * 0.6)
    # Where alpha is low the browser keeps few steps of each colour.
    right = (np.abs(seen[:, :3] - hue).max(axis=1) <= 8) & (np.abs(seen[:, 3] - strength) <= 3)
    assert right.mean() > 0.97, "squares do not have the colour of their outcome"


def test_a_false_alarm_is_striped_and_missed_idc_is_not_where_squares_are_small(
    demo, root, cleared_tab
):
    predictions = read_parquet(root / "models" / "reference" / "predictions.parquet")
    rows = predictions[predictions["patient"] == "9124"]
    page = cleared_tab
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, demo, "reference", "9124", "outcome")
    side = float(page.evaluate(f"() => ({OVER})()[0].dataset.side"))
    assert 4 <= side < 9, "there is room for a disc and a ring, or for nothing"
    outcome = outcome_of(rows["label"], rows["score"], float(query(page)["threshold"]))
    inside = [0.3, 0.45, 0.6, 0.75]  # within the dashed frames of the strip
    seen = np.stack([sampled(page, rows, right, down) for right in inside for down in inside])
    striped = ((seen[..., :3] == 255).all(axis=2) & (seen[..., 3] == 255)).any(axis=0)
    assert striped[outcome == "fp"].mean() > 0.9
    assert striped[outcome == "fn"].mean() < 0.1
    # The frame of the open patch reaches into its neighbours.
    assert striped[np.isin(outcome, ["tp", "tn"])].mean() < 0.05


def test_the_tissue_is_not_sent_again_when_the_threshold_moves(address, tab):
    page = tab()
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    opened(page, address, "small", "10253", "outcome")
    icon = page.locator('link[rel*="icon"]').first.get_attribute("href")
    tissue = {url for url in fetched if url.endswith(".jpg") and not url.endswith(icon)}
    assert tissue, "the slide was drawn without its tissue"
    fetched.clear()
    slider = page.locator('.st-key-bar_threshold input[type="range"]')
    slider.focus()
    before = query(page)["threshold"]
    for _ in range(5):
        slider.press("ArrowRight")
    page.wait_for_function(
        "before => new URL(location.href).searchParams.get('threshold') !== before", arg=before
    )
    at_rest(page)
    assert not tissue & set(fetched)
    assert not [url for url in fetched if url.endswith(".json")]


def test_a_square_that_is_clicked_is_the_patch_that_opens(demo, root, cleared_tab):
    rows = read_parquet(root / "models" / "demo" / "predictions.parquet")
    rows = rows[rows["patient"] == "demo-13"]
    frame = frame_of(rows["x"], rows["y"])
    row = rows.iloc[len(rows) // 2]
    page = cleared_tab
    opened(page, demo, "demo", "demo-13", "outcome")
    where = page.evaluate(
        "() => { const canvas = (" + OVER + ")()[0], box = canvas.getBoundingClientRect();"
        " return {...canvas.dataset, x: box.x, y: box.y}; }"
    )
    side = float(where["side"])
    column = (int(row["x"]) - 1) // 50 - frame.left
    line = (int(row["y"]) - 1) // 50 - frame.top
    page.mouse.click(
        where["x"] + float(where["left"]) + (column + 0.5) * side,
        where["y"] + float(where["top"]) + (line + 0.5) * side,
    )
    page.wait_for_function(
        "patch => new URL(location.href).searchParams.get('patch') === patch",
        arg=f"x{row['x']}_y{row['y']}",
    )
