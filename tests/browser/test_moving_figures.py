"""While the threshold is dragged, every figure shows what stands there once the server answers.

Three runs: the demo, published predictions of real patches, and scores of a rare class, whose axis
is one of log odds. Frames are recorded after each is painted.

Charts that the browser has painted are not sent again: they stay as exact as those of a page that
is loaded there, and what Vega says and saves of them waits for the server's own.
"""

import shutil

import numpy as np
import pandas as pd
import pytest

from idc_core.importing.run import import_predictions
from idc_core.io.paths import REPOSITORY, real_data
from tests.browser.rest import Session, at_rest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PLACES = (0.31, 0.02, 1.0, 0.74, 0.25)
"""Where the slider is let go, as shares of its width."""
FEW = PLACES[:3]
"""Of these: in the middle and at both ends."""
_PICTURES = """() => Object.fromEntries(
  [...document.querySelectorAll("[class*='st-key-chart_']")].flatMap((chart) => {
    const told = chart.querySelector("[data-moves]"), svg = chart.querySelector("svg.marks");
    if (!told || !svg) return [];
    const key = [...chart.classList].find((each) => each.startsWith("st-key-chart_"));
    const lengths = (each) => ["d", "transform", "x2", "y2"]
      .flatMap((name) => each.getAttribute(name)?.match(/-?[\\d.]+(e-?\\d+)?/g) ?? []).map(Number);
    const marks = [...svg.querySelectorAll("path, text, line")]
      .filter((each) => !each.closest("[display=none]"))
      .filter((each) => each.tagName !== "path" || each.getAttribute("d"))
      .filter((each) => each.tagName !== "text" || each.textContent)
      .map((each) => [each.tagName, each.tagName === "text" ? each.textContent : "",
        each.getAttribute("fill"), each.getAttribute("stroke"), lengths(each)]);
    const { x, y, width, height } = svg.getBoundingClientRect();
    // On Compare what stands above waits for the server, and may then take another line.
    const top = key.includes("compare") ? 0 : y + scrollY;
    return [[key, [["box", "", "", "", [x, top, width, height]], ...marks]]];
  }))"""
_RECORD = """() => {
  const pictures = PICTURES;
  window.frames = [];
  window.recording = true;
  // What is sent in a frame arrives once it is painted.
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    const now = JSON.stringify(pictures());
    if (window.frames.at(-1) !== now) window.frames.push(now);
    if (window.recording) requestAnimationFrame(() => port2.postMessage(0));
  };
  requestAnimationFrame(() => port2.postMessage(0));
}""".replace("PICTURES", _PICTURES)
_PLAY = "() => { window.recording = false; return window.frames.map((each) => JSON.parse(each)); }"
_MOVING = "() => document.documentElement.dataset.threshold === 'followed'"
CHARTS = "() => document.querySelectorAll('[class*=st-key-chart_] .idc-facts[data-drawn]').length"
AHEAD = "() => document.querySelectorAll('[data-ahead]').length"


CASES = {
    f"{tab} of {run}": (f"operating-point?tab={tab}", run, figures)
    for run in ("demo", "rare", "published")
    for tab, figures in (("threshold", 5), ("clinic", 3))
} | {"cells of two": ("compare?other=other&how=bar", "rare", 1)}
"""Page, run, and how many figures follow."""
QUICK = ("threshold of demo", "clinic of rare", "cells of two")
"""Every page and two kinds of run."""
MOVES = [
    *((case, FEW) for case in QUICK),
    *(pytest.param(case, PLACES, marks=pytest.mark.long) for case in CASES),
]


