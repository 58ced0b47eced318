"""A synthetic patient set on the usual grid, as a table, a store's index or a run's predictions."""

from pathlib import Path

import numpy as np
import pandas as pd

from idc_core.io.files import write_json, write_parquet


def tissue(patients: tuple[str, ...] = ("9001", "9002"), seed: int = 0) -> pd.DataFrame:
    """Lopsided tissue, 12 columns by 9 rows with holes: columns patient, x, y, label, score."""
    rng = np.random.default_rng(seed)
    parts = []
    for name in patients:
        column, row = np.meshgrid(np.arange(3, 15), np.arange(1, 10))
        kept = (rng.random(column.shape) < 0.85) & (column > row)
        x, y = column[kept] * 50 + 1, row[kept] * 50 + 1
        label = (rng.random(len(x)) < 0.4).astype(int)
        score = np.round(0.3 * label + 0.7 * rng.random(len(x)), 6)
        parts.append(
            pd.DataFrame({"patient": name, "x": x, "y": y, "label": label, "score": score})
        )
    return pd.concat(parts, ignore_index=True)


def store(data: Path, name: str, table: pd.DataFrame) -> None:
    """What a comparison reads of a store."""
    (data / name).mkdir(parents=True)
    write_parquet(data / name / "index.parquet", table[["patient", "x", "y", "label"]])
    write_json(data / name / "manifest.json", {"name": name})


def run(models: Path, name: str, table: pd.DataFrame) -> None:
    """What a comparison reads of a run."""
    (models / name).mkdir(parents=True)
    write_json(models / name / "run.json", {"status": "imported"})
    write_parquet(models / name / "predictions.parquet", table.assign(split="test", file=""))
