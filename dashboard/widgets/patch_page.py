"""The head of every page about one patch: title, choice of patch, what the network predicts."""

import streamlit as st

from dashboard.cache import cutoff, networks, runs, stores
from dashboard.cache.surroundings import has_slide
from dashboard.charts import theme
from dashboard.charts.patches import PatchFacts, outcome, predicted
from dashboard.state import selection
from dashboard.widgets import empty, page_title, patch_panel, patch_source
from dashboard.widgets.patch_source import Chosen
from idc_core.data.known_labels import labelled_words
from idc_core.facts.outcomes import words_of
from idc_core.io.digits import digits
from idc_core.records.raster import Raster
from idc_core.runs.data import bringing
from idc_core.runs.run import Run
from idc_core.score.scoring import Scorer


def page(*, layers: bool = False) -> tuple[Run, Scorer, Chosen]:
    """Draw the head; return the run, its network and the patch.

    Without a patch the page says why and stops. `layers`: the page shows layers, and stops too if
    those of the network are not known.
    """
    page_title.show()
    run_name = selection.current().run
    if run_name is None:
        empty.no_runs()
        st.stop()
    run = runs.run(run_name)
    if layers and run.came_as_onnx:
        empty.show(without_layers(run.came_as_onnx))
        st.stop()
    scorer = networks.scorer(run)
    chosen = patch_source.show(run)
    if chosen is None:
        empty.show(missing(run))
        st.stop()
    st.markdown(sentence(chosen, score_of(run, scorer, chosen), run.info.raster))
    _around(run, chosen.facts)
    return run, scorer, chosen


def _around(run: Run, facts: PatchFacts) -> None:
    """What lies around the patch, where its slide is here; an upload has no slide."""
    store = stores.store_of(run)
    known = facts.slide is not None and has_slide(store, facts.slide)
    if not known or facts.patient is None or facts.x is None or facts.y is None:
        return
    with st.popover("On its slide", icon=":material/zoom_out_map:", key="around_patch"):
        patch_panel.picture(facts.patient, (facts.x, facts.y), store, facts.slide)


def score_of(run: Run, scorer: Scorer, chosen: Chosen) -> float:
    """The patch's score after the run's saved recalibration, as on every other page."""
    return float(networks.calibrated(run, scorer.score(chosen.pixels[None]))[0])


def threshold() -> float:
    """The threshold in force."""
    return cutoff.now().value


def sentence(chosen: Chosen, score: float, raster: Raster) -> str:
    """The patch in one line, as Markdown: its name, label, score, prediction and outcome."""
    facts, at = chosen.facts, threshold()
    label = theme.plain(labelled_words(facts.label, raster))
    result = outcome(facts.label, score, at)
    judged = f" – **{theme.plain(words_of(raster)[result])}**" if result else ""
    return (
        f"{theme.plain(facts.file)} ({chosen.origin}): {label}, score **{theme.digits(score)}**, "
        f"{theme.plain(predicted(score, at, raster))} at {digits(at)}{judged}"
    )


def without_layers(file: str) -> str:
    """Why a page about layers has nothing to show."""
    return (
        f"This network came as ONNX ({file}), which does not say which of its tensors are layers. "
        "Its scores are shown, its layers are not: import the Keras file it was made from to see "
        "them. Evidence (occlusion) and Robustness work without layers."
    )


def missing(run: Run) -> str:
    """Why there is no patch to show, and how to get one."""
    data = run.info.data_name or "NAME"
    if not run.has_predictions:
        return "This run has no predictions to choose a patch from. Upload a patch above."
    if stores.pixels_of(run) is None:
        return (
            f"The patches of “{data}” are not on this machine. Upload a patch above, or bring "
            f"them: python train_cli.py {bringing(run)}."
        )
    return "This split has no patches. Choose another in the bar, or upload a patch above."
