"""A reader in a hurry: types and clicks at once, presses twice, holds a key, moves the slider while
an answer is under way. What is stored stands on the patch that was displayed, and nowhere else."""

import random
import sqlite3
from contextlib import closing

import pytest

from dashboard.browser import OPENSEADRAGON
from tests.browser.rest import at_rest, linger, seen

pytestmark = [pytest.mark.browser, pytest.mark.slow]

if not OPENSEADRAGON.is_file():
    pytest.skip("no slide viewer: python -m dashboard.browser fetches it", allow_module_level=True)

# Notes down, before anybody else hears of a key, which picture was displayed: its own name.
WATCH = """
window.pressed = [];
window.everywhere = (selector) => [document, ...[...document.querySelectorAll('*')]
  .map(each => each.shadowRoot).filter(Boolean)]
  .flatMap(root => [...root.querySelectorAll(selector)]);
window.displayed = () => {
  const picture = everywhere('img[alt^="The patch"]')[0];
  return {patch: picture ? /x\\d+_y\\d+/.exec(picture.alt)[0] : null, source: picture?.src ?? null,
          note: everywhere('.note, .st-key-verdict_note input').filter(each => each.offsetParent)
            .map(each => each.value)[0] ?? ''};
};
window.addEventListener('keydown', (event) => {
  const field = event.composedPath()[0];
  const typing = field.tagName === 'INPUT' && field.type === 'text';
  if (/^[1-5kz]$/.test(event.key) && !typing) {
    pressed.push({key: event.key, held: event.repeat, ...displayed()});
  }
}, true);
window.clicked = [];
window.addEventListener('click', (event) => {
  const panel = event.composedPath().find(each => each.classList?.contains('verdicts'));
  if (panel) clicked.push(panel.querySelector('.title').textContent);
}, true);
"""
KEYS = {"3": "unsure", "4": "artefact", "5": "not_assessable"}


@pytest.fixture(scope="module")
def own(copied, tmp_path_factory):
    """A copy of the small run with its pixels, and an empty file of verdicts."""
    return copied(tmp_path_factory.mktemp("hurry"))


@pytest.fixture(scope="module")
def served(own, serve):
    with serve(own) as address:
        yield address


@pytest.fixture(scope="module")
def watched(same_tab):
    same_tab.add_init_script(WATCH)


@pytest.fixture
def page(watched, cleared_tab):
    return cleared_tab


def stored(own, reader):
    """A reader's verdicts that stand: (patch, verdict, stage, comment, token, split)."""
    file = own / "data" / "reviews.sqlite"
    if not file.is_file():
        return []
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(
            "SELECT 'x' || x || '_y' || y, verdict, stage, comment, token, split FROM event e "
            "WHERE reviewer = ? AND undoes IS NULL AND NOT EXISTS (SELECT 1 FROM event u WHERE "
            "u.undoes = e.token) ORDER BY id",
            (reader,),
        ).fetchall()


def begin(page, address, reader):
    page.goto(address)
    field = page.get_by_label("Reader name")
    field.wait_for()
    page.wait_for_function("() => displayed().patch !== null")
    field.fill(reader)
    page.keyboard.press("Enter")


def pressed(page):
    return page.evaluate("pressed")


def test_verdicts_of_a_reader_in_a_hurry_stand_on_the_patches_that_were_displayed(
    served, own, page
):
    begin(page, f"{served}/patients?run=small&patient=10253&which=all&threshold=0.5", "Ada")
    page.keyboard.press("3")  # at once, with the name still under way
    hurry = random.Random(13)
    for nth in range(14):
        page.keyboard.press("345"[nth % 3])
        linger(page, hurry.choice((0, 0, 60, 400, 600, 800)))
    page.keyboard.down("3")
    for _ in range(6):  # without a release between: the browser says these repeat
        linger(page, 120)
        page.keyboard.down("3")
    page.keyboard.up("3")
    at_rest(page)
    slider = page.locator('.st-key-bar_threshold input[type="range"]')
    for key in "45345":
        page.keyboard.press(key)
        slider.focus()
        slider.press("ArrowRight")
        linger(page, hurry.choice((50, 350, 700)))
        page.keyboard.press("3")  # the slider has the focus and the key works all the same
    at_rest(page)
    keys = [(each["patch"], KEYS[each["key"]]) for each in pressed(page) if not each["held"]]
    found = [(patch, verdict) for patch, verdict, *_ in stored(own, "Ada")]
    assert len(found) >= 2, "hardly a key counted"
    assert [each for each in found if each not in keys] == [], "stored where nobody looked"
    assert len({patch for patch, _ in found}) == len(found), "replaced without a word"


