"""Are the pages quick at the size of the whole data set?

Promised, with 277,524 predictions, in Chromium:

- after a move of the threshold, the changed number is painted within 1.5× and the page complete
  within 3× of what a page with nothing but one slider needs, medians of 20 moves in the same run;
- a warm page, opened from the navigation, is complete in under 1.5 s (median of 3, every page).

A move is one press of an arrow key on the slider, the same on both pages. *Painted* is the second
frame after the number changed. *Complete* is the last change of the document (at the earliest, the
painted number) before it kept still for 0.3 s with no script running. Both are counted from the key
press on, by the browser's own clock.

The data is drawn: no patch is real, all pixels are zero and lie in a file without blocks on disk.
"""

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from idc_core.demo.many import drawn_predictions
from idc_core.evaluation import write_evaluation
from idc_core.files import write_json, write_parquet, write_text
from idc_core.places import REPOSITORY
from idc_core.runs import open_run

MOVES = 20
OPENINGS = 3
PAINTED, COMPLETE, WARM_SECONDS = 1.5, 3.0, 1.5
PAGES = ("Overview", "Training", "Threshold", "Patients", "Feature maps", "Predict", "Data")

ONE_SLIDER = """
import streamlit as st

value = st.slider("Threshold", 0.0, 1.0, 0.5, 0.01)
st.html(f'<div class="idc-number">{value:.2f}</div>')
"""

# Watches the document from a key press or click on; tells when the number was painted and when the
# page was complete, in milliseconds.
WATCH = """
(kind) => new Promise((resolve, reject) => {
  const number = () => [...document.querySelectorAll('.idc-number')].map(e => e.textContent).join();
  const app = document.querySelector('[data-testid="stApp"]');
  const idle = () => app.getAttribute('data-test-script-state') === 'notRunning'
    && !document.querySelector('[data-testid="stSkeleton"]');
  const before = number();
  let began = null, painted = null, last = null;
  const watcher = new MutationObserver(() => {
    if (began === null) return;
    last = performance.now();
    if (painted === null && number() !== before) {
      painted = -1;
      requestAnimationFrame(() => requestAnimationFrame(() => { painted = performance.now(); }));
    }
  });
  watcher.observe(document.body,
    { subtree: true, childList: true, characterData: true, attributes: true });
  const begin = () => { began = last = performance.now(); };
  document.addEventListener(kind, begin, { capture: true, once: true });
  const asking = setInterval(() => {
    if (began === null) return;
    const now = performance.now();
    const answered = kind !== 'keydown' || painted > 0;
    if (answered && idle() && now - last > 300 && last > began) {
      clearInterval(asking);
      watcher.disconnect();
      resolve({ painted: painted - began, complete: Math.max(last, painted ?? 0) - began });
    } else if (now - began > 20000) {
      clearInterval(asking);
      reject(new Error('the page did not come to rest in 20 s'));
    }
  }, 20);
})
"""


