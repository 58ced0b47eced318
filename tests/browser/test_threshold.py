"""The slider of the threshold: while the hand moves, the page says to the last digit what the
library computes there; nothing is sent, and nothing changes with the server's answer."""

import gzip
import json
import random
import shutil

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.cache import predictions
from idc_core.evaluate.threshold_tables import keep
from idc_core.importing.run import SplitChoice, import_predictions
from idc_core.io.paths import REPOSITORY
from idc_core.runs.run import open_run
from tests.browser.rest import at_rest, linger
from tests.idc_core.threshold_table.worlds import page_texts, patches

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VALUES = 200
REAL = "predictions/patientwise_femiogundare/ensemble_avg_predictions.csv"
SLIDER = '.st-key-bar_threshold input[type="range"]'
NUMBER = ".st-key-bar_threshold .number"
TABLE = "() => window.idcThreshold?.now?.table?.grid.length"
SAID = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done({
  at: window.idcThreshold.now.at, index: window.idcThreshold.now.index,
  behind: document.querySelectorAll("[data-behind]").length,
  root: document.documentElement.dataset.threshold,
  texts: Object.fromEntries([...document.querySelectorAll("[data-live]")]
    .map((each) => [each.dataset.live, each.textContent])),
}))))"""
"""What the page says once the frame is painted."""
WATCH = """() => {
  window.shown = [];
  const look = () => {
    const texts = [...document.querySelectorAll("[data-live]")].map((each) => each.textContent);
    shown.push(JSON.stringify(texts));
    if (document.documentElement.dataset.threshold) requestAnimationFrame(look);
  };
  look();
}"""
"""Notes down in every frame what stands on the page, until the threshold is at rest."""


def drawn_runs(root):
    """The demo as shipped, and scores of a rare class."""
    kept_out = shutil.ignore_patterns("looks.jsonl", ".*", "analysis", "checkpoint")
    shutil.copytree(REPOSITORY / "models" / "demo", root / "models" / "demo", ignore=kept_out)
    shutil.copytree(REPOSITORY / "data" / "demo", root / "data" / "demo")
    rows = patches(24, scores=lambda found: 1e-6 * found**3, seed=2)
    rows["x"], rows["y"] = 1 + 50 * rows.groupby("patient").cumcount(), 1
    rows.rename(columns={"score": "prob"}).to_csv(root / "rare.csv", index=False)
    choice = SplitChoice(validation=0.4)
    import_predictions(root / "rare.csv", root / "models" / "rare", split_choice=choice)
    return root


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("threshold")
        patch.setenv("IDC_MODELS", str(folder / "models"))
        patch.setenv("IDC_DATA", str(folder / "data"))
        yield drawn_runs(folder)


@pytest.fixture(scope="module")
def served(root, serve):
    with serve(root) as address:
        yield address


@pytest.fixture(params=["demo", "rare", "real"])
def run(request, root):
    """A run with scores over 0 to 1, of a rare class, and of published predictions."""
    folder = root / "models" / request.param
    if request.param == "real" and not folder.exists():
        import_predictions(request.getfixturevalue("real_root") / REAL, folder)
    return open_run(folder)


def opened(page, address, run, threshold="0.5"):
    page.goto(f"{address}/operating-point?run={run}&split=test&threshold={threshold}")
    at_rest(page)
    page.wait_for_function(TABLE)
    at_rest(page)
    return page


def hand_on(page, share):
    """Press the mouse on the slider, at a share of its length; gives what moves it on."""
    box = page.locator(SLIDER).bounding_box()

    def move(to):
        page.mouse.move(box["x"] + 8 + to * (box["width"] - 16), box["y"] + box["height"] / 2)

    move(share)
    page.mouse.down()
    return move


def differences(said, run):
    """What the page says otherwise than the library, by its key."""
    found = predictions.scores(run, "test")
    expected = page_texts(found.patients, found.ranked, said["at"], found.raster)
    texts = {key: text for key, text in said["texts"].items() if not key.startswith("use.")}
    return {key: (text, expected[key]) for key, text in texts.items() if text != expected[key]}


def moved_about(page, run, values):
    """The differences at random values, half of them dragged to and half stepped to by keys."""
    hurry, found, seen = random.Random(str(run.path.name)), {}, set()
    move = hand_on(page, 0.5)
    for nth in range(values):
        if nth == values // 2:
            page.mouse.up()
            page.locator(SLIDER).focus()
        if nth < values // 2:
            move(hurry.random())
        else:  # pressed and not let go
            page.keyboard.down(hurry.choice(("PageUp", "PageDown", "ArrowLeft", "ArrowRight")))
        said = page.evaluate(SAID)
        assert (said["behind"], said["index"] >= 0) == (0, True)
        seen.add(said["at"])
        if wrong := differences(said, run):
            found[said["at"]] = wrong
    for key in ("PageUp", "PageDown", "ArrowLeft", "ArrowRight"):
        page.keyboard.up(key)
    assert len(seen) > values / 4
    return found


def test_while_it_moves_the_page_says_what_the_library_computes(served, run, cleared_tab):
    page = opened(cleared_tab, served, run.path.name)
    assert moved_about(page, run, VALUES) == {}


def with_table(page, change):
    """Let the browser get another table than the server sent."""

    def answer(route):
        told = json.loads(gzip.decompress(route.fetch().body()))
        change(told)
        route.fulfill(body=gzip.compress(json.dumps(told).encode()))

    page.route("**/media/*.gz", answer)


def test_a_table_that_is_wrong_by_one_row_is_caught(served, root, cleared_tab):
    page = cleared_tab

    def shift(told):
        rows = told["texts"]["sensitivity.n"]["rows"]
        told["texts"]["sensitivity.n"]["rows"] = [rows[0], *rows[:-1]]

    with_table(page, shift)
    opened(page, served, "demo")
    found = moved_about(page, open_run(root / "models" / "demo"), 40)
    assert found
    assert {key for wrong in found.values() for key in wrong} == {"sensitivity.n"}


def test_a_table_of_something_else_is_not_shown_and_the_server_answers(served, root, cleared_tab):
    page = cleared_tab
    with_table(page, lambda told: told.update(of="0" * 64))
    page.goto(f"{served}/operating-point?run=demo&split=test&threshold=0.5")
    at_rest(page)
    before = page.evaluate(SAID)["texts"]
    hand_on(page, 0.3)(0.8)
    said = page.evaluate(SAID)
    assert (said["root"], said["index"]) == ("awaited", -1)
    assert said["texts"] == before
    assert said["behind"] == len(before)
    page.mouse.up()
    at_rest(page)
    answered = page.evaluate(SAID)
    assert answered["texts"] != before
    assert differences(answered, open_run(root / "models" / "demo")) == {}


def test_a_table_that_was_planted_is_refused_said_and_made_again(
    copied, serve, tmp_path, cleared_tab
):
    root = copied(tmp_path)
    run = open_run(root / "models" / "small")
    page = cleared_tab
    keep(run)
    (kept,) = (run.path / "analysis").glob("threshold_v1_test_*")
    told = json.loads(gzip.decompress(kept.read_bytes()))
    told["tp"] = [count + 1 for count in told["tp"]]
    kept.write_bytes(gzip.compress(json.dumps(told).encode()))
    with serve(root) as address:
        page.goto(f"{address}/operating-point?run=small&split=test&threshold=0.5")
        page.get_by_text("It is made again.").wait_for()
        opened(page, address, "small")
        assert moved_about(page, run, 20) == {}


def test_nothing_is_sent_while_it_moves_one_message_at_rest_and_that_is_one_look(
    served, root, cleared_tab
):
    page, sent = cleared_tab, []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(1)))
    opened(page, served, "demo")
    looks = root / "models" / "demo" / "looks.jsonl"
    before, sent[:] = len(looks.read_text().splitlines()), []
    move = hand_on(page, 0.2)
    for step in range(30):
        move(0.2 + step / 60)
        page.evaluate(SAID)
    assert sent == []
    page.mouse.up()
    at_rest(page)
    assert len(sent) == 1
    slider = page.locator(SLIDER)
    slider.focus()
    for _ in range(12):  # a held key: the browser repeats it
        page.keyboard.down("ArrowRight")
        linger(page, 40)
    assert len(sent) == 1
    page.keyboard.up("ArrowRight")
    at_rest(page)
    assert len(sent) == 2
    assert len(looks.read_text().splitlines()) == before + 2


def test_no_frame_changes_with_the_answer(served, root, cleared_tab):
    page = opened(cleared_tab, served, "demo")
    for share in (0.11, 0.37, 0.52, 0.93):
        hand_on(page, 0.5)(share)
        page.evaluate(SAID)
        page.evaluate(WATCH)
        page.mouse.up()
        at_rest(page)
        shown = page.evaluate("shown")
        assert len(shown) > 2
        assert len({*shown, page.evaluate("(" + WATCH + ")(), shown[0]")}) == 1


STANDS = """() => {
  const page = document.querySelector(".st-key-page");
  const charts = [...page.querySelectorAll(".stVegaLiteChart")]; // labels in the order they came in
  for (const each of charts) each.hidden = true;
  const words = page.innerText;
  for (const each of charts) each.hidden = false;
  const each = (of, what) => [...page.querySelectorAll(of)].map(what);
  return [words, each("a", ({ href }) => href), each("[data-line]", (e) => e.dataset.line),
    each("button, input", (e) => [e.textContent || e.value, e.disabled])];
}"""
"""What is read and pressed on the page, and what its files would say."""


def told(frames):
    """Elements and boxes in messages of the server's."""
    kinds = [ForwardMsg.FromString(each).WhichOneof("type") for each in frames]
    return sum(kind in ("delta", "ref_hash") for kind in kinds)


