"""Is the threshold table made in time, and is it small enough to be fetched?

Promised, for one split that holds all predictions, sorted once already as in the dashboard:

- made and packed in at most 3 s for 277,524 predictions of 279 patients, also where all scores lie
  next to 0 as those of a rare class, and in at most 30 s for ten million of 10,000;
- at most 400 KB as it is sent, 2 MB unpacked.
"""

import gzip
import sys
import time

import numpy as np
import pandas as pd

from benchmarks.shared.promise import judge
from benchmarks.shared.synthetic_predictions import drawn_predictions
from idc_core.metrics.curves import Ranked
from idc_core.records.raster import USUAL
from idc_core.runs.patient_counts import by_patient
from idc_core.threshold_table.build import build
from idc_core.threshold_table.file import encoded

SECONDS, MANY_SECONDS, KILOBYTES, UNPACKED = 3.0, 30.0, 400.0, 2000.0
MANY, MANY_PATIENTS = 10_000_000, 10_000


def main() -> bool:
    """Print a line a promise; return whether all were kept."""
    usual = drawn_predictions()
    rare = usual.assign(score=1e-5 * usual["score"].astype(np.float64) ** 6)
    kept = [
        *_measure("277,524 predictions", usual, SECONDS),
        *_measure("277,524 of a rare class", rare, SECONDS),
        *_measure("ten million", _many(), MANY_SECONDS),
    ]
    return all(kept)


def _measure(name: str, table: pd.DataFrame, seconds: float) -> list[bool]:
    patients = by_patient(table)
    ranked = Ranked(table["label"].to_numpy(), table["score"].to_numpy())
    began = time.perf_counter()
    content = encoded(build(patients, ranked, USUAL, "benchmark"))
    took = time.perf_counter() - began
    unpacked = len(gzip.decompress(content)) / 1000
    of = f"{len(table):,} predictions of {len(patients):,} patients"
    return [
        judge(f"table of {name} made", took, seconds, " s", detail=of),
        judge(f"table of {name}, sent", len(content) / 1000, KILOBYTES, " KB"),
        judge(f"table of {name}, unpacked", unpacked, UNPACKED, " KB"),
    ]


def _many() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    owner = np.sort(rng.integers(0, MANY_PATIENTS, MANY))
    names = [f"P{number:05d}" for number in range(MANY_PATIENTS)]
    labels = rng.random(MANY) < rng.beta(0.5, 1.2, MANY_PATIENTS)[owner]
    logit = 1.4 * (2 * labels - 1) + rng.normal(0, 0.8, MANY_PATIENTS)[owner]
    logit += 1.3 * rng.standard_normal(MANY)
    return pd.DataFrame(
        {
            "patient": pd.Categorical.from_codes(owner, pd.Index(names)),
            "label": labels.astype(np.int8),
            "score": (1 / (1 + np.exp(-logit))).astype(np.float32),
        }
    )


if __name__ == "__main__":
    sys.exit(not main())
