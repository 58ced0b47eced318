"""Validation patches on which channels are measured: every patient counts alike."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.known_labels import is_known

MOST_PATCHES = 3_000

Rows = npt.NDArray[np.int64]


def patient_sample(
    index: pd.DataFrame, split: str = "validation", most: int = MOST_PATCHES, seed: int = 0
) -> Rows:
    """Rows of at most `most` patches of a split, in rising order.

    Every patient gives an equal share; who has fewer gives all, and the others fill up. The same
    index gives the same rows. `index` has the columns patient, split and label; patches with an
    unknown label are left out: what is measured here is held against labels.
    """
    rows = np.flatnonzero((index["split"] == split).to_numpy() & is_known(index["label"]))
    if len(rows) <= most:
        return rows.astype(np.int64)
    random = np.random.default_rng(seed)
    order = random.permutation(len(rows))
    patients = index["patient"].to_numpy()[rows[order]]
    # The nth patch of its patient, in the drawn order: taking by that number deals out in turns.
    turn = pd.Series(patients).groupby(patients, sort=False).cumcount().to_numpy()
    first = np.lexsort((np.arange(len(order)), turn))[:most]
    return np.sort(rows[order[first]]).astype(np.int64)
