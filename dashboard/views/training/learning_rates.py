"""The learning-rate finder: its curve, or the button that runs it."""

import subprocess
import sys
import time

import pandas as pd
import streamlit as st

from dashboard.access import gate
from dashboard.charts.theme import many, plain
from dashboard.state import page_state
from dashboard.state.jobs import Job, jobs
from dashboard.views.training.rate_chart import rates_figure
from dashboard.widgets import empty, export, figure, guarded, permitted
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.runs.run import Run
from idc_core.train.history.rates import FILE, NoAdvice, Suggested, read_rates, suggest

_JOB = "finder"
EVERY = 1.0


def show(run: Run) -> None:
    """The curve and the rate it suggests, next to the rate of the run."""
    job = jobs().get(st.query_params.get(_JOB))
    if job is not None and not job.ended:
        _wait(job)
        return
    if job is not None and job.refused:
        st.warning(plain(job.refused))
    file = run.path / FILE
    if file.exists():
        _curve(run, read_rates(run.path))
    else:
        empty.show(
            "Which learning rate suits this network and these patches? The finder trains for a few "
            "steps while the rate increases exponentially, and shows where the loss diverges. The "
            "run is not changed. On the command line: "
            f"python train_cli.py find-rate --run {run.name}."
        )
    words = "Run the finder again" if file.is_file() else "Run the finder"
    can = run.info.config and "epochs" in run.info.config
    if permitted.button(
        words,
        "find_rate",
        key=f"find_rate_{run.name}",
        icon=":material/trending_up:",
        disabled=not can,
        help=None if can else "This run was not trained here.",
    ):
        with gate.doing("find_rate", run=run.name):
            started = jobs().start(f"Learning rates of {run.name}", lambda job: _find(run, job))
        page_state.remember(_JOB, started.id)
        st.rerun()


def _curve(run: Run, table: pd.DataFrame) -> None:
    found = suggest(table["rate"], table["loss"])
    own = run.info.setting("learning_rate")
    st.markdown(_said(found, own))
    figure.plotly(
        rates_figure(table, found, own),
        key="rates",
        alt_text="Training loss by learning rate",
        caption=f"{many(len(table))} steps with the run's network, patches and settings. The "
        "suggested rate is a tenth of the one with the lowest loss (Smith 2017).",
        table=table,
        of=export.Count(None, None, split="train", cut=False),
    )


def _said(found: Suggested | NoAdvice, own: float | None) -> str:
    if isinstance(found, NoAdvice):
        return f"**{found.reason}**"
    said = f"**Try a rate around {found.rate:.1e}**: the loss is lowest at {found.lowest:.1e}"
    said += " and diverges above it." if found.diverges else ", and had not risen again by the end."
    if own:
        times = own / found.rate
        against = "about what this run used"
        if times > 2:
            against = f"{times:.0f} times below what this run used"
        elif times < 0.5:
            against = f"{1 / times:.0f} times above what this run used"
        said += f" That is {against} ({own:.1e})."
    return said


def _find(run: Run, job: Job) -> bool:
    """In a separate process: the server never loads TensorFlow."""
    words = [sys.executable, str(REPOSITORY / "train_cli.py"), "find-rate", "--run", str(run.path)]
    started = time.monotonic()
    with subprocess.Popen(
        words, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        while process.poll() is None:
            if job.stop.wait(0.3):
                process.terminate()
                return False
            job.tell("trying rates", round(time.monotonic() - started), 0)
        said = process.stderr.read() if process.stderr else ""
    if process.returncode:
        lines = [line for line in said.splitlines() if line.startswith("Not done: ")]
        raise Refusal(lines[-1].removeprefix("Not done: ") if lines else "the finder failed.")
    return True


@guarded.fragment(run_every=EVERY)
def _wait(job: Job) -> None:
    if job.ended:
        page_state.remember(_JOB, None)
        st.rerun()
    with st.container(border=True):
        st.markdown(
            f"**{plain(job.name)}:** {job.doing}, {many(job.done)} s so far. Takes about a minute."
        )
        if permitted.button("Cancel", "find_rate", key="cancel_finder"):
            with gate.doing("find_rate", what="cancelled"):
                jobs().drop(job.id)
            page_state.remember(_JOB, None)
            st.rerun()
