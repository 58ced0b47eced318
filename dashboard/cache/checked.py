"""What a run's small files must hold for the pages to show them; anything else is a `Refusal`.

Files may come from elsewhere or be half edited by hand; a page then says which file, what was
expected and what came, and never ends in an error of ours.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from idc_core.io.refusal import Refusal
from idc_core.runs.run import Run
from idc_core.train.history import rates as rates_

_KINDS: dict[str, type | tuple[type, ...]] = {
    "data": dict,
    "config": dict,
    "versions": dict,
    "monitor": str,
    "teacher": dict,
    "hardware": dict,
    "wall_seconds": (int, float),
    "waited_for_input_seconds": (int, float),
    "parameters": int,
    "onnx_max_difference": (int, float),
}


def info(run: Run) -> Run:
    """The run, if what its `run.json` says has the kinds that are read; unknown is `null`."""
    for name, kind in _KINDS.items():
        value = run.info.get(name)
        if value is not None and not isinstance(value, kind):
            raise Refusal(
                f"expected {name} in {run.path / 'run.json'} to be "
                f"{'an object' if kind is dict else 'a text' if kind is str else 'a number'}: "
                f"found {str(value)[:60]!r}."
            )
    sides = (run.info.get("data") or {}).get("patches") or {}
    if not isinstance(sides, dict):
        raise Refusal(f"expected patches by split in {run.path / 'run.json'}: found {sides!r:.60}.")
    return run


def history(run: Run) -> pd.DataFrame:
    """A run's epochs, if every column is made of numbers."""
    table = run.history()
    words = [str(name) for name in table.columns if not pd.api.types.is_numeric_dtype(table[name])]
    if words:
        raise Refusal(
            f"expected numbers in {run.path / 'history.csv'}: found words in {', '.join(words)}."
        )
    endless = [str(name) for name in table.columns if np.isinf(table[name].to_numpy(float)).any()]
    if endless:
        raise Refusal(
            f"expected finite numbers in {run.path / 'history.csv'}: found others in "
            f"{', '.join(endless)}."
        )
    return table


def rates(run: Run) -> pd.DataFrame:
    """What the finder of learning rates wrote: columns `rate` and `loss`, numbers."""
    file = run.path / rates_.FILE
    again = f"Make it again: python train_cli.py find-rate --run {run.name}."
    try:
        table = pd.read_csv(file)
    except (OSError, ValueError) as broken:
        reason = str(broken).splitlines()[0]
        raise Refusal(f"expected rates in {file}: it cannot be read ({reason}). {again}") from None
    numeric = all(
        name in table and pd.api.types.is_numeric_dtype(table[name]) for name in ("rate", "loss")
    )
    if not numeric or not len(table) or not np.isfinite(table["rate"]).all():
        raise Refusal(f"expected numbers as rate and loss in {file}: they are not there. {again}")
    return table


def events(run: Run) -> list[dict[str, Any]]:
    """What happened in which epoch; lines without an epoch and a kind are left out."""
    found = run.events()
    return [
        event
        for event in found
        if isinstance(event, dict)
        and isinstance(event.get("epoch"), int)
        and isinstance(event.get("kind"), str)
    ]


def look(path: Path, line: Any) -> tuple[float, str | None]:
    """Threshold and calibration of a line of the looks at test, if it holds them."""
    threshold = line.get("threshold") if isinstance(line, dict) else None
    if not isinstance(threshold, int | float) or isinstance(threshold, bool):
        raise Refusal(
            f"expected a threshold in each line of {path / 'looks.jsonl'}: found "
            f"{str(line)[:60]!r}. Put the file back from a copy."
        )
    calibration = line.get("calibration")
    return float(threshold), None if calibration is None else str(calibration)


def report(run: Run) -> dict[str, Any]:
    """A run's report, if it has the figures that the pages show."""
    found = run.report()
    try:
        whole = bool(found["splits"]) and 0 <= float(found["threshold"]) <= 1
        whole = whole and isinstance(found["operating_point"], dict)
        for figures in found["splits"].values():
            int(figures["n_patches"]), int(figures["n_patients"])
            for name in ("roc_auc", "balanced_accuracy", "f1", "sensitivity", "specificity"):
                pooled = figures["pooled"][name]
                pooled["value"], pooled["low"], pooled["high"]
    except (KeyError, TypeError, ValueError, AttributeError):
        whole = False
    if not whole:
        raise Refusal(
            f"expected the figures of an evaluation in {run.path / 'report.json'}: some are "
            f"missing. Make it again: python train_cli.py evaluate --run {run.name}."
        )
    return found
