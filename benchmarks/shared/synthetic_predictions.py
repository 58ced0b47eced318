"""A table of predictions as large as the whole data set, for benchmarks.

No pixels: only places, labels and scores, drawn so that they behave like a real run's. Patients
differ in size and burden, IDC is contiguous, scores of neighbours go together, and some patients
are scored worse than others.
"""

import numpy as np
import pandas as pd

from idc_core.data.patches import PatchName
from idc_core.demo.noise import Field, between, field, smooth_noise
from idc_core.records.raster import USUAL
from idc_core.runs.run import PREDICTION_COLUMNS

KAGGLE_PATIENTS, KAGGLE_PATCHES = 279, 277_524


def drawn_predictions(
    n_patients: int = KAGGLE_PATIENTS, n_patches: int = KAGGLE_PATCHES, seed: int = 0
) -> pd.DataFrame:
    """Predictions of all splits (70/15/15 by patient), columns `PREDICTION_COLUMNS`.

    The same arguments give the same table. Needs at least one patch a patient.
    """
    if not 0 < n_patients <= n_patches:
        raise ValueError(f"expected 1 to {n_patches} patients: found {n_patients}.")
    rng = np.random.Generator(np.random.PCG64(seed))
    sizes = _sizes(rng, n_patients, n_patches)
    sides = np.array(["train"] * 14 + ["validation"] * 3 + ["test"] * 3)
    parts = []
    for number, size in enumerate(sizes, start=1):
        patient = f"many-{number:03d}"
        x, y, label, score = _one_patient(rng, int(size))
        files = [
            str(PatchName(patient, *place))
            for place in zip(x.tolist(), y.tolist(), label.tolist(), strict=True)
        ]
        part = {"x": x, "y": y, "label": label, "score": score, "file": files}
        side = sides[number * 7 % len(sides)]
        parts.append(pd.DataFrame(part).assign(patient=patient, split=str(side)))
    return pd.concat(parts, ignore_index=True)[list(PREDICTION_COLUMNS)]


def _sizes(rng: np.random.Generator, n_patients: int, n_patches: int) -> np.ndarray:
    """How many patches each patient has: from a tenth of the average to twice the average."""
    weight = np.floor(rng.random(n_patients) * 2**20).astype(np.int64) + 2**16
    sizes = 1 + weight * (n_patches - n_patients) // int(weight.sum())
    sizes[: n_patches - int(sizes.sum())] += 1
    return sizes


def _one_patient(
    rng: np.random.Generator, size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, Field]:
    """x, y (int32, sorted by y, then x), label (int8) and score (float32) of one patient."""
    side = int(np.ceil(np.sqrt(size / 0.45)))
    shape = (side, side)
    rows, columns = np.arange(side)[:, None] / side - 0.5, np.arange(side)[None, :] / side - 0.5
    remote = field(rows * rows + columns * columns) + 0.05 * smooth_noise(rng, shape, side / 5)
    squares = np.sort(np.argsort(remote, axis=None, kind="stable")[:size])

    down, right = between(rng, -0.3, 0.3), between(rng, -0.3, 0.3)
    away = (rows - down) ** 2 + (columns - right) ** 2
    depth = (-field(away) - 0.035 * smooth_noise(rng, shape, side / 6)).ravel()[squares]
    burden = between(rng, 0, 1) * between(rng, 0, 1.1)
    rank = np.argsort(np.argsort(-depth, kind="stable"), kind="stable")
    label = (rank < int(burden * size)).astype(np.int8)

    # Uniform numbers added up are near enough to a bell, and the same on every machine.
    bell = rng.random((6, size), dtype=np.float32)
    chance = (bell[0] + bell[1] + bell[2] + bell[3] + bell[4] + bell[5] - 3) * 1.41
    nearby = smooth_noise(rng, shape, 3.0).ravel()[squares]
    shift = between(rng, -1, 1) - 0.5
    signal = (label * 2.0 - 1) * between(rng, 0.7, 1.5) + shift + 0.55 * nearby + 0.55 * chance
    score = field(0.5 + 0.5 * signal / np.sqrt(1 + signal * signal))
    x = (squares % side * USUAL.stride_px + 1).astype(np.int32)
    y = (squares // side * USUAL.stride_px + 1).astype(np.int32)
    return x, y, label, score
