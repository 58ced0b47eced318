"""A run being trained by another process: its progress, and buttons that stop it cleanly and go on
with it."""

import time

import streamlit as st

from dashboard.access import gate, starters
from dashboard.charts.theme import many, plain
from dashboard.state import selection
from dashboard.state.queue import queue
from dashboard.views.training import train_start
from dashboard.widgets import empty, guarded, permitted, work
from idc_core.io.progress import (
    ask_to_stop,
    is_asked_to_stop,
    is_training,
    no_epoch_sentence,
    progress_of,
)
from idc_core.io.refusal import Refusal
from idc_core.jobs.job import Job
from idc_core.jobs.kinds import TRAIN
from idc_core.runs.run import Run

EVERY = 2.0
_DOING = {
    "train": "training",
    "validate": "validating",
    "epoch": "epoch done",
    "export": "exporting the network",
    "score": "scoring all patches",
    "evaluate": "evaluating",
}

_REFUSED = "continue_refused"
_FOLLOWS = " Figures and curves appear after the first epoch."


def show(run: Run, epochs_drawn: int) -> bool:
    """Draw it while the run is being trained, or say how to resume training that ended early.

    Gives whether anything was shown: until the first epoch is done, it is all there is.
    """
    job = train_start.under_way(run.name)
    if is_training(run.path):
        _watch(run, epochs_drawn)
    elif job is not None:
        _begins(run, job.id)
    elif run.status not in ("training", "interrupted"):
        return False
    else:
        _broken_off(run, epochs_drawn)
    return True


@guarded.fragment(run_every=EVERY)
def _begins(run: Run, number: str) -> None:
    """It waits for its turn, or wakes TensorFlow, or has ended just now."""
    job = queue().get(number)
    if job is None or job.ended or is_training(run.path):
        st.rerun()
    said = f"Training {plain(run.name)}"
    work.draw(job, said, "stop_training", "training_cancel")


def _broken_off(run: Run, epochs_drawn: int) -> None:
    """What came to its end before it was done, and how to go on with it."""
    if not epochs_drawn:
        empty.show(no_epoch_sentence(run.path))
    else:
        ended = "was stopped" if run.status == "interrupted" else "terminated unexpectedly"
        st.info(
            f"Training of {plain(run.name)} {ended}; nothing is lost. To resume: "
            f"python train_cli.py train --run {_resumed(run)}"
        )
    last = _last(run)
    if last is not None and last.state in ("refused", "failed"):
        work.ended(last, f"Training {plain(run.name)}")
    if run.info.fitted_on is not None or run.info.config is None:
        return
    permitted.button(
        "Continue training",
        "train",
        key="continue_training",
        type="primary",
        icon=":material/play_arrow:",
        help="It goes on from its last checkpoint, with its own data and settings.",
        on_click=_go_on,
        args=(run.name, run.info.id, run.info.fingerprint),
    )
    refused = st.session_state.pop(_REFUSED, None)
    if refused is not None:
        st.warning(plain(refused))


def _go_on(name: str, number: str | None, data: str | None) -> None:
    try:
        train_start.go_on(name, number, data)
    except Refusal as refused:
        st.session_state[_REFUSED] = f"Not continued: {refused}"


def _last(run: Run) -> Job | None:
    """The newest job that trained it."""
    return next((job for job in queue().of(TRAIN.key) if job.run == run.name), None)


@guarded.fragment(run_every=EVERY)
def _watch(run: Run, epochs_drawn: int) -> None:
    if not is_training(run.path):
        st.rerun()
    found = progress_of(run.path)
    with st.container(border=True):
        if found is None:
            st.markdown(plain(no_epoch_sentence(run.path)))
            return
        _bar(run, found, follows="" if epochs_drawn else _FOLLOWS)
        job = train_start.under_way(run.name)
        if job is not None and not starters.mine(job):
            st.caption(f"Started by {plain(job.by.name)}.")
        _stop(run, job)
    # Redraw the whole page for a new epoch only, so that it stays still in between.
    if found.get("stage") == "train" and int(found.get("epoch", 0)) - 1 > epochs_drawn:
        st.rerun()


def _bar(run: Run, found: dict[str, object], follows: str) -> None:
    epoch, epochs, batch, batches = (
        int(str(found.get(name) or 0)) for name in ("epoch", "epochs", "batch", "batches")
    )
    speed = float(str(found.get("patches_per_second") or 0))
    doing = _DOING.get(str(found.get("stage")), "training")
    log = found.get("log") if isinstance(found.get("log"), dict) else {}
    said = f"**{plain(run.name)} is being trained**, epoch {epoch} of {epochs}: {doing}"
    if batches:
        said += f", batch {many(batch)} of {many(batches)}"
    if speed:
        said += f", {many(round(speed))} patches/s"
    loss = log.get("loss") if isinstance(log, dict) else None
    if isinstance(loss, float):
        said += f", loss {loss:.3f}"
    age = time.time() - float(str(found.get("at") or 0))
    if age > 30:
        said += f". Last update {many(round(age))} s ago"
    share = (epoch - 1 + (batch / batches if batches else 0)) / epochs if epochs else 0.0
    st.progress(min(1.0, max(0.0, share)), said + "." + follows)


def _stop(run: Run, job: Job | None) -> None:
    if is_asked_to_stop(run.path) or (job is not None and job.stopping):
        st.caption("Stop requested: training ends after this batch and writes a checkpoint.")
        return
    asked = permitted.button(
        "Stop training",
        "stop_training",
        key="stop_training",
        icon=":material/stop_circle:",
        help="Training ends after this batch with a checkpoint and can be resumed exactly.",
    )
    if asked:
        try:
            with gate.doing("stop_training", run=run.name):
                if job is not None and job.state == "running":
                    queue().cancel(job.id)
                else:  # one of the command line
                    ask_to_stop(run.path)
        except (Refusal, OSError) as refused:
            selection.note(str(refused))
        st.rerun()


def _resumed(run: Run) -> str:
    """What names the run to the command that goes on with it."""
    final = run.info.fitted_on
    return f"{plain(run.name)} --resume" if final is None else f"{plain(final.run)} --final"
