"""Slides that were scored here or are being scored, found again by a browser that knows none of
them: one that was closed, or came from another page, also after the server was started again."""

import streamlit as st

from dashboard.access import now, starters
from dashboard.state import page_state, selection
from dashboard.state.queue import queue
from dashboard.state.reach import REACH
from idc_core.jobs.job import Job
from idc_core.jobs.kinds import SCORE_SLIDE

JOB = "job"
"""In the address."""
_GONE = "The slide of this link is no longer held: newer slides took its place. Score it again."


def found(run: str) -> Job | None:
    """The slide of the address if this run scored it, else the newest of the run.

    Where others reach the server too, one finds one's own once one has signed in; without that
    only the address finds one: theirs are none of mine.
    """
    named = st.query_params.get(JOB)
    known = queue().get(named)
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
    others = {job.id: said(job) for job in _listed() if shown is None or job.id != shown.id}
    if not others:
        return

    def chosen() -> None:
        job = queue().get(st.session_state["earlier_slide"])
        if job is not None:
            st.session_state["earlier_slide"] = None
            if job.run != selection.current().run:
                selection.change(run=job.run)
            page_state.remember(JOB, job.id)
            page_state.remember("square", None)

    st.selectbox(
        "Other slides that were scored here",
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
        state = "scored" if job.state == "done" else "not scored"
    return f"{job.name[:80]} · {job.run} · {state}"


def _listed() -> list[Job]:
    slides = [job for job in queue().of(SCORE_SLIDE.key) if job.state != "cancelled"]
    if now.here().local:
        return [] if REACH.others else slides
    return [job for job in slides if job.by.subject and starters.mine(job)]
