"""The way of a reader, with real clicks and keys: from a number to the patch behind it."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard import pages
from dashboard.browser import OPENSEADRAGON
from dashboard.charts.slide_map import frame_of
from idc_core.io.files import read_parquet
from tests.browser.rest import at_rest, slide_at_rest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def query(page):
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def sensitivity(page):
    return page.locator(".idc-number .value").first.inner_text()


def matrix(page):
    """The four counts, as the matrix says them to a screen reader."""
    said = page.locator(".idc-read").inner_text()
    return [int(number.replace(",", "")) for number in re.findall(r"[\d,]*\d", said)]


def chart(page, said):
    """A chart by what it says to a screen reader."""
    return page.locator(f'[data-testid="stVegaLiteChart"][aria-label*="{said}"]').first


def click_chart(page, said, across, down):
    """A real click at a share of a chart's width and height."""
    drawn = chart(page, said).locator("canvas, svg").first
    drawn.scroll_into_view_if_needed()
    box = drawn.bounding_box()
    page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])
    page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])


def wait_for_query(page, name, not_this=None):
    page.wait_for_function(
        """([name, before]) => { const now = new URL(location.href).searchParams.get(name);
           return now !== null && now !== before }""",
        arg=[name, not_this],
    )
    at_rest(page)


def move_threshold(page, key, times):
    slider = page.locator('.st-key-bar_threshold input[type="range"]')
    slider.focus()
    for _ in range(times):
        slider.press(key)


def click_another_square(page, world, chosen):
    """A real click on a square of the slide that is not the chosen patch."""
    rows = read_parquet(world / "models" / "small" / "predictions.parquet")
    rows = rows[rows["patient"] == chosen["patient"]]
    frame = frame_of(rows["x"], rows["y"])
    places = [(x, y) for x, y in rows[["x", "y"]].to_numpy() if f"x{x}_y{y}" != chosen["patch"]]
    x, y = places[len(places) // 2]  # clear of the bar that stays on top
    over = page.locator("canvas.over").first
    page.wait_for_function("over => over.dataset.side > 0", arg=over.element_handle())
    slide_at_rest(page)
    over.evaluate("over => over.scrollIntoView({block: 'center'})")
    slide_at_rest(page)
    drawn, box = over.evaluate("over => ({...over.dataset})"), over.bounding_box()
    side = float(drawn["side"])
    page.mouse.click(
        box["x"] + float(drawn["left"]) + ((x - 1) // 50 - frame.left + 0.5) * side,
        box["y"] + float(drawn["top"]) + ((y - 1) // 50 - frame.top + 0.5) * side,
    )


@pytest.mark.skipif(
    not OPENSEADRAGON.is_file(), reason="no slide viewer: python -m dashboard.browser fetches it"
)
def test_from_the_number_to_the_patch_behind_it(address, world, cleared_tab, tab):
    page = cleared_tab
    page.goto(f"{address}/")
    at_rest(page)
    page.get_by_role("link", name="Operating point", exact=True).click()
    chart(page, "Confusion matrix").wait_for()
    at_rest(page)

    number, counts, asked = sensitivity(page), matrix(page), query(page)["threshold"]
    move_threshold(page, "Shift+ArrowRight", 12)
    page.wait_for_function(
        "before => document.querySelector('.idc-number .value').innerText !== before", arg=number
    )
    wait_for_query(page, "threshold", asked)
    assert float(sensitivity(page).split()[0]) < float(number.split()[0])
    assert float(query(page)["threshold"]) > float(asked)
    moved = matrix(page)
    assert sum(moved) == sum(counts)
    assert moved[1] > counts[1], "more IDC is missed at a higher threshold"

    click_chart(page, "Confusion matrix", 0.78, 0.35)
    wait_for_query(page, "cell")
    assert query(page)["cell"] == "fn"
    page.get_by_role("heading", name=re.compile(rf"Missed IDC.*: {moved[1]} patch")).wait_for()

    click_chart(page, "as a grid", 0.5 / 12, 0.3)
    page.wait_for_url("**/patients?**")
    at_rest(page)
    first = query(page)
    assert {"run", "split", "threshold", "patient", "patch"} <= set(first)
    page.get_by_role("heading", name=f"Patient {first['patient']}").wait_for()

    click_another_square(page, world, first)
    wait_for_query(page, "patch", first["patch"])
    second = query(page)
    assert second["patient"] == first["patient"]
    page.get_by_alt_text(re.compile("surroundings")).first.wait_for()

    page.get_by_role("link", name="What the network saw").click()
    page.wait_for_url("**/network?**")
    at_rest(page)
    page.get_by_role("heading", name="Inside the network", exact=True).wait_for()
    page.get_by_role("radio", name="Feature maps", checked=True).wait_for()
    third = query(page)
    names = ("run", "split", "threshold", "patient", "patch")
    assert [third[name] for name in names] == [second[name] for name in names]
    sentence = f"{third['patient']} · {third['patch']}"
    page.get_by_text(sentence).first.wait_for()

    again = tab()
    again.goto(page.url)
    at_rest(again)
    again.get_by_text(sentence).first.wait_for()
    assert [query(again)[name] for name in names] == [third[name] for name in names]
    again.locator(
        ".st-key-selection_bar input"
    ).first.wait_for()  # the sentence came before the bar
    at_rest(again)
    assert shown(again) == shown(page)


def shown(page):
    """What the bar and the page say of the patch that is being looked at."""
    bar = page.locator(".st-key-selection_bar")
    said = page.get_by_text(re.compile("score")).first.inner_text()
    return bar.locator("input").evaluate_all("all => all.map(each => each.value)"), said


def _views():
    """All; tabs beside the first only in `make test-long`: `test_old_addresses.py` loads each."""
    for view in pages.VIEWS:
        is_first = view.tab == next(iter(view.page.tabs), None)
        yield pytest.param(view.key, marks=[] if is_first else pytest.mark.long)


@pytest.mark.parametrize("view", list(_views()))
def test_a_link_opens_every_page_at_its_run_split_threshold_and_patient(address, same_tab, view):
    page = same_tab
    asked = {"run": "small", "split": "validation", "threshold": "0.31", "patient": "9036"}
    page.goto(address + pages.view(view).address(**asked))
    at_rest(page)
    assert "Page not found" not in page.content()
    title = pages.view(view).page.title
    page.get_by_role("heading", name=title, exact=True).wait_for()
    assert {name: query(page)[name] for name in asked} == asked
