"""Keys that are pressed faster than the server answers: none is lost, and none is taken for what
only comes up afterwards. The server's messages are kept back, so that every key comes too early."""

import re

import pytest

from dashboard.browser import OPENSEADRAGON
from idc_core.reviews import data_key, open_reviews
from idc_core.runs.run import open_run

pytestmark = [pytest.mark.browser, pytest.mark.slow]

if not OPENSEADRAGON.is_file():
    pytest.skip("no slide viewer: python -m dashboard.browser fetches it", allow_module_level=True)

EVERYWHERE = """
window.everywhere = (selector) => [document, ...[...document.querySelectorAll('*')]
  .map(each => each.shadowRoot).filter(Boolean)]
  .flatMap(root => [...root.querySelectorAll(selector)]);
window.displayed = () => {
  const picture = everywhere('img[alt^="The patch"]')[0];
  const isBusy = everywhere('.verdicts[data-pending=true]').length > 0;
  return picture && !isBusy ? /x\\d+_y\\d+/.exec(picture.alt)[0] : null;
};
window.now = () => everywhere('.verdicts .now')[0]?.textContent ?? '';
"""
DRAWN = '[data-testid="stApp"][data-test-script-state="notRunning"] .idc-foot'


class Gate:
    """Between a page and its server: while it is closed the page hears nothing."""

    def __init__(self, page):
        self.is_closed, self._kept = False, []
        page.route_web_socket(re.compile("_stcore/stream"), self._between)

    def _between(self, page_side):
        server_side = page_side.connect_to_server()

        def to_page(message):
            if self.is_closed:
                self._kept.append((page_side, message))
            else:
                page_side.send(message)

        server_side.on_message(to_page)

    def open(self):
        """Let through what was kept back, in its order, and all that follows."""
        self.is_closed = False
        for page_side, message in self._kept:
            page_side.send(message)
        self._kept.clear()


@pytest.fixture(scope="module")
def own(copied, tmp_path_factory):
    """A copy of the small run with its pixels, and an empty file of verdicts."""
    return copied(tmp_path_factory.mktemp("early"))


@pytest.fixture(scope="module")
def served(own, serve):
    with serve(own) as address:
        yield address


@pytest.fixture(scope="module")
def gated(same_tab):
    """The gate of the file's tab, which knows what is displayed, and waits for a server that has
    little time."""
    same_tab.set_default_timeout(120_000)
    same_tab.add_init_script(EVERYWHERE)
    return Gate(same_tab)


@pytest.fixture
def page(gated, cleared_tab):
    return cleared_tab


@pytest.fixture
def gate(gated, page):
    assert not gated.is_closed
    return gated


def opened(page, address):
    """A patch is displayed, and the server has nothing more to say."""
    page.goto(address)
    page.wait_for_selector(DRAWN, state="attached")
    page.wait_for_function("() => displayed() !== null")


def press(page, keys):
    for key in keys:
        page.keyboard.press(key)


def stored(own, reader):
    file = own / "data" / "reviews.sqlite"
    if not file.is_file():
        return []
    rows = open_reviews(file).standing(data_key(open_run(own / "models" / "small")))
    return [
        (f"x{row['x']}_y{row['y']}", row["verdict"])
        for row in rows[rows["reviewer"] == reader].to_dict("records")
    ]


def in_order(page, count):
    """Patches as N steps through them, one at a time."""
    found = [page.evaluate("displayed()")]
    for _ in range(count):
        page.keyboard.press("n")
        page.wait_for_function(
            "before => displayed() !== null && displayed() !== before", arg=found[-1]
        )
        found.append(page.evaluate("displayed()"))
    return found


PATIENT = "patients?run=small&patient=10253&which=all&threshold=0.5"


def test_every_step_counts_that_is_pressed_before_the_server_answers(served, page, gate):
    opened(page, f"{served}/{PATIENT}")
    order = in_order(page, 3)
    opened(page, f"{served}/{PATIENT}")
    assert page.evaluate("displayed()") == order[0]
    gate.is_closed = True
    press(page, "nnn")
    assert page.evaluate("everywhere('.verdicts')[0].dataset.pending") == "true"
    gate.open()
    page.wait_for_function("last => displayed() === last", arg=order[3])


def test_a_verdict_waits_for_the_readers_name_and_stands_on_the_patch_displayed(
    served, own, page, gate
):
    opened(page, f"{served}/{PATIENT}")
    patch = page.evaluate("displayed()")
    gate.is_closed = True
    page.get_by_label("Reader name").fill("Ada")
    press(page, ["Enter", "3"])
    assert stored(own, "Ada") == []
    gate.open()
    page.wait_for_function("before => displayed() !== null && displayed() !== before", arg=patch)
    assert stored(own, "Ada") == [(patch, "unsure")]


def test_a_second_verdict_on_one_patch_is_not_taken_for_the_next(served, own, page, gate):
    opened(page, f"{served}/{PATIENT}")
    page.get_by_label("Reader name").fill("Bo")
    page.keyboard.press("Enter")
    page.wait_for_function("() => everywhere('.stored')[0].textContent === ''")
    patch = page.evaluate("displayed()")
    gate.is_closed = True
    press(page, "34")
    gate.open()
    page.wait_for_function(
        "() => now() === 'Key 4 was pressed before this was on the screen: it was ignored.'"
    )
    assert page.evaluate("displayed()") != patch
    assert stored(own, "Bo") == [(patch, "unsure")]


def place(page):
    """Which of the three patients is open, from 0; each test of it begins at 10253."""
    return int(page.locator("p", has_text=re.compile(r"^\d of 3$")).inner_text()[0]) - 1


@pytest.mark.parametrize(("key", "step"), [("Shift+N", 1), ("Shift+P", -1)])
def test_every_change_of_patient_counts_though_the_answers_come_in_one_burst(
    served, page, gate, key, step
):
    opened(page, f"{served}/{PATIENT}")
    begun = place(page)
    gate.is_closed = True
    press(page, [key, key])
    gate.open()
    page.locator("p", has_text=f"{(begun + 2 * step) % 3 + 1} of 3").wait_for()


def test_a_key_of_a_button_that_is_pressed_before_the_page_is_there_waits_for_it(
    served, page, gate
):
    gate.is_closed = True
    page.goto(f"{served}/patients?run=small&threshold=0.5")
    page.keyboard.press("u")
    gate.open()
    page.get_by_role("heading", name="Patient 10254").wait_for()
