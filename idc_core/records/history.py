"""`history.csv` and `events.jsonl`: the epochs of a training, and what happened in them.

`history.csv` has a row per epoch. Its columns differ with what was logged, so that they are read as
a table of numbers and not as records:

| column | what |
|---|---|
| `epoch` | from 1 |
| `learning_rate` | at the end of the epoch |
| `seconds` | that it took, validation included |
| `loss`, `accuracy`, `auc` | of the training split, with augmentation, over the whole epoch |
| `val_loss`, `val_accuracy`, `val_auc`, `val_…` | of validation, at its end (`nn/validation.py`) |

A number that is not known is an empty cell.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from idc_core.io import record
from idc_core.io.files import read_json_lines
from idc_core.io.record import Record
from idc_core.io.refusal import Refusal

HISTORY, EVENTS = "history.csv", "events.jsonl"


class Event(Record, frozen=True, kw_only=True):
    """What happened in an epoch. The figure that a checkpoint was kept for is in `others`, by its
    name."""

    epoch: int
    """From 1."""
    kind: str
    """checkpoint, learning_rate_drop, unfrozen, early_stop, stop, resume or restored."""
    batch: int | None = None
    """Of the epoch, where it was stopped or resumed."""
    by: str | None = None
    """Who stopped it: a signal, or somebody who follows it."""
    commit: str | None = None
    """Of a resume by another version of this program."""
    scale: float | None = None
    """Of the learning rate after a drop, 0 to 1."""
    waited: int | None = None
    """Epochs without a better model at an early stop."""
    at: str | None = None
    """UTC; none while it is not written yet."""


def read_events(folder: Path) -> list[Event]:
    """What happened when, oldest first; lines without an epoch and a kind are left out."""
    file = folder / EVENTS
    return [
        record.of(Event, content, f"line {number} of {file}")
        for number, content in enumerate(read_json_lines(file), start=1)
        if isinstance(content, dict)
        and isinstance(content.get("epoch"), int)
        and isinstance(content.get("kind"), str)
    ]


def read_history(folder: Path) -> pd.DataFrame:
    """One row per epoch; empty where nothing was trained. Raises `Refusal` where it cannot be read
    or holds what is no finite number."""
    file = folder / HISTORY
    if not file.exists():
        return pd.DataFrame({"epoch": pd.Series(dtype="int64")})
    try:
        table = pd.read_csv(file).dropna(subset=["epoch"])
    except (OSError, ValueError, KeyError) as broken:
        raise Refusal(
            f"expected a table of epochs in {file}: it cannot be read ({broken})."
        ) from None
    words = [str(name) for name in table.columns if not pd.api.types.is_numeric_dtype(table[name])]
    if words:
        raise Refusal(f"expected numbers in {file}: found words in {', '.join(words)}.")
    endless = [str(name) for name in table.columns if np.isinf(table[name].to_numpy(float)).any()]
    if endless:
        raise Refusal(f"expected finite numbers in {file}: found others in {', '.join(endless)}.")
    return table
