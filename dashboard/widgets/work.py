"""Long work on the page that asked for it: how far it is, what keeps it, how it ended."""

import streamlit as st

from dashboard.access import gate, starters
from dashboard.charts.theme import counted, many, plain
from dashboard.state.queue import queue
from dashboard.widgets import guarded, permitted
from idc_core.jobs.job import Job
from idc_core.jobs.queue import whereabouts

EVERY = 0.5


@guarded.fragment(run_every=EVERY)
def under_way(number: str, said: str, act: str, key: str) -> None:
    """Draw how far a job is, with a button that cancels it; once it has ended the page is drawn
    again. `said`: what it is of; `act`: what starting it was."""
    job = queue().get(number)
    if job is None or job.ended:
        st.rerun()
    draw(job, said, act, key)


def draw(job: Job, said: str, act: str, key: str, button: str = "Cancel") -> None:
    """The same of a job that has not ended, as it is now; `button`: what cancels it."""
    left = f": {many(job.done)} of {many(job.of)}" if job.of else " …"
    ahead = queue().ahead(job)
    if ahead:
        left = f", after {counted(len(ahead), 'other job')}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(job.share, f"{said} – {plain(job.doing)}{left}", width=560)
        missing = gate.needs(starters.cancelling(job, act))
        args, disabled = (job.id, act), bool(missing)
        st.button(button, key=key, on_click=_cancel, args=args, disabled=disabled)
    if not starters.mine(job):
        st.caption(f"Started by {plain(job.by.name)}.")
    permitted.say(missing)
    waits = whereabouts(job, worker=queue().worker_is_here())
    if waits:
        st.warning(waits)


def ended(job: Job, said: str) -> None:
    """Say how a job ended that found nothing."""
    if job.state == "cancelled":
        st.caption(f"{said}: cancelled. Nothing was kept.")
    elif job.sentence:
        st.warning(f"{said}: {plain(job.sentence)}")


@permitted.said
def _cancel(number: str, act: str) -> None:
    job = queue().get(number)
    if job is None:
        return
    with gate.doing(starters.cancelling(job, act), run=job.run, what="cancelled"):
        queue().cancel(number)
