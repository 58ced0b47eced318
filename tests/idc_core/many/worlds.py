"""Runs whose predictions lie in parts, each beside the same table in memory."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from idc_core.io.files import write_json
from idc_core.runs import score_parts
from idc_core.runs.run import Run, open_run


def drawn(patients: int = 9, each: int = 60, digits: int | None = 2, seed: int = 0) -> pd.DataFrame:
    """Patches of patients of unequal size, none in order: ties across patients and classes, one
    patient with a single class, one without a label, some patches without one."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(each // 3, 2 * each, patients)
    owner = np.repeat(np.arange(patients), sizes)
    label = (rng.random(len(owner)) < rng.beta(0.8, 1.1, patients)[owner]).astype(np.int8)
    label[owner == 1] = 0
    label[owner == 2] = -1
    label[rng.random(len(owner)) < 0.05] = -1
    score = 1 / (1 + np.exp(-(1.5 * (label == 1) - 0.9 + rng.standard_normal(len(owner)))))
    score = score if digits is None else np.round(score, digits)
    place = np.concatenate([np.arange(size) for size in sizes])
    table = pd.DataFrame(
        {
            "patient": np.array([f"P{10 - number:02d}" for number in range(patients)])[owner],
            "x": (place % 7 * 50 + 1).astype(np.int32),
            "y": (place // 7 * 50 + 1).astype(np.int32),
            "label": label,
            "split": np.where(owner % 4 == 3, "validation", "test"),
            "score": score,
            "file": "",
        }
    )
    return table.sample(frac=1, random_state=seed, ignore_index=True)


def run_of(folder: Path, table: pd.DataFrame, parts: int = 3) -> Run:
    """A run of these predictions, cut into parts where they lie: patients lie in several."""
    ends = np.linspace(0, len(table), parts + 1).astype(int)
    score_parts.write_parts(
        folder,
        (
            pa.Table.from_pandas(table.iloc[start:end], preserve_index=False)
            for start, end in pairwise(ends)
        ),
    )
    write_json(folder / "run.json", {"status": "imported", "data": {"name": "drawn"}})
    return open_run(folder)
