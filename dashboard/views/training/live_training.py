"""A run being trained by another process: its progress, and a button that stops it cleanly."""

import time

import streamlit as st

from dashboard.access import gate
from dashboard.charts.theme import many, plain
from dashboard.state import selection
from dashboard.widgets import empty, guarded, permitted
from idc_core.io.progress import (
    ask_to_stop,
    is_asked_to_stop,
    is_training,
    no_epoch_sentence,
    progress_of,
)
from idc_core.io.refusal import Refusal
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

_FOLLOWS = " Figures and curves appear after the first epoch."


def show(run: Run, epochs_drawn: int) -> bool:
    """Draw it while the run is being trained, or say how to resume training that ended early.

    Gives whether anything was shown: until the first epoch is done, it is all there is.
    """
    if is_training(run.path):
        _watch(run, epochs_drawn)
    elif run.status not in ("training", "interrupted"):
        return False
    elif not epochs_drawn:
        empty.show(no_epoch_sentence(run.path))
    else:
        ended = "was stopped" if run.status == "interrupted" else "terminated unexpectedly"
        st.info(
            f"Training of {plain(run.name)} {ended}; nothing is lost. To resume: "
            f"python train_cli.py train --run {_resumed(run)}"
        )
    return True


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
        _stop(run)
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


def _stop(run: Run) -> None:
    if is_asked_to_stop(run.path):
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
                ask_to_stop(run.path)
        except (Refusal, OSError) as refused:
            selection.note(str(refused))
        st.rerun()


def _resumed(run: Run) -> str:
    """What names the run to the command that goes on with it."""
    final = run.info.fitted_on
    return f"{plain(run.name)} --resume" if final is None else f"{plain(final.run)} --final"
