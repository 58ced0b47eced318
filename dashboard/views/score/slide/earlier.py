"""Slides that this server has scored or is scoring, found again by a browser that knows none of
them: one that was closed, or came from another page."""

import streamlit as st

from dashboard.state import page_state, selection
from dashboard.state.jobs import Job, jobs
from dashboard.state.reach import REACH

JOB, WORK = "job", "slide"
"""In the address, and what `Job.what` says."""
_GONE = (
    "The slide of this link is no longer held: the server was restarted, or newer slides took its "
    "place. Score it again."
)


def found(run: str) -> Job | None:
    """The slide of the address if this run scored it, else the newest of the run.

    Where others reach the server too, only the address finds one: theirs are none of mine.
    """
    named = st.query_params.get(JOB)
    known = jobs().get(named)
    if known is not None and known.run == run:
        return known
    if named is not None and known is None:
        st.caption(_GONE)
        page_state.remember(JOB, None)
    mine = [job for job in _listed() if job.run == run]
    if mine:
        page_state.remember(JOB, mine[0].id)
        return mine[0]
    return None


def show(shown: Job | None) -> None:
    """Draw the choice of the others."""
    others = {job.id: said(job) for job in _listed() if job is not shown}
    if not others:
        return

    def chosen() -> None:
        job = jobs().get(st.session_state["earlier_slide"])
        if job is not None:
            st.session_state["earlier_slide"] = None
            if job.run != selection.current().run:
                selection.change(run=job.run)
            page_state.remember(JOB, job.id)
            page_state.remember("square", None)

    st.selectbox(
        "Other slides scored since the server was started",
        list(others),
        index=None,
        key="earlier_slide",
        format_func=lambda number: others.get(number, number),
        on_change=chosen,
        placeholder="open one",
        width=420,
    )


def said(job: Job) -> str:
    """A job as one line: the slide, the run, how far it is."""
    if not job.ended:
        state = f"{100 * job.done // job.of} % scored" if job.of else job.doing
    else:
        state = "not scored" if job.refused else "scored"
    return f"{job.name[:80]} · {job.run} · {state}"


def _listed() -> list[Job]:
    return [] if REACH.others else jobs().of(WORK)