def test_a_note_belongs_to_the_patch_beside_which_it_was_typed(served, own, page):
    begin(page, f"{served}/patients?run=small&patient=10254&which=all&threshold=0.5", "Bo")
    at_rest(page)
    for _ in range(3):
        note = page.get_by_label("Note").first
        note.click()
        page.keyboard.press("Control+a")  # of a key that was ignored the note is still there
        page.keyboard.type("beside ")
        page.keyboard.type(page.evaluate("displayed().patch"))
        page.keyboard.press("Enter")
        page.keyboard.press("3")
        page.keyboard.press("4")
        at_rest(page)  # while an answer is on its way the field takes no letters
    note.click()
    page.keyboard.press("Control+a")
    page.keyboard.type("kept for later")
    left = page.evaluate("displayed().patch")
    page.keyboard.press("Enter")
    page.keyboard.press("n")
    page.wait_for_function("left => displayed().patch !== left", arg=left)
    seen(page)
    page.keyboard.press("5")
    at_rest(page)
    found = stored(own, "Bo")
    assert len(found) >= 2
    for patch, verdict, _, comment, *_ in found:
        assert comment == ("" if verdict == "not_assessable" else f"beside {patch}")
    for _ in range(2):  # one back to that which was judged, and one more
        here = page.evaluate("displayed().patch")
        page.keyboard.press("p")
        page.wait_for_function("here => displayed().patch !== here", arg=here)
        at_rest(page)
    assert page.evaluate("displayed().patch") == left
    assert page.evaluate("displayed().note") == "kept for later"


def test_a_note_begun_while_a_verdict_is_stored_is_taken_whole_or_not_at_all(served, own, page):
    begin(page, f"{served}/patients?run=small&patient=10254&which=all&threshold=0.5", "Cay")
    for key in "343":
        at_rest(page)
        seen(page)
        note = page.get_by_label("Note").first
        note.click()
        page.keyboard.press("Enter")
        page.keyboard.press(key)
        note.click()
        page.keyboard.type("kept for later", delay=60)
        at_rest(page)
        assert note.input_value() in ("", "kept for later")
        assert page.evaluate("displayed().note") in ("", "kept for later")
        note.click()
        page.keyboard.press("Control+a")
        page.keyboard.press("Delete")
        page.keyboard.press("Enter")
    assert len(stored(own, "Cay")) == 3


def test_undo_takes_back_once_what_the_screen_names(served, own, page):
    begin(page, f"{served}/patients?run=small&patient=10253&which=all&threshold=0.5", "Cy")
    at_rest(page)
    for key in "345":
        page.keyboard.press(key)
        at_rest(page)
        seen(page)
    before = stored(own, "Cy")
    assert len(before) == 3
    page.keyboard.press("z")
    page.keyboard.press("z")
    at_rest(page)
    assert stored(own, "Cy") == before[:2]


def test_blind_answers_are_stored_before_the_reveal_and_where_they_were_given(served, own, page):
    begin(page, f"{served}/patients?run=small&patient=10253&blind=1&threshold=0.5", "Dee")
    hurry = random.Random(6)
    for nth in range(16):
        page.keyboard.press("345"[nth % 3])
        linger(page, hurry.choice((0, 60, 400, 700, 900)))
    at_rest(page)
    keys = {(each["patch"], KEYS[each["key"]]) for each in pressed(page)}
    found = stored(own, "Dee")
    assert len(found) >= 2
    assert {(patch, verdict) for patch, verdict, *_ in found} <= keys
    stages = {}
    for patch, _, stage, *_ in found:
        stages.setdefault(patch, []).append(stage)
    assert all(each in (["blind"], ["blind", "revealed"]) for each in stages.values()), stages


def test_one_verdict_for_several_goes_to_those_that_were_named(served, own, page):
    begin(page, f"{served}/patients?run=small&patient=10254&threshold=0.5", "Eve")
    at_rest(page)
    page.get_by_role("button", name="Select all").first.click()
    page.get_by_text("patches selected").wait_for()
    at_rest(page)
    unsure = page.get_by_role("button", name="Unsure", exact=True).last
    slider = page.locator('.st-key-bar_threshold input[type="range"]')
    slider.focus()
    slider.press("ArrowLeft")
    unsure.dblclick()
    at_rest(page)
    if not stored(own, "Eve"):  # clicked while the slider changed the list: ignored, not misplaced
        unsure.dblclick()
        at_rest(page)
    found = stored(own, "Eve")
    assert len({token for *_, token, _ in found}) == 1
    assert f"{len(found):,} patches of 10254" in page.evaluate("clicked")
    assert {verdict for _, verdict, *_ in found} == {"unsure"}


