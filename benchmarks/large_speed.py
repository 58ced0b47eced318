"""Does the threshold page carry ten million predictions of ten thousand patients?

Promised, in Chromium:

- opened in under 5 s, counted from the click on the server that has shown another run before;
- the server stays below 2 GB;
- opening sends the browser under 300 KB.

How quickly it follows the threshold: `threshold_speed`.

The predictions are drawn: patients differ in size, burden and in how well they are scored.
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.shared.browser import chromium, server, tabs
from benchmarks.shared.promise import judge
from idc_core.evaluate import threshold_tables
from idc_core.io.files import append_json_line, write_json
from idc_core.io.paths import REPOSITORY
from idc_core.runs.run import open_run

PATCHES, PATIENTS = 10_000_000, 10_000
OPEN_SECONDS, GIGABYTES, KILOBYTES = 5.0, 2.0, 300.0


def main() -> bool:
    """Print a line a promise; return whether all were kept."""
    browser = chromium()
    if browser is None:
        return False
    with tempfile.TemporaryDirectory(prefix="idc-bench-") as scratch:
        folder = Path(scratch)
        make_run(folder / "models" / "large", PATCHES, PATIENTS)
        make_run(folder / "models" / "little", 2_000, 20)
        places = {"IDC_MODELS": str(folder / "models"), "IDC_DATA": str(folder / "data")}
        with server(REPOSITORY / "dashboard" / "app.py", places) as (dashboard, number):
            return _measure(browser, dashboard, number)


def make_run(run: Path, patches: int, patients: int, seed: int = 0) -> None:
    """An imported run whose predictions are all test."""
    rng = np.random.default_rng(seed)
    weight = rng.lognormal(0, 0.7, patients)
    sizes = 1 + rng.multinomial(patches - patients, weight / weight.sum())
    owner = np.repeat(np.arange(patients), sizes).astype(np.int32)
    burden, shift = rng.beta(0.5, 1.2, patients), rng.normal(0, 0.8, patients)
    label = rng.random(patches, np.float32) < burden[owner]
    logit = 1.4 * (2 * label - 1) + shift[owner] + 1.3 * rng.standard_normal(patches, np.float32)
    place = (np.arange(patches) - np.repeat(np.cumsum(sizes) - sizes, sizes)).astype(np.int32)
    names = pa.array([f"P{number:05d}" for number in range(patients)])
    constant = pa.array(np.zeros(patches, np.int8))
    table = pa.table(
        {
            "patient": pa.DictionaryArray.from_arrays(pa.array(owner), names),
            "x": place % 50 * 50 + 1,
            "y": place // 50 * 50 + 1,
            "label": label.astype(np.int8),
            "split": pa.DictionaryArray.from_arrays(constant, pa.array(["test"])),
            "score": (1 / (1 + np.exp(-logit))).astype(np.float32),
            "file": pa.DictionaryArray.from_arrays(constant, pa.array([""])),
        }
    )
    run.mkdir(parents=True)
    pq.write_table(table, run / "predictions.parquet", write_page_checksum=True)
    write_json(run / "run.json", {"status": "imported", "data": {"name": "drawn"}})
    append_json_line(run / "operating_points.jsonl", {"name": "drawn", "threshold": 0.5})
    threshold_tables.keep(open_run(run))


def _measure(browser: str, dashboard: str, number: int) -> bool:
    little = f"{dashboard}/operating-point?run=little&threshold=0.5"
    with tabs(browser, little) as (full,):
        sent = _listen(full)
        seconds = _opened(full, f"{dashboard}/operating-point?run=large&threshold=0.5")
        kept = [judge("ten million opened", seconds, OPEN_SECONDS, " s")]
        kept.append(judge("sent on opening", sum(sent) / 1000, KILOBYTES, " KB"))
    kept.append(judge("server's memory at its highest", _gigabytes(number), GIGABYTES, " GB"))
    return all(kept)


def _listen(page: Any) -> list[int]:
    """Sizes of what the server sends through its socket from now on."""
    sent: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda f: sent.append(len(f))))
    return sent


def _opened(page: Any, address: str) -> float:
    """Seconds until the figures of ten million are there and the script has come to rest."""
    started = time.perf_counter()
    page.goto(address)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.idc-number')].some((each) => "
        "each.textContent.includes('10,000,000 patches')) "
        "&& document.querySelector('[data-testid=\"stApp\"]')"
        ".getAttribute('data-test-script-state') === 'notRunning'",
        timeout=120_000,
    )
    return time.perf_counter() - started


def _gigabytes(number: int) -> float:
    """The most memory a process held so far."""
    status = Path(f"/proc/{number}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e9


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
