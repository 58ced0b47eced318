"""How robust is this prediction? In-distribution check, flips, neighbours, perturbations."""

import pandas as pd
import streamlit as st

from dashboard.access import gate, starters
from dashboard.cache import input_check, networks, stores
from dashboard.charts.patches import predicted
from dashboard.charts.theme import counted, plain
from dashboard.state import page_state
from dashboard.state.queue import queue
from dashboard.views.robustness import answer_checks, charts
from dashboard.widgets import export, few_patients, figure, patch_page, permitted, work
from dashboard.widgets.patch_source import Chosen
from idc_core.data.stores.store import PatchStore
from idc_core.interpret import robustness
from idc_core.io.digits import digits
from idc_core.jobs.job import Job
from idc_core.jobs.kinds import PERTURBATION
from idc_core.jobs.perturbations import AskedPerturbation, read_asked
from idc_core.records.raster import Raster
from idc_core.runs import fitted_on
from idc_core.runs.run import Run
from idc_core.score.perturbations import PERTURBATIONS, Kind, changed, curve


def page() -> None:
    """Draw the page."""
    run, _, chosen = patch_page.page()
    left, right = st.columns([1, 1.5], gap="large")
    with left:
        st.header("In-distribution check", anchor=False)
        answer_checks.in_distribution(run, chosen.pixels)
        st.header("Consistency under flips and rotations", anchor=False)
        answer_checks.flips_and_rotations(run, chosen.pixels, patch_page.threshold())
    with right:
        kind, value = _choice()
        _one(run, chosen, kind, value)
    st.header("Most similar training patches", anchor=False)
    answer_checks.neighbours(run, chosen.pixels)
    st.header(f"{kind.name} on the validation set", anchor=False)
    _all(run, kind)


def _choice() -> tuple[Kind, float]:
    """The perturbation and its strength; both are in the address."""
    key = page_state.one_of("change", list(PERTURBATIONS), "stain")

    def remember_kind() -> None:
        page_state.remember("change", st.session_state["stress_kind"])
        page_state.remember("strength", None)

    st.session_state["stress_kind"] = key
    st.selectbox(
        "Perturbation",
        list(PERTURBATIONS),
        key="stress_kind",
        format_func=lambda key: PERTURBATIONS[key].name,
        on_change=remember_kind,
    )
    kind = PERTURBATIONS[key]
    low, high = min(kind.values), max(kind.values)
    value = _strength(kind, low, high)
    slider = f"stress_{key}"
    st.session_state[slider] = value

    def remember_value() -> None:
        page_state.remember("strength", f"{st.session_state[slider]:g}")

    st.slider(
        f"Strength{f' ({kind.unit})' if kind.unit else ''}",
        low,
        high,
        key=slider,
        step=(high - low) / 60,
        on_change=remember_value,
    )
    return kind, value


def _strength(kind: Kind, low: float, high: float) -> float:
    try:
        value = float(st.query_params.get("strength", ""))
    except ValueError:
        value = float("nan")
    neutral = min(max(kind.neutral, low), high)
    return value if low <= value <= high else neutral


def _one(run: Run, chosen: Chosen, kind: Kind, value: float) -> None:
    """The perturbed patch, and its score against the strength of the perturbation."""
    score, threshold = input_check.scores_of(run), patch_page.threshold()
    raster = run.info.raster
    perturbed = changed(chosen.pixels[None], kind.key, value)
    now = float(score(perturbed)[0])
    one, two = st.columns([1, 2.1])
    with one:
        with st.container(key="stress_picture"):
            st.image(perturbed[0], width=190, alt=f"The patch with {kind.name} {value:g}")
        st.markdown(f"Score **{digits(now)}**, {plain(predicted(now, threshold, raster))}")
    with two:
        table = charts.score_table(kind, curve(score, chosen.pixels, kind.key), threshold, raster)
        figure.altair(
            charts.score_curve(table, threshold, value, raster),
            key="stress_curve",
            alt_text=f"Score of the patch against {kind.name}",
            table=table,
            of=export.ONE_PATCH,
            caption=f"Score against {kind.name.lower()}; the dashed line is the threshold, "
            f"{digits(threshold)}. {_changes(table, threshold, raster)}",
        )


def _changes(table: pd.DataFrame, threshold: float, raster: Raster) -> str:
    positive = (table["score"] >= threshold).to_numpy()
    if positive.all() or not positive.any():
        return "The prediction is the same at every strength."
    return (
        f"The prediction changes: {raster.positive} at {int(positive.sum())} of {len(positive)} "
        "strengths."
    )


def _all(run: Run, kind: Kind) -> None:
    if run.info.fitted_on is not None:
        st.caption(plain(fitted_on.sentence(run.info, run.name)))
        return
    store = stores.pixels_of(run)
    if store is None or not len(robustness.sample(store)):
        st.caption("The validation patches of this run are not on this machine.")
        return
    job, said = _newest(run, kind), f"{kind.name} for {plain(run.name)}"
    if job is not None and not job.ended:
        work.under_way(job.id, said, "compute", "stress_cancel")
        return
    threshold = patch_page.threshold()
    table = input_check.perturbed(run, store, kind.key, threshold)
    if table is None:
        if job is not None:
            work.ended(job, said)
        rows = robustness.sample(store)
        st.markdown(
            f"**{counted(len(rows), 'validation patch', 'validation patches')}** are scored once "
            f"at {len(kind.values)} strengths; that takes up to a minute."
        )
        permitted.button(
            "Measure",
            "compute",
            key="stress_measure",
            icon=":material/play_arrow:",
            on_click=_start,
            args=(run, store),
        )
        return
    _, labels, patients = input_check.sample(run, store)
    few_patients.show(int(patients), where="in validation", unsure="figure")
    worst = table.iloc[table["flipped"].to_numpy().argmax()]
    st.markdown(
        f"At worst ({worst['strength']:g} {kind.unit}) **{worst['flipped']:.0%} of the predictions "
        f"change**; sensitivity is {worst['sensitivity']:.2f}, specificity "
        f"{worst['specificity']:.2f}.".replace("-", "−")
    )
    figure.altair(
        charts.rate_curves(table),
        key="stress_rates",
        alt_text=f"Sensitivity, specificity and ROC-AUC against {kind.name}",
        table=table,
        of=export.Count(len(labels), int(patients), split="validation"),
        caption=f"At the threshold {digits(threshold)}, {len(labels):,} validation patches of "
        f"{patients} patients, each patient with an equal share.",
    )


@permitted.said
def _start(run: Run, store: PatchStore) -> None:
    """Measure the perturbation that is chosen when the button is pressed."""
    key = str(st.session_state["stress_kind"])
    with gate.doing("compute", run=run.name, what=key) as here:
        asked = AskedPerturbation(key=key, network=networks.digest(run), data=store.fingerprint)
        name, by = PERTURBATIONS[key].name, starters.of(here)
        queue().start(PERTURBATION.key, name, asked, run=run.name, by=by)


def _newest(run: Run, kind: Kind) -> Job | None:
    """The last of this run, its network of now and this perturbation, whoever started it: what it
    finds is the run's."""
    for job in queue().of(PERTURBATION.key):
        if job.run == run.name:
            asked = read_asked(job)
            if (asked.key, asked.network) == (kind.key, networks.digest(run)):
                return job
    return None


page()