def main() -> bool:
    """Print a line a promise; return whether all were kept."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("page speed: not measured, needs chromium (Debian: apt-get install chromium)")
        return False
    with tempfile.TemporaryDirectory(prefix="idc-bench-") as scratch:
        folder = Path(scratch)
        make_big_run(folder)
        write_text(folder / "one_slider.py", ONE_SLIDER)
        places = {"IDC_MODELS": str(folder / "models"), "IDC_DATA": str(folder / "data")}
        with (
            _served(REPOSITORY / "dashboard" / "app.py", places) as dashboard,
            _served(folder / "one_slider.py", places) as slider,
        ):
            return _measure(chromium, dashboard, slider)


def make_big_run(folder: Path) -> None:
    """A run with predictions of 277,524 patches, its store, and a network if one is shipped."""
    predictions = drawn_predictions()
    run, store = folder / "models" / "big", folder / "data" / "big"
    write_parquet(run / "predictions.parquet", predictions)
    info = {
        "status": "finished", "network": "drawn", "config": {}, "seed": 0, "monitor": "val_auc",
        "data": {"name": "big", "fingerprint": "drawn for this benchmark"}, "epochs": 30,
        "best_epoch": 21, "trained_on": "nothing: its scores are drawn", "parameters": 0,
    }  # fmt: skip
    write_json(run / "run.json", info)
    write_text(run / "history.csv", _history(30).to_csv(index=False))
    write_evaluation(open_run(run))
    for shipped in ("demo", "reference"):
        network = REPOSITORY / "models" / shipped / "model.onnx"
        if network.is_file():
            shutil.copy(network, run / "model.onnx")
            break
    _make_store(store, predictions)


def _make_store(store: Path, predictions: pd.DataFrame) -> None:
    order = predictions.sort_values(["patient", "y", "x"], ignore_index=True)
    index = order.assign(width=np.int16(50), height=np.int16(50))
    index["digest"] = [f"{number:064x}" for number in range(len(index))]
    columns = ["patient", "x", "y", "label", "width", "height", "file", "digest", "split"]
    write_parquet(store / "index.parquet", index[columns])
    write_text(store / "rejects.csv", "file,reason,detail\n")
    write_text(store / "duplicates.csv", "digest,file,label,split\n")
    shape = (len(index), 50, 50, 3)
    np.lib.format.open_memmap(store / "patches.npy", "w+", np.uint8, shape)  # nothing is written
    manifest = {
        "name": "big", "source": "drawn", "fingerprint": "drawn for this benchmark",
        "whole_patients": sorted(index["patient"].unique().tolist()),
        "counts": {"patches": len(index)},
    }  # fmt: skip
    write_json(store / "manifest.json", manifest)


def _history(epochs: int) -> pd.DataFrame:
    epoch = np.arange(1, epochs + 1)
    fall, rise = 0.6 * np.exp(-epoch / 8) + 0.3, 0.92 - 0.2 * np.exp(-epoch / 6)
    return pd.DataFrame(
        {
            "epoch": epoch, "learning_rate": 0.001, "seconds": 20.0, "loss": fall,
            "accuracy": rise, "auc": rise, "val_loss": fall + 0.02, "val_accuracy": rise - 0.02,
            "val_auc": rise - 0.01,
        }
    )  # fmt: skip


@contextmanager
def _served(script: Path, places: dict[str, str]) -> Iterator[str]:
    """Serve a Streamlit script on a free port; the address, until the block is left."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port),
        "--server.headless", "true", "--server.fileWatcherType", "none",
        "--browser.gatherUsageStats", "false",
    ]  # fmt: skip
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command, cwd=REPOSITORY, env=os.environ | places, stdout=quiet, stderr=quiet
    ) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/_stcore/health")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait_for(address: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"expected a server at {address} within 30 s: it did not answer.")


def _measure(chromium: str, dashboard: str, slider: str) -> bool:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        size: Any = {"width": 1280, "height": 800}
        plain, full = browser.new_page(viewport=size), browser.new_page(viewport=size)
        plain.goto(slider)
        full.goto(f"{dashboard}/threshold?run=big&threshold=0.5")
        for page in (plain, full):
            page.wait_for_selector(".idc-number", timeout=60_000)
            page.wait_for_timeout(3_000)
        kept = _moves(plain, full)
        kept += [_opening(full, name) for name in (*PAGES, *PAGES[:1])[1:]]
        browser.close()
    return all(kept)


def _moves(plain: Any, full: Any) -> list[bool]:
    """Move both sliders in turns; judge the ratios of the medians."""
    taken: dict[Any, list[dict[str, float]]] = {plain: [], full: []}
    for move in range(MOVES + 2):
        for page in (plain, full):
            found = _after(page, "keydown", lambda page=page: _press(page))
            if move >= 2:  # the first moves fill caches
                taken[page].append(found)

    def median(page: Any, what: str) -> float:
        return statistics.median(each[what] for each in taken[page])

    kept = []
    for what, promised in (("painted", PAINTED), ("complete", COMPLETE)):
        ours, bare = median(full, what), median(plain, what)
        told = f"threshold moved, {what}: {ours:.0f} ms against {bare:.0f} ms, ratio"
        kept.append(_judge(told, ours / bare, promised, "×"))
    return kept


def _press(page: Any) -> None:
    page.get_by_test_id("stSlider").first.locator("input").press("ArrowRight")


def _opening(page: Any, name: str) -> bool:
    """Open a page from the navigation, again and again from another one."""
    other = "Data" if name != "Data" else "Predict"
    seconds = []
    for opening in range(OPENINGS + 1):
        _after(page, "click", lambda: _link(page, other).click())
        found = _after(page, "click", lambda: _link(page, name).click())
        if opening:  # the first one warms the page
            seconds.append(found["complete"] / 1000)
    return _judge(f"warm page {name}", statistics.median(seconds), WARM_SECONDS, " s")


def _link(page: Any, name: str) -> Any:
    return page.get_by_test_id("stSidebarNavLink").filter(has_text=name)


def _after(page: Any, kind: str, act: Any) -> dict[str, float]:
    """What `WATCH` tells of a page after an action that starts with an event of this kind."""
    page.bring_to_front()
    page.evaluate(f"window.watched = ({WATCH})('{kind}'); null")
    act()
    found: dict[str, float] = page.evaluate("window.watched")
    return found


def _judge(name: str, measured: float, promised: float, unit: str) -> bool:
    kept = measured <= promised
    print(f"{name}: {measured:.2f}{unit} ({promised}{unit}) {'ok' if kept else 'MISS'}", flush=True)
    return kept


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
