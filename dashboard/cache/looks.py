"""Looks at a run's test patients (thresholds shown on test): counted over all runs, recorded."""

from pathlib import Path

import streamlit as st

from dashboard.cache import run_logs, runs
from dashboard.cache.run_logs import State
from dashboard.cache.stamps import Stamp, stamp
from dashboard.state.once import once
from idc_core.records.ledger import LOOKS
from idc_core.runs import ledger
from idc_core.runs.looks import Looks, looks_at, looks_in, tested_patients
from idc_core.runs.run import Run, open_run
from idc_core.runs.score_parts import known_by


def looks(chosen: Run, threshold: float | None = None) -> int:
    """How many thresholds were shown on these test patients in all runs (`looks_in_all`),
    including this one in this run, if it is given."""
    known, here = looks_in_all(chosen), _known_looks(chosen)
    new = threshold is not None and (threshold, runs.calibration_id(chosen)) not in here
    return known.total + new


def looks_in_all(chosen: Run) -> Looks:
    """Looks at the run's test patients in this run and in every run that shares some of them."""
    return _in_all(chosen.path)


@once
def _in_all(path: Path) -> Looks:
    return looks_at(open_run(path), _patients_tested, _count_of_looks)


def look(chosen: Run, threshold: float) -> None:
    """Record a look at test, if it is new."""
    if (threshold, runs.calibration_id(chosen)) not in _known_looks(chosen):
        ledger.look(chosen, threshold)


def _patients_tested(run_folder: Path) -> frozenset[str]:
    file = known_by(run_folder)
    return _tested(str(run_folder), stamp(file)) if file.is_file() else frozenset()


@st.cache_resource(max_entries=512, show_spinner=False)
def _tested(path: str, stamp: Stamp) -> frozenset[str]:
    return tested_patients(Path(path))


def _count_of_looks(run_folder: Path) -> int:
    state = run_logs.state(run_folder, LOOKS)
    return 0 if state is None else _counted(str(run_folder), state)


@st.cache_resource(max_entries=512, show_spinner=False)
def _counted(path: str, state: State) -> int:
    return looks_in(Path(path))


def _known_looks(chosen: Run) -> frozenset[tuple[float, str | None]]:
    return _looks(str(chosen.path), run_logs.state(chosen.path, LOOKS))


@st.cache_resource(max_entries=8, show_spinner=False)
def _looks(path: str, state: State | None) -> frozenset[tuple[float, str | None]]:
    found = ledger.looks(open_run(Path(path)))
    return frozenset((look.threshold, look.calibration) for look in found)
