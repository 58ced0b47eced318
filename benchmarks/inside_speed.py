"""Is the network's inside quick? Activations, one prediction, a new layer, a new patch.

Promised:

- all activations of one patch come at least 30 times as fast from ONNX Runtime as from Keras's
  `model.predict` on the same outputs (medians in turns, one process);
- one patch is scored in under 20 ms in the server, the run's calibration included;
- a new layer and a new patch on Feature maps are painted within 2× of the time that a page with
  nothing but one slider needs to paint its number (medians of 20 changes in the same run).

Printed without a promise: Grad-CAM with its three maps of shuffled weights, and all scores of a
patch without each channel of a layer.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks.shared.browser import ONE_SLIDER, chromium, served, tabs
from benchmarks.shared.promise import judge
from benchmarks.slide_speed import NUMBER, WATCH
from idc_core.demo.build import ensure_demo
from idc_core.evaluate.recalibration import saved
from idc_core.interpret.channels.cut import read_layers
from idc_core.interpret.channels.worth import switched_off_here
from idc_core.interpret.explain.process import GradientProcess
from idc_core.io.paths import REPOSITORY
from idc_core.runs.run import open_run
from idc_core.score.scoring import Scorer

ACTIVATIONS, SCORED_MS, PAINTED = 30.0, 20.0, 2.0
REPEATS, CHANGES = 15, 20
RUN = REPOSITORY / "models" / "demo"

# Looking for the canvas in every frame would slow what is measured, so it is kept once it is found.
_TILES = (
    "(window.tiles?.isConnected ? window.tiles : (window.tiles ="
    " [...document.querySelectorAll('*')].map(e => e.shadowRoot).filter(Boolean)"
    ".map(r => r.querySelector('canvas.tiles')).filter(Boolean)[0]))?.dataset.drawn ?? null"
)


def main() -> bool:
    """Print a line a promise; return whether all were kept."""
    store = ensure_demo(REPOSITORY / "data" / "demo")
    patches = np.asarray(store.patches[:: len(store.index) // REPEATS][:REPEATS])
    found = [_activations(patches), _one(patches)]
    _unpromised(patches[0])
    browser = chromium()
    return all(found) and browser is not None and _pages(browser)


def _activations(patches: Any) -> bool:
    import keras

    model = keras.models.load_model(RUN / "model.keras", compile=False)
    scorer = Scorer(RUN / "model.onnx")
    wired = keras.Model(
        model.input, [model.get_layer(layer.name).output for layer in scorer.layers]
    )
    ours = _medians(scorer.activations, patches)
    theirs = _medians(
        lambda patch: wired.predict(patch[None].astype(np.float32), verbose=0), patches
    )
    told = f"{1000 * ours:.2f} ms against {1000 * theirs:.0f} ms of model.predict"
    return judge(
        "activations of one patch", theirs / ours, ACTIVATIONS, "×", at_least=True, detail=told
    )


def _one(patches: Any) -> bool:
    scorer, calibration = Scorer(RUN / "model.onnx"), saved(open_run(RUN))

    def score(patch: Any) -> Any:
        raw = scorer.score(patch[None])
        return raw if calibration is None else calibration.apply(raw)

    return judge("one patch scored in", 1000 * _medians(score, patches), SCORED_MS, " ms")


def _unpromised(patch: Any) -> None:
    process, scorer = GradientProcess(), Scorer(RUN / "model.onnx")
    said = {
        "model": str(RUN / "model.keras"),
        "method": "grad_cam",
        "seeds": 3,
        "layer": "block3_res2_relu2",
    }
    try:
        first = _timed(lambda: process.ask(said, {"pixels": patch[None]}))
        again = statistics.median(
            _timed(lambda: process.ask(said, {"pixels": patch[None]})) for _ in range(5)
        )
    finally:
        process.close()
    layer = max(read_layers(scorer), key=lambda each: each.shape[-1])
    off = _timed(lambda: switched_off_here(scorer, layer, patch))
    print(
        f"unpromised: Grad-CAM with its check {first:.1f} s with TensorFlow asleep, {again:.2f} s "
        f"awake; one patch without each of {layer.shape[-1]} channels {1000 * off:.0f} ms"
    )


def _medians(act: Callable[[Any], Any], patches: Any) -> float:
    act(patches[0])  # making ready is no part of the speed
    return statistics.median(_timed(partial(act, patch)) for patch in patches)


def _timed(act: Callable[[], Any]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _pages(browser: str) -> bool:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory(prefix="idc-bench-") as scratch:
        slider_script = Path(scratch) / "one_slider.py"
        slider_script.write_text(ONE_SLIDER)
        places: dict[str, str] = {}
        with (
            served(REPOSITORY / "dashboard" / "app.py", places) as dashboard,
            served(slider_script, places) as slider,
            tabs(
                browser,
                slider,
                f"{dashboard}/network?run=demo",
                ready=".idc-number, .idc-foot",
            ) as (plain, full),
        ):
            return _painted(plain, full)


def _painted(plain: Any, full: Any) -> bool:
    layers = full.locator('[role="radio"]')
    spread = [30, 14, 44, 8]  # layers of every size, never the one that is open
    taken: dict[str, list[float]] = {"slider": [], "layer": [], "patch": []}
    thumb = plain.get_by_test_id("stSlider").first.locator("input")
    layers.first.wait_for()
    for turn in range(CHANGES + 2):
        found = {
            "slider": _after(plain, "keydown", NUMBER, lambda: thumb.press("ArrowRight")),
            "layer": _after(full, "click", _TILES, layers.nth(spread[turn % 4]).click),
            "patch": _after(
                full, "click", _TILES, full.get_by_role("button", name="Random patch").click
            ),
        }
        for name, milliseconds in found.items():
            if turn >= 2:  # the first turns fill caches
                taken[name].append(milliseconds)
    bare = statistics.median(taken["slider"])
    kept_all = True
    for name in ("layer", "patch"):
        ours = statistics.median(taken[name])
        told = f"{ours:.0f} ms against {bare:.0f} ms of a page with one slider"
        kept_all &= judge(f"a new {name} painted", ours / bare, PAINTED, "×", detail=told)
    return kept_all


def _after(page: Any, kind: str, state: str, act: Callable[[], Any]) -> float:
    """Milliseconds from an action that starts with an event of this kind to the changed picture."""
    page.bring_to_front()
    page.evaluate(f"asked => {{ window.watched = ({WATCH})(asked); return null }}", [kind, state])
    act()
    found: float = page.evaluate("window.watched")
    page.wait_for_timeout(300)
    return found


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
