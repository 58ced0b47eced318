"""What a table is of: a digest of everything that changes what it says."""

import hashlib
import json
from functools import cache

import numpy as np
import pandas as pd

from idc_core.metrics.curves import Ranked
from idc_core.records.raster import USUAL, Raster
from idc_core.runs.patient_counts import by_patient
from idc_core.threshold_table.build import build
from idc_core.threshold_table.file import FORMAT, encoded


def identity(predictions: str, split: str, calibration: str | None, raster: Raster) -> str:
    """From the digest of the predictions' file, the split, the calibration of the scores and the
    names of the classes."""
    classes = raster.positive, raster.negative
    return _sha([FORMAT, predictions, split, calibration, classes, _wording()])


@cache
def _wording() -> str:
    """Digest of all that is said of a few patches: another version may say it differently, or
    count otherwise."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 90)
    scores = np.round(0.4 * rng.random(90) + 0.3 * labels, 2)
    scores[:10] = 0
    rows = pd.DataFrame({"patient": np.repeat(list("abcdefghi"), 10), "label": labels})
    rows["score"] = scores
    ranked = Ranked(labels, scores)
    grid = np.array([0, 0.004, 0.2, 0.35, 0.5, 0.69, 0.9, 1])
    return hashlib.sha256(
        encoded(build(by_patient(rows), ranked, USUAL, "", (grid, "even")))
    ).hexdigest()


def _sha(content: object) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
