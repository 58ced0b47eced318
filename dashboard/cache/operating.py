"""A run's operating point: the locked one, and the one a rule would choose."""

from pathlib import Path

import streamlit as st

from dashboard.cache import predictions, runs
from dashboard.cache.stamps import Stamp, stamp
from dashboard.state.once import once
from idc_core.metrics.operating_point import Chosen, choose
from idc_core.runs.run import Run, open_run


def locked_threshold(chosen: Run) -> float | None:
    """The run's newest operating point; None where none was chosen."""
    return _locked(chosen.path)


@once
def _locked(path: Path) -> float | None:
    point = open_run(path).operating_point()
    return None if point is None else point.threshold


def chosen(run: Run, rule: str) -> Chosen:
    """The threshold a rule chooses on validation; raises `ValueError` where it cannot."""
    file = run.scores_file
    found = _chosen(str(run.path), rule, runs.calibration_id(run), stamp(file))
    if isinstance(found, ValueError):
        raise found
    return found


@st.cache_resource(max_entries=64, show_spinner=False)
def _chosen(path: str, rule: str, calibration: str | None, stamp: Stamp) -> Chosen | ValueError:
    found = predictions.sorted_scores(open_run(Path(path)), "validation")
    if found is None:
        return ValueError("expected a validation split to choose a threshold on: there is none.")
    try:
        return choose(found.ranked, rule, found.patients.at)
    except ValueError as cannot:
        return cannot
