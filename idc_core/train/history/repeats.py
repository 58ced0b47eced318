"""Runs that differ only in their seed, as one curve with a band."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from idc_core.train.history.epochs import Numbers


@dataclass(frozen=True, slots=True)
class SeedBand:
    """Per epoch: mean, minimum and maximum over the runs, and how many reached that epoch."""

    epochs: Numbers
    mean: Numbers
    low: Numbers
    high: Numbers
    runs: Numbers


def seed_band(histories: Sequence[pd.DataFrame], metric: str) -> SeedBand:
    """The range of a metric over runs. It is not a confidence interval: there are too few seeds.

    A run that stopped early is missing from later epochs, which `runs` says. Raises `ValueError`
    where no run logged the metric.
    """
    columns = [each.set_index("epoch")[metric] for each in histories if metric in each]
    if not columns:
        raise ValueError(f"expected {metric} in at least one history: found it in none.")
    table = pd.concat(columns, axis=1).sort_index()
    values = table.to_numpy(np.float64)
    known = np.isfinite(values)
    table, values = table[known.any(1)], values[known.any(1)]
    return SeedBand(
        epochs=table.index.to_numpy(np.float64),
        mean=np.nanmean(values, axis=1),
        low=np.nanmin(values, axis=1),
        high=np.nanmax(values, axis=1),
        runs=np.isfinite(values).sum(1).astype(np.float64),
    )
