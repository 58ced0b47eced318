"""Reading a table of epochs: the best and the saved epoch, a smoothed curve."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.records.history import Event
from idc_core.records.run_info import RunInfo
from idc_core.train.history.directions import direction

Numbers = npt.NDArray[np.float64]


def one_row_an_epoch(history: pd.DataFrame) -> pd.DataFrame:
    """The table with one row per epoch, in order. If an epoch was logged twice, as trackers do
    after a resume, the later row counts."""
    if "epoch" not in history:
        return history
    return history.drop_duplicates("epoch", keep="last").sort_values("epoch", ignore_index=True)


def best_epoch(history: pd.DataFrame, metric: str) -> int | None:
    """The first epoch in which `metric` was best; None where it was not logged or its name does not
    tell whether higher or lower is better."""
    way = direction(metric)
    if way is None or metric not in history:
        return None
    values = history[metric].to_numpy(np.float64)
    if not np.isfinite(values).any():
        return None
    known = np.where(np.isfinite(values), values, np.nan)
    at = np.nanargmin(known) if way == "falls" else np.nanargmax(known)
    return int(history["epoch"].to_numpy()[at])


def kept_epoch(info: RunInfo, events: Iterable[Event] = ()) -> int | None:
    """The epoch whose weights the run holds: from run.json or, while training continues, that of
    the last checkpoint; None where neither is known.

    >>> kept_epoch(RunInfo(best_epoch=7))
    7
    >>> kept_epoch(RunInfo(), [Event(kind="checkpoint", epoch=3)])
    3
    """
    if info.best_epoch is not None and info.best_epoch > 0:
        return info.best_epoch
    written = [each.epoch for each in events if each.kind == "checkpoint"]
    return written[-1] if written else None


def smoothed(values: npt.ArrayLike, weight: float) -> Numbers:
    """Bias-corrected exponential moving average with `weight` per epoch (0: no smoothing).

    TensorBoard's rule: s(n) = weight · s(n-1) + (1 - weight) · v(n), divided by 1 - weight^n.
    Missing values stay missing and are skipped. Raises `ValueError` for any other weight.

    >>> smoothed([1.0, 1.0, 4.0], 0.5).round(3).tolist()
    [1.0, 1.0, 2.714]
    """
    if not 0 <= weight < 1:
        raise ValueError(f"expected a weight from 0 to below 1: found {weight:g}.")
    raw = np.asarray(values, np.float64)
    out, running, seen = np.full(len(raw), np.nan), 0.0, 0
    for at, value in enumerate(raw):
        if np.isfinite(value):
            running = weight * running + (1 - weight) * value
            seen += 1
            out[at] = running / (1 - weight**seen)
    return out


def minutes(history: pd.DataFrame) -> Numbers:
    """Minutes of training up to the end of each epoch; `nan` where seconds were not logged."""
    if "seconds" not in history:
        return np.full(len(history), np.nan)
    return np.asarray(history["seconds"].to_numpy(np.float64).cumsum() / 60)
