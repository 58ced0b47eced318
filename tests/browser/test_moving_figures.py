"""While the threshold is dragged, every figure shows what stands there once the server answers.

Three runs: the demo, published predictions of real patches, and scores of a rare class, whose axis
is one of log odds. Frames are recorded after each is painted.
"""

import os
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from idc_core.io.paths import REPOSITORY, real_data
from tests.browser.rest import Session, at_rest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PLACES = (0.31, 0.74, 0.02, 1.0, 0.25)
"""Where the slider is let go, as shares of its width."""
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


CASES = {
    f"{tab} of {run}": (f"operating-point?tab={tab}", run, figures)
    for run in ("demo", "rare", "published")
    for tab, figures in (("threshold", 5), ("clinic", 3))
} | {"cells of two": ("compare?other=other&how=bar", "rare", 1)}
"""Page, run, and how many figures follow."""
QUICK = {"threshold of demo", "clinic of rare", "cells of two"}
"""Every page and two kinds of run."""


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
    """A folder with the three runs, and one to compare; the names of those that are there."""
    root = tmp_path_factory.mktemp("figures")
    (root / "data").mkdir()
    shutil.copytree(REPOSITORY / "models" / "demo", root / "models" / "demo")
    files = {"rare": root / "rare.csv", "other": root / "other.csv"}
    for seed, file in enumerate(files.values()):
        rare(file, seed)
    published = real_data() / "predictions" / "patientwise_photonvish" / "image_level_probs.csv"
    if published.is_file():
        files["published"] = published
    places = {"IDC_MODELS": str(root / "models"), "IDC_DATA": str(root / "data")}
    for name, file in files.items():
        words = [sys.executable, "train_cli.py", "import-predictions", str(file), "--run", name]
        subprocess.run(words, cwd=REPOSITORY, env=os.environ | places, check=True, timeout=300)
    return root, ["demo", *files]


@pytest.fixture(scope="module")
def served(runs, serve):
    with serve(runs[0]) as address:
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


@pytest.mark.parametrize(
    "case", [pytest.param(each, marks=[pytest.mark.long] * (each not in QUICK)) for each in CASES]
)
def test_what_is_painted_while_it_moves_stands_after_the_answer(runs, served, cleared_tab, case):
    page, (address, run, figures) = cleared_tab, CASES[case]
    if run not in runs[1]:
        pytest.skip("no published predictions: set IDC_REAL_DATA to a folder with predictions/")
    opened(page, f"{served}/{address}", run)
    before = page.evaluate(_PICTURES)
    assert len(before) == figures
    shown = {}
    for share in PLACES:
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