@pytest.mark.parametrize(
    ("place", "share"),
    [
        ("operating-point?", 0.35),
        ("operating-point?tab=clinic&", 0.6),
        ("overview?", 0.6),
        ("patients?", 0.75),
    ],
)
def test_what_stays_is_not_sent_again_and_the_page_is_that_of_its_address(
    served, tab, place, share
):
    page, frames = tab(), []
    page.on(
        "websocket", lambda socket: socket.on("framereceived", lambda each: frames.append(each))
    )
    page.goto(f"{served}/{place}run=demo&split=test&threshold=0.5")
    at_rest(page)
    page.wait_for_function(TABLE)
    whole = told(frames)
    number, sent = page.locator(NUMBER), []
    # An answer that takes long is sent whole: on a machine with much else to do, some are.
    for typed in ("0.3", "0.62", "0.41", "0.55", "0.7", "0.2", "0.64", "0.37", "0.51"):
        frames.clear()
        number.fill(typed)
        page.keyboard.press("Enter")
        page.wait_for_function(f"() => location.search.includes('threshold={typed}')")
        at_rest(page)
        sent.append(told(frames))
        if len(sent) > 2 and sent[-1] < share * whole:
            break
    page.keyboard.press("Tab")
    assert 0 < sent[-1] < share * whole, sent
    stood = page.evaluate(STANDS)
    page.reload()
    at_rest(page)
    assert page.evaluate(STANDS) == stood


