"""What the pages about the network's inside begin with: a run, its network, one patch."""

import streamlit as st

from dashboard.cache import cutoff, networks, runs, stores
from dashboard.charts import theme
from dashboard.charts.patches import outcome
from dashboard.state import selection
from dashboard.widgets import empty, page_title, patch_source
from dashboard.widgets.patch_source import Chosen
from idc_core.data.known_labels import labelled_words
from idc_core.io.digits import digits
from idc_core.runs.run import Run
from idc_core.score.scoring import Scorer


def page(*, layers: bool = False) -> tuple[Run, Scorer, Chosen]:
    """Draw the title and the choice of a patch; without one the page says why and ends.

    `layers`: the page is about them, and ends too where the network came without.
    """
    left, right = st.columns([1, 1.6], vertical_alignment="center")
    with left:
        page_title.show()
    chosen_run = selection.current().run
    if chosen_run is None:
        empty.no_runs()
        st.stop()
    run = runs.run(chosen_run)
    if layers and run.came_as_onnx:
        empty.show(without_layers(run.came_as_onnx))
        st.stop()
    scorer = networks.scorer(run)
    with right:
        chosen = patch_source.show(run)
    if chosen is None:
        empty.show(missing(run))
        st.stop()
    return run, scorer, chosen


def score_of(run: Run, scorer: Scorer, chosen: Chosen) -> float:
    """The score as the run's pages show it: through its kept calibration."""
    return float(networks.calibrated(run, scorer.score(chosen.pixels[None]))[0])


def threshold() -> float:
    """The threshold in force."""
    return cutoff.now().value


def sentence(chosen: Chosen, score: float) -> str:
    """The patch in a line: what it is, what the network says, whether that is right."""
    facts, at = chosen.facts, threshold()
    label = labelled_words(facts.label)
    called = "predicted IDC" if score >= at else "predicted no IDC"
    result = outcome(facts.label, score, at)
    judged = f" – **{theme.WORDS[result]}**" if result else ""
    return (
        f"{theme.plain(facts.file)} ({chosen.origin}): {label}, score **{theme.digits(score)}**, "
        f"{called} at {digits(at)}{judged}"
    )


def without_layers(file: str) -> str:
    """Why a page about layers has nothing to show."""
    return (
        f"This network came as ONNX ({file}): its scores are shown, its layers are not, as nothing "
        "says which of its tensors they are. Explain shows where covering the patch changes the "
        "score, Robustness how it holds; for its layers import the Keras file it was made of."
    )


def missing(run: Run) -> str:
    """Why there is no patch to look into, and what brings one."""
    data = run.info.data_name or "NAME"
    if not run.has_predictions:
        return "This run has no predictions to choose a patch from. Upload a patch above."
    if stores.pixels_of(run) is None:
        return (
            f"The patches of “{data}” are not on this machine, so there is none to look into. "
            f"Upload one above, or make them: python train_cli.py prepare SOURCE --name {data}."
        )
    return "This split has no patches. Choose another in the bar, or upload a patch above."
