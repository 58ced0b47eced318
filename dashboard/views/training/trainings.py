"""Trainings of other runs than the chosen one that are asked for, and how the last one failed."""

import streamlit as st

from dashboard.access import starters
from dashboard.charts.theme import plain
from dashboard.state import selection
from dashboard.state.queue import queue
from dashboard.widgets import guarded, work
from idc_core.io.paths import run_path
from idc_core.jobs.job import Job
from idc_core.jobs.kinds import TRAIN
from idc_core.records.run_info import FILE

EVERY = 1.0


def show(chosen: str | None) -> None:
    """Draw them; `chosen`: the run whose own training the page shows below."""
    jobs = queue().of(TRAIN.key)
    for job in reversed(jobs):
        if not job.ended and job.run != chosen:
            _row(job)
    last = next((job for job in jobs if starters.mine(job)), None)
    if last is not None and last.state in ("refused", "failed") and not _is_there(last):
        _failed(last)


def _row(job: Job) -> None:
    there = _is_there(job)
    left, right = st.columns([5, 1], vertical_alignment="center")
    with left:
        _far(job.id, there)
    if there:
        right.button("Open", key=f"train_open_{job.id}", on_click=_open, args=(job.run,))


@guarded.fragment(run_every=EVERY)
def _far(number: str, was_there: bool) -> None:
    """How far it is; once there is a run to open, or it has ended, the page is drawn again."""
    job = queue().get(number)
    if job is None or job.ended or _is_there(job) != was_there:
        st.rerun()
    button = "Stop" if job.state == "running" else "Cancel"
    said = f"Training {plain(job.name)}"
    work.draw(job, said, "stop_training", f"train_cancel_{number}", button)


def _failed(job: Job) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        work.ended(job, f"Training {plain(job.name)}")
        st.button("Dismiss", key=f"train_dismiss_{job.id}", on_click=_dismiss, args=(job.id,))


def _dismiss(number: str) -> None:
    job = queue().get(number)
    if job is not None and job.ended and starters.mine(job):
        queue().drop(job)


def _open(name: str) -> None:
    selection.change(run=name)


def _is_there(job: Job) -> bool:
    return (run_path(job.run) / FILE).is_file()
