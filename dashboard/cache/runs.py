"""A run and the files beside its predictions."""

from pathlib import Path

import pandas as pd

from dashboard.state.once import once
from idc_core.io.paths import run_path
from idc_core.io.refusal import Refusal
from idc_core.records.history import Event
from idc_core.records.raster import USUAL, Raster
from idc_core.records.report import Report
from idc_core.runs.run import Run, open_run


@once
def run(name: str) -> Run:
    """A run by its name; raises `Refusal` if it is missing or damaged."""
    return open_run(run_path(name))


def calibration_id(chosen: Run) -> str | None:
    """What the scores of a run are shown through; asked of its folder once a rerun."""
    return _calibration_id(chosen.path)


@once
def _calibration_id(path: Path) -> str | None:
    return open_run(path).calibration_id()


def raster(name: str | None) -> Raster:
    """How a run's patches were cut and what its classes are called; the public set's where no run
    is chosen, or the chosen one cannot be opened: the page itself says why."""
    try:
        return USUAL if name is None else run(name).info.raster
    except Refusal:
        return USUAL


def report(chosen: Run) -> Report:
    """A run's `report.json`."""
    return chosen.report()


def history(chosen: Run) -> pd.DataFrame:
    """A run's training history; empty where it was not trained here."""
    return chosen.history()


def events(chosen: Run) -> list[Event]:
    """The events of a run, with their epochs."""
    return chosen.events()
