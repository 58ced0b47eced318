"""A run and the files beside its predictions, checked."""

from typing import Any

import pandas as pd

from dashboard.cache import checked
from idc_core.io.places import run_path
from idc_core.runs.run import Run, open_run


def run(name: str) -> Run:
    """A run by its name; raises `Refusal` if it is missing or damaged."""
    return checked.info(open_run(run_path(name)))


def report(chosen: Run) -> dict[str, Any]:
    """A run's `report.json`."""
    return checked.report(chosen)


def history(chosen: Run) -> pd.DataFrame:
    """A run's epochs; empty where nothing was trained."""
    return checked.history(chosen)


def events(chosen: Run) -> list[dict[str, Any]]:
    """What happened in which epoch of a run."""
    return checked.events(chosen)
