"""What every fault is injected into: a store, a run, slides, files of patches, tables of others."""

from pathlib import Path

import numpy as np

from idc_core.io.files import read_parquet
from idc_core.runs import seal
from tests.cut_world import draw_slides
from tests.small_world import make_world

SIDE = 50


def make(root: Path) -> Path:
    """`root/data/tiny`, `root/models/small` (sealed), and what the commands are given to read:
    `source`, `slides`, `classes.csv`, `theirs.csv`, `corrected.csv`."""
    make_world(root)
    draw_slides(root, SIDE, 3)
    run = root / "models" / "small"
    seal.write(run)
    rows = read_parquet(run / "predictions.parquet")
    theirs = rows.assign(score=(rows["score"] * 0.5 + 0.2).round(3))
    theirs[["file", "score"]].to_csv(root / "theirs.csv", index=False)
    every_ninth = np.arange(len(rows)) % 9 == 0
    corrected = rows.assign(label=rows["label"] ^ every_ninth)
    corrected.loc[every_ninth, ["patient", "x", "y", "label"]].to_csv(
        root / "corrected.csv", index=False
    )
    (root / "scores.csv").write_text("somebody else's\n", encoding="utf-8")
    return root