def rare(path, seed):
    """Predictions of a rare class: all scores are next to 0."""
    label = (np.random.default_rng(4).random(6000) < 0.02).astype(int)
    noise = np.random.default_rng(seed).normal(size=6000)
    score, at = 1 / (1 + np.exp(11 - 2.5 * label - noise)), np.arange(6000)
    pd.DataFrame(
        {
            "patient": [f"P{each % 24}" for each in at],
            "x": 1 + 50 * (at // 24 % 20),
            "y": 1 + 50 * (at // 480),
            "label": label,
            "score": score,
        }
    ).to_csv(path, index=False)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A folder with the demo, a rare class, and one to compare with it."""
    root = tmp_path_factory.mktemp("figures")
    (root / "data").mkdir()
    shutil.copytree(REPOSITORY / "models" / "demo", root / "models" / "demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IDC_MODELS", str(root / "models"))
        patch.setenv("IDC_DATA", str(root / "data"))
        for seed, name in enumerate(("rare", "other")):
            rare(root / f"{name}.csv", seed)
            import_predictions(root / f"{name}.csv", root / "models" / name)
        yield root


@pytest.fixture(scope="module")
def published(runs):
    """The run of published predictions, as well; the test skips where a machine has none."""
    file = real_data() / "predictions" / "patientwise_photonvish" / "image_level_probs.csv"
    if not file.is_file():
        pytest.skip("no published predictions: set IDC_REAL_DATA to a folder with predictions/")
    import_predictions(file, runs / "models" / "published")


@pytest.fixture(scope="module")
def served(runs, serve):
    with serve(runs) as address:
        yield address


def opened(page, address, run):
    page.goto(f"{address}&run={run}&split=test&threshold=0.4")
    at_rest(page)
    page.wait_for_function("() => window.idcThreshold?.now?.table")


def grab(page):
    """Take hold of the slider; gives its box."""
    slider = page.locator(".st-key-bar_threshold input[type=range]")
    box = slider.bounding_box()
    page.mouse.move(*place(box, 0.4))
    page.mouse.down()
    return box


def place(box, share):
    return box["x"] + share * box["width"], box["y"] + box["height"] / 2


def differences(one, other):
    """Where two pictures differ by a word, a colour, or more than a hundredth of a pixel."""
    found = [] if one.keys() == other.keys() else [f"{one.keys()} and {other.keys()}"]
    for key in one.keys() & other.keys():
        if len(one[key]) != len(other[key]):
            found.append(f"{key}: {len(one[key])} marks and {len(other[key])}")
            continue
        found += [
            f"{key}: {a} and {b}"
            for a, b in zip(one[key], other[key], strict=True)
            if a[:4] != b[:4] or len(a[4]) != len(b[4]) or not np.allclose(a[4], b[4], atol=0.02)
        ]
    return found[:3]


@pytest.mark.parametrize(("case", "places"), MOVES)
def test_what_is_painted_while_it_moves_stands_after_the_answer(
    request, served, cleared_tab, case, places
):
    page, (address, run, figures) = cleared_tab, CASES[case]
    if run == "published":
        request.getfixturevalue("published")
    opened(page, f"{served}/{address}", run)
    before = page.evaluate(_PICTURES)
    assert len(before) == figures
    shown = {}
    for share in places:
        box = grab(page)
        page.mouse.move(*place(box, (share + 0.4) / 2))
        page.mouse.move(*place(box, share))
        page.wait_for_function(_MOVING)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        moving = page.evaluate(_PICTURES)
        assert differences(before, moving), "nothing follows"
        page.evaluate(_RECORD)
        page.mouse.up()
        at_rest(page)
        frames, rest = page.evaluate(_PLAY), page.evaluate(_PICTURES)
        assert [each for frame in frames if (each := differences(moving, frame))] == []
        assert differences(moving, rest) == []
        before = rest
        shown[page.evaluate("() => window.idcThreshold.now.at")] = rest
    # What stands there at rest may be what was painted: a page that is loaded has the server's own.
    session = Session(page)
    for threshold, painted in shown.items():
        session.open(f"{served}/{address}&run={run}&split=test&threshold={threshold!r}")
        at_rest(page)
        assert differences(painted, page.evaluate(_PICTURES)) == [], threshold


@pytest.fixture
def threshold_tab(served):
    return f"{served}/operating-point?tab=threshold"


def let_go(page, share):
    """Drag the threshold to a share of the slider; the pictures once that is answered."""
    box = grab(page)
    page.mouse.move(*place(box, (share + 0.4) / 2))
    page.mouse.move(*place(box, share))
    page.mouse.up()
    at_rest(page)
    return page.evaluate(_PICTURES)


def settled(page):
    """The pictures once a pointer has brought the server's own."""
    page.locator(".st-key-chart_histogram svg.marks").hover()
    page.wait_for_function("() => !document.querySelector('[data-ahead]')")
    at_rest(page)
    return page.evaluate(_PICTURES)


def marks(pictures):
    """What is drawn, wherever it stands on the page."""
    return {key: drawn[1:] for key, drawn in pictures.items()}


def test_charts_that_are_painted_are_not_sent_again(threshold_tab, cleared_tab):
    page = cleared_tab
    opened(page, threshold_tab, "demo")
    assert page.evaluate(AHEAD) == 0
    charts = page.evaluate(CHARTS)
    let_go(page, 0.3)
    drawn = "() => document.querySelector('.idc-facts[data-drawn]').dataset.drawn"
    assert page.evaluate(drawn) == "0.4"
    assert page.evaluate(AHEAD) == charts == 5


def narrowed(page):
    """The pictures in a window that has become narrower."""
    page.set_viewport_size({"width": 1120, "height": 800})
    at_rest(page)
    found = marks(page.evaluate(_PICTURES))
    page.set_viewport_size({"width": 1280, "height": 800})
    return found


def test_they_follow_a_window_that_changes(threshold_tab, cleared_tab):
    page = cleared_tab
    opened(page, threshold_tab, "demo")
    let_go(page, 0.74)
    painted = narrowed(page)
    assert page.evaluate(AHEAD) == 5
    at = page.evaluate("() => window.idcThreshold.now.at")
    Session(page).open(f"{threshold_tab}&run=demo&split=test&threshold={at!r}")
    at_rest(page)
    assert differences(painted, narrowed(page)) == []


def test_a_pointer_on_a_chart_brings_the_servers_own_and_its_words(threshold_tab, cleared_tab):
    page = cleared_tab
    opened(page, threshold_tab, "demo")
    painted = let_go(page, 0.62)
    toolbar = page.locator(".st-key-chart_histogram [data-testid=stElementToolbar]")
    assert toolbar.evaluate("(it) => getComputedStyle(it).display") == "none"
    assert differences(painted, settled(page)) == []
    line = page.locator(".st-key-chart_histogram .rule_marks > *").first.bounding_box()
    page.mouse.move(line["x"] + line["width"] / 2, line["y"] + line["height"] / 3)
    said = page.locator("#vg-tooltip-element.visible")
    said.wait_for()
    at = page.evaluate("() => window.idcThreshold.now.at")
    assert f"{at:.3g}" in said.inner_text()
    assert toolbar.evaluate("(it) => getComputedStyle(it).display") != "none"


def test_back_in_the_browser_shows_the_threshold_before(threshold_tab, cleared_tab):
    page = cleared_tab
    opened(page, threshold_tab, "demo")
    first = page.evaluate(_PICTURES)
    second = let_go(page, 0.25)
    let_go(page, 0.8)
    page.go_back()
    at_rest(page)
    assert differences(second, page.evaluate(_PICTURES)) == []
    page.go_back()
    at_rest(page)
    assert differences(first, page.evaluate(_PICTURES)) == []
