"""What a run's small files must hold for the pages to show them; anything else is a `Refusal`.

Files may come from elsewhere or be half edited by hand; a page then says which file, what was
expected and what came, and never ends in an error of ours.
"""

from typing import Any

from idc_core.io.refusal import Refusal
from idc_core.runs.run import Run

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
