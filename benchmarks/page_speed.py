"""Are the pages quick at the size of the whole data set?

Promised, with 277,524 predictions, in Chromium: a warm page, opened from the navigation, is
complete in under 1.5 s (median of 3, every page). How it follows the threshold: `threshold_speed`.

The data is drawn: no patch is real, all pixels are zero and lie in a file without blocks on disk.
"""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.shared.browser import after, chromium, link, served, tabs
from benchmarks.shared.promise import judge
from benchmarks.shared.synthetic_predictions import drawn_predictions
from dashboard import pages
from idc_core.evaluate import threshold_tables
from idc_core.evaluate.evaluation import write_evaluation
from idc_core.io.files import write_json, write_parquet, write_text
from idc_core.io.paths import REPOSITORY
from idc_core.runs.run import open_run

OPENINGS = 3
WARM_SECONDS = 1.5
ASKING = {"network", "robustness", "score"}
"""They ask the network many times before they are complete: see `inside_speed`."""
PAGES = [page for page in pages.PAGES if page.key not in ASKING]


def main() -> bool:
    """Print a line a promise; return whether all were kept."""
    browser = chromium()
    if browser is None:
        return False
    with tempfile.TemporaryDirectory(prefix="idc-bench-") as scratch:
        folder = Path(scratch)
        make_big_run(folder)
        places = {"IDC_MODELS": str(folder / "models"), "IDC_DATA": str(folder / "data")}
        with served(REPOSITORY / "dashboard" / "app.py", places) as dashboard:
            return _measure(browser, dashboard)


def make_big_run(folder: Path) -> None:
    """A run with predictions of 277,524 patches, its store, and a network if one is shipped."""
    predictions = drawn_predictions()
    run, store = folder / "models" / "big", folder / "data" / "big"
    write_parquet(run / "predictions.parquet", predictions)
    info = {
        "status": "finished",
        "network": "drawn",
        "config": {},
        "seed": 0,
        "monitor": "val_auc",
        "data": {"name": "big", "fingerprint": "drawn for this benchmark"},
        "epochs": 30,
        "best_epoch": 21,
        "trained_on": "nothing: its scores are drawn",
        "parameters": 0,
    }
    write_json(run / "run.json", info)
    write_text(run / "history.csv", _history(30).to_csv(index=False))
    write_evaluation(open_run(run))
    threshold_tables.keep(open_run(run))
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
        "name": "big",
        "source": "drawn",
        "fingerprint": "drawn for this benchmark",
        "whole_patients": sorted(index["patient"].unique().tolist()),
        "counts": {"patches": len(index)},
    }
    write_json(store / "manifest.json", manifest)


def _history(epochs: int) -> pd.DataFrame:
    epoch = np.arange(1, epochs + 1)
    fall, rise = 0.6 * np.exp(-epoch / 8) + 0.3, 0.92 - 0.2 * np.exp(-epoch / 6)
    return pd.DataFrame(
        {
            "epoch": epoch,
            "learning_rate": 0.001,
            "seconds": 20.0,
            "loss": fall,
            "accuracy": rise,
            "auc": rise,
            "val_loss": fall + 0.02,
            "val_accuracy": rise - 0.02,
            "val_auc": rise - 0.01,
        }
    )


def _measure(browser: str, dashboard: str) -> bool:
    with tabs(browser, f"{dashboard}/operating-point?run=big&threshold=0.5") as (full,):
        kept = [opening(full, asked) for asked in (*PAGES, *PAGES[:1])[1:]]
    return all(kept)


def opening(page: Any, asked: pages.Page, of: str = "") -> bool:
    """Open a page from the navigation, again and again from another one; `of`: what it is of."""
    other = pages.of("data" if asked.key != "data" else "patients")
    seconds = []
    for turn in range(OPENINGS + 1):
        after(page, "click", lambda: link(page, other).click())
        found = after(page, "click", lambda: link(page, asked).click())
        if turn:  # the first one warms the page
            seconds.append(found["complete"] / 1000)
    return judge(f"warm page {asked.title}{of}", statistics.median(seconds), WARM_SECONDS, " s")


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
