"""What a map of evidence depends on: patches, layer, occlusion window, baseline."""

from typing import cast

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard.cache import predictions, stores
from dashboard.charts.slide_map import outcome_of
from dashboard.charts.theme import plain
from dashboard.state import page_state, selection
from dashboard.views.network.evidence.cache import Setting
from dashboard.widgets import patch_page
from dashboard.widgets.patch_source import Chosen
from idc_core.facts.outcomes import words_of
from idc_core.interpret.explain.fills import FILLS, Fill
from idc_core.interpret.explain.occlusion import windows
from idc_core.records.raster import Raster
from idc_core.runs.run import Run
from idc_core.score.scoring import Scorer

GROUPS = {"one": "this patch", "fn": "all missed IDC", "fp": "all false alarms"}
"""As for the public set: `Raster.say` names the classes."""
_OF_ALL = "Of all missed IDC or false alarms: the mean map over these patches of the patient."
MOST = 100
"""Patches that are averaged; larger groups are sampled evenly."""


def show(scorer: Scorer, raster: Raster) -> tuple[str, Setting]:
    """Draw all choices in one row; they are in the address.

    The first value says whose maps: those of `one` patch, or of all `fn` or `fp` of its patient.
    """
    layers = spatial(scorer)
    sizes = [str(size) for size in windows(scorer.side)]
    zero, one, two, three = st.columns([2.1, 1.3, 0.8, 0.9])
    with zero:
        over = _group(raster)
    with one:
        # A network from ONNX, or of dense layers only, has no layer with positions.
        layer = (
            _choice("CAM target layer", "layer", {each: each for each in layers}, layers[-1])
            if layers
            else ""
        )
    with two:
        window = _choice(
            "Occlusion window", "window", {each: f"{each} px" for each in sizes}, sizes[1]
        )
    with three:
        fill = _choice("Baseline (fill)", "fill", {each: each for each in FILLS}, FILLS[0])
    return over, Setting(layer, int(window), cast(Fill, fill))


def _group(raster: Raster) -> str:
    now = page_state.one_of("over", list(GROUPS), "one")

    def keep() -> None:
        said = st.session_state["explain_over"] or "one"
        page_state.remember("over", None if said == "one" else said)

    picked = st.segmented_control(
        "Show maps of",
        list(GROUPS),
        default=now,
        key="explain_over",
        on_change=keep,
        required=True,
        format_func=lambda key: raster.say(GROUPS[key], plain),
        help=raster.say(_OF_ALL, plain),
    )
    return picked or "one"


def patches_of(run: Run, chosen: Chosen, outcome: str) -> tuple[npt.NDArray[np.uint8], int]:
    """Pixels of a patient's errors of one kind, at most `MOST`, and how many errors there are."""
    store, patient = stores.pixels_of(run), chosen.facts.patient
    none = np.empty((0, *chosen.pixels.shape), np.uint8)
    rows = predictions.rows_of(run, selection.current().split) if run.has_predictions else None
    if store is None or patient is None or rows is None:
        return none, 0
    rows = rows[(rows["patient"] == patient).to_numpy()]
    own = rows[outcome_of(rows["label"], rows["score"], patch_page.threshold()) == outcome]
    places = stores.places_in(store, own).dropna().astype(int).tolist()
    some = np.array(places, np.int64)[
        np.linspace(0, len(places) - 1, min(len(places), MOST)).astype(int)
    ]
    return (store.patches[np.sort(some)] if len(some) else none), len(places)


def none_of(outcome: str, raster: Raster) -> str:
    """The sentence for a patient without such an error."""
    return (
        f"This patient has no {plain(words_of(raster)[outcome])} at this threshold in this split."
    )


def spatial(scorer: Scorer) -> list[str]:
    """Names of the layers with positions, except the scaled patch itself."""
    found = [each.name for each in scorer.layers if len(each.shape) == 3 and each.shape[0] > 1]
    return found[1:] if len(found) > 1 else found


def _choice(label: str, name: str, words: dict[str, str], default: str) -> str:
    options = list(words)
    now = page_state.one_of(name, options, default)
    key = f"explain_{name}"

    def keep() -> None:
        said = st.session_state[key]
        page_state.remember(name, None if said == default else said)

    return st.selectbox(
        label,
        options,
        index=options.index(now),
        key=key,
        on_change=keep,
        format_func=words.__getitem__,
    )