def test_a_quiz_counts_one_answer_a_picture(served, page):
    page.goto(f"{served}/teaching?run=small&split=test&threshold=0.5")
    page.get_by_role("button", name="No IDC").wait_for()
    page.evaluate(
        "window.displayed = () => ({patch: null, note: '', source: everywhere("
        "'img[alt=\"A patch to be read\"]')[0]?.src})"
    )
    hurry = random.Random(3)
    for _ in range(8):
        for key in ("1", "2", "n", "n"):
            page.keyboard.press(key)
            linger(page, hurry.choice((0, 50, 500)))
    at_rest(page)
    said = page.get_by_text("you and the model agree on").inner_text()
    shown = {each["source"] for each in pressed(page) if each["key"] in "12"}
    assert 3 <= int(said.split()[0]) <= len(shown)


def test_the_name_stays_in_this_browser_and_is_in_no_address(served, page, tab):
    one, other = page, tab()
    other.add_init_script(WATCH)
    for page, name in ((one, "Ada Lovelace"), (other, "Bo")):
        begin(page, f"{served}/patients?run=small&patient=10253&threshold=0.5", name)
        at_rest(page)
        assert name.split()[0] not in page.url
    link = one.url
    for page, name in ((one, "Ada Lovelace"), (other, "Bo")):
        page.goto(f"{served}/operating-point?run=small")  # a new session; this page has no field
        page.get_by_role("heading", name="Operating point").wait_for()
        at_rest(page)
        page.get_by_role("link", name="Patients").click()
        page.get_by_label("Reader name").wait_for()
        page.wait_for_function(
            "name => everywhere('input[aria-label=\"Reader name\"]')[0]?.value === name", arg=name
        )
    stranger = other  # once the browser has forgotten its reader
    stranger.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    stranger.goto(link)
    stranger.wait_for_function(
        "() => everywhere('.stored')[0]?.textContent.startsWith('Enter your reader name')"
    )
    assert stranger.get_by_label("Reader name").input_value() == ""


def test_keys_survive_lists_toggles_and_sliders_and_escape_frees_a_field(served, own, page):
    begin(page, f"{served}/patients?run=small&patient=10253&threshold=0.5", "Fay")
    at_rest(page)

    def works():
        before = len(stored(own, "Fay"))
        seen(page)
        page.keyboard.press("3")
        at_rest(page)
        return len(stored(own, "Fay")) == before + 1

    # At the lower edge of the window: a list closes when the page scrolls, as it does for a click.
    page.locator(".st-key-which").evaluate("each => each.scrollIntoView({block: 'center'})")
    at_rest(page)
    page.locator(".st-key-which input").click()
    page.get_by_role("option", name="all patches").click()
    at_rest(page)
    assert works(), "after a list"
    page.locator(".st-key-overlay button").nth(2).click()
    at_rest(page)
    assert works(), "after a row of buttons"
    page.locator('.st-key-bar_threshold input[type="range"]').press("ArrowRight")
    at_rest(page)
    assert works(), "after the slider"
    page.locator(".st-key-order input").click()
    page.keyboard.press("Escape")
    at_rest(page)
    assert works(), "after a list that was left"
    page.get_by_label("Note").first.click()
    page.keyboard.type("3")
    page.keyboard.press("Escape")
    assert works(), "after a field that was left"


def test_verdict_keys_the_word_stored_and_undo_are_in_view(served, page):
    begin(page, f"{served}/patients?run=small&patient=10254&which=all&threshold=0.5", "Gus")
    at_rest(page)
    page.keyboard.press("3")
    page.wait_for_function("() => everywhere('.stored')[0].textContent.startsWith('Stored')")
    lowest = page.evaluate(
        "() => Math.max(...everywhere('.keys button, .undo button, .stored')"
        ".filter(each => each.offsetParent).slice(0, 7)"
        ".map(each => each.getBoundingClientRect().bottom))"
    )
    assert lowest <= 800


def test_a_click_on_a_row_of_the_worklist_opens_the_patient(served, page):
    page.goto(f"{served}/patients?run=small&threshold=0.5")
    at_rest(page)
    page.locator(".paged tbody tr td").nth(3).click()
    page.wait_for_function("() => new URL(location.href).searchParams.get('patient') !== null")
    page.wait_for_function("() => displayed().patch !== null")
