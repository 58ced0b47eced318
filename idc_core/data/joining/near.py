"""Near-duplicates in stores that are joined: whose tissue is whose, and what that means."""

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.near_duplicates import near_duplicates
from idc_core.data.stores.pixels import PatchRows
from idc_core.data.stores.store import SOURCE
from idc_core.io.progress import TellCount


@dataclass(frozen=True, slots=True)
class NearPairs:
    """Rows of an index that show the same tissue, (n, 2)."""

    rows: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 2), np.int64))

    def patients(self, index: pd.DataFrame) -> list[Collection[str]]:
        """Patients that share tissue, two each, who belong in one split."""
        named = index["patient"].astype(str).to_numpy()[self.rows]
        found = {(min(pair), max(pair)) for pair in named.tolist() if pair[0] != pair[1]}
        return [set(pair) for pair in sorted(found)]

    def words(self, index: pd.DataFrame) -> list[str]:
        """What is to be said of them once the index is divided."""
        source, split = (
            index[name].astype(str).to_numpy()[self.rows] for name in (SOURCE, "split")
        )
        across = int((source[:, 0] != source[:, 1]).sum())
        used = (split != "unused").all(axis=1)
        apart = int((used & (split[:, 0] != split[:, 1])).sum())
        said = f"Near-duplicates: {len(self.rows):,} pairs, {across:,} of them across stores"
        if apart:
            return [f"{said}; {apart:,} stand in two splits, so that one gives the other away."]
        return [f"{said}; none stands in two splits."]


def near_pairs(pixels: PatchRows, progress: TellCount | None = None) -> NearPairs:
    """Pairs in all stores, within one and across."""
    found = near_duplicates(pixels, progress)
    return NearPairs(found[["first", "second"]].to_numpy(np.int64))
