"""The learning-rate finder: its curve, or the button that runs it."""

import pandas as pd
import streamlit as st

from dashboard.access import gate, starters
from dashboard.charts.theme import many, plain
from dashboard.state.queue import queue
from dashboard.views.training.rate_chart import rates_figure
from dashboard.widgets import empty, export, figure, permitted, work
from idc_core.jobs.job import Job
from idc_core.jobs.kinds import LEARNING_RATES
from idc_core.jobs.learning_rates import AskedRates
from idc_core.runs.run import Run
from idc_core.train.history.rates import FILE, NoAdvice, Suggested, read_rates, suggest


def show(run: Run) -> None:
    """The curve and the rate it suggests, next to the rate of the run."""
    job, said = _newest(run), f"Learning rates of {plain(run.name)}"
    if job is not None and not job.ended:
        work.under_way(job.id, said, "find_rate", "cancel_finder")
        return
    if job is not None:
        work.ended(job, said)
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
        with gate.doing("find_rate", run=run.name) as here:
            asked = AskedRates(data=run.info.fingerprint or "")
            by = starters.of(here)
            queue().start(LEARNING_RATES.key, run.name, asked, run=run.name, by=by)
        st.rerun()


def _newest(run: Run) -> Job | None:
    """The last of this run, whoever started it: what it finds is the run's."""
    jobs = queue().of(LEARNING_RATES.key)
    return next((job for job in jobs if job.run == run.name), None)


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
