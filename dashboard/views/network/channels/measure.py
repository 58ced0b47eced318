"""Channels that have not been measured: start it, or see how far it is."""

import streamlit as st

from dashboard.access import gate, starters
from dashboard.cache import networks, stores
from dashboard.charts.theme import plain
from dashboard.state.queue import queue
from dashboard.widgets import empty, permitted, work
from idc_core.data.stores.store import PatchStore
from idc_core.jobs.channels import AskedChannels, read_asked
from idc_core.jobs.job import Job
from idc_core.jobs.kinds import CHANNELS
from idc_core.runs.run import Run


def show(run: Run) -> None:
    """Draw it for a run whose channels are not known."""
    job, said = _newest(run), f"Channels of {plain(run.name)}"
    if job is not None and not job.ended:
        work.under_way(job.id, said, "compute", "channels_cancel")
        return
    if job is not None and job.state == "cancelled":
        st.caption(f"{said}: cancelled. What was measured is kept.")
    elif job is not None:
        work.ended(job, said)
    empty.show(
        "The channels of this network have not been measured yet: which patches activate them "
        "most, and what is lost without them. Measure them once (minutes; can be interrupted and "
        f"resumed), here or on the command line: python train_cli.py analyse --run {run.name}."
    )
    store = stores.pixels_of(run)
    if permitted.button(
        "Measure the channels",
        "compute",
        key="channels_go",
        icon=":material/play_arrow:",
        disabled=store is None,
        help=None if store is not None else "The patches of this run are not on this machine.",
    ):
        assert store is not None
        _start(run, store)
        st.rerun()


def _start(run: Run, store: PatchStore) -> None:
    with gate.doing("compute", run=run.name, what="channels") as here:
        asked = AskedChannels(network=networks.digest(run), data=store.fingerprint)
        queue().start(CHANNELS.key, run.name, asked, run=run.name, by=starters.of(here))


def _newest(run: Run) -> Job | None:
    """The last of this run and its network of now, whoever started it: what it finds is the
    run's."""
    jobs = (job for job in queue().of(CHANNELS.key) if job.run == run.name)
    return next((job for job in jobs if read_asked(job).network == networks.digest(run)), None)