def test_a_typed_number_is_taken_exactly_and_another_word_is_refused_in_place(
    served, root, cleared_tab
):
    page = opened(cleared_tab, served, "demo")
    number, slider = page.locator(NUMBER), page.locator(SLIDER)
    number.fill("0,123456789")
    page.keyboard.press("Enter")
    at_rest(page)
    assert "threshold=0.123456789" in page.url
    number.focus()
    assert number.input_value() == "0.123456789"
    assert slider.get_attribute("aria-valuetext").startswith("threshold 0.123456789, sensitivity 0")
    assert differences(page.evaluate(SAID), open_run(root / "models" / "demo")) == {}
    number.fill("1.2")
    page.keyboard.press("Enter")
    page.get_by_text("Expected a threshold from 0 to 1: found 1.2.").wait_for()
    page.keyboard.press("Escape")  # leaves the field
    assert number.input_value() == "0.123"
    number.fill("2")
    page.keyboard.press("Tab")  # left as it is: the sentence stays, what holds stands there again
    page.get_by_text("Expected a threshold from 0 to 1: found 2.").wait_for()
    assert number.input_value() == "0.123"  # as everywhere on the page; exactly in the hand
    assert number.get_attribute("title") == "Exactly 0.123456789"
    number.focus()
    assert number.input_value() == "0.123456789"
    assert "threshold=0.123456789" in page.url
    slider.press("ArrowUp")
    at_rest(page)
    assert "threshold=0.124" in page.url
    slider.press("Home")
    at_rest(page)
    assert "threshold=0.0" in page.url
    page.go_back()
    at_rest(page)
    assert number.input_value() == "0.124"


def test_an_answer_does_not_take_the_slider_out_of_the_hand(served, cleared_tab):
    page = opened(cleared_tab, served, "demo")
    move = hand_on(page, 0.5)
    move(0.6)
    page.mouse.up()
    move = hand_on(page, 0.6)
    move(0.7)  # before the answer for 0.6 is there
    page.wait_for_function("() => !new URL(location.href).search.includes('threshold=0.5&')")
    page.wait_for_function("() => location.search.includes('threshold=0.6')")
    linger(page, 500)
    said = page.evaluate(SAID)
    assert said["root"] == "followed"
    assert 0.68 < said["at"] < 0.72
    page.mouse.up()
    at_rest(page)
    assert f"threshold={said['at']}" in page.url


def test_a_key_takes_no_file_while_it_moves(served, cleared_tab):
    page, taken = cleared_tab, []
    page.goto(f"{served}/operating-point?run=demo&split=validation&threshold=0.5")
    at_rest(page)
    page.on("download", lambda file: taken.append(file.suggested_filename))
    # a key on a button is a click to the browser
    press = "document.querySelector('.st-key-csv_roc button').click()"
    page.locator(SLIDER).focus()
    page.keyboard.down("ArrowRight")  # held: it rests some time after it was let go
    assert page.evaluate(f"() => {{ {press}; return document.documentElement.dataset.threshold }}")
    page.keyboard.up("ArrowRight")
    at_rest(page)
    with page.expect_download() as file:
        page.evaluate(press)
    assert taken == [file.value.suggested_filename]


def test_a_finger_drags_it(served, root, tab):
    page = opened(tab(has_touch=True), served, "demo")
    box, hand = page.locator(SLIDER).bounding_box(), page.context.new_cdp_session(page)

    def touch(kind, *shares):
        at = [{"x": box["x"] + share * box["width"], "y": box["y"] + 12} for share in shares]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    touch("touchStart", 0.5)
    for share in (0.55, 0.65, 0.8):
        touch("touchMove", share)
    said = page.evaluate(SAID)
    assert (said["root"], said["behind"]) == ("followed", 0)
    assert 0.75 < said["at"] < 0.85
    assert differences(said, open_run(root / "models" / "demo")) == {}
    touch("touchEnd")
    at_rest(page)
    assert f"threshold={said['at']}" in page.url
