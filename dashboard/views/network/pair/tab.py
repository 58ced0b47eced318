"""In which layer does the network begin to tell two patches apart?"""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import similar
from dashboard.charts.slide_map import outcome_of
from dashboard.charts.theme import LETTERS, NO_OUTCOME, plain
from dashboard.state import choices, page_state, selection
from dashboard.views.network.pair import charts
from dashboard.widgets import empty, export, figure, layer_choice, patch_page, similar_measure
from dashboard.widgets.patch_source import Chosen
from idc_core.data.known_labels import is_known, label_of, labelled_words
from idc_core.data.places import lies_at
from idc_core.data.stores.store import PatchStore
from idc_core.facts.outcomes import words_of
from idc_core.interpret.channels.cut import read_layers
from idc_core.io.digits import digits
from idc_core.records.raster import Raster
from idc_core.runs.run import Run
from idc_core.score.nearest import nearest
from idc_core.score.scoring import Scorer

SECOND = {
    "opposite": "same label, other prediction",
    "other_label": "other label",
    "other_patient": "another patient",
}
MEANING = {
    "opposite": "B is the nearest patch with the same label but the other prediction",
    "other_label": "B is the nearest patch with the other label",
    "other_patient": "B is the nearest patch of another patient",
}


def show() -> None:
    """Draw the tab."""
    run, scorer, chosen = patch_page.page(layers=True)
    measured = similar_measure.ready(run)
    if measured is None:
        return
    store, known = measured
    row = _row_of(known, chosen)
    if row is None:
        empty.show("The patch is not among the data of this run. Choose another one above.")
        return
    which = choices.segmented("Compare with the nearest patch that has", "pair_beside", SECOND)
    other = _other(known, row, which)
    if other is None:
        if which != "other_patient" and label_of(known.rows["label"].iloc[row]) is None:
            st.info(
                f"{_facts(known.rows.iloc[row], run.info.raster)}: without a label there is no "
                f"patch with the same or the other label. Choose “{SECOND['other_patient']}”."
            )
            return
        st.info("There is no such patch in this split at this threshold.")
        return
    _both(run, scorer, store, known, (row, other), which)


def _row_of(known: similar.Known, chosen: Chosen) -> int | None:
    facts = chosen.facts
    here = lies_at(known.rows, facts.patient, facts.slide, (facts.x, facts.y))
    found = np.flatnonzero(here)
    return int(found[0]) if len(found) else None


def _other(known: similar.Known, row: int, which: str) -> int | None:
    rows, at = known.rows, patch_page.threshold()
    here = rows.iloc[row]
    positive = (rows["score"] >= at).to_numpy()
    same_label = (rows["label"] == here["label"]).to_numpy()
    # An unknown label is neither the same as another nor the opposite.
    both_known = is_known(rows["label"]) & bool(is_known(here["label"]))
    allowed = (
        rows["score"].notna().to_numpy() & (rows["split"] == selection.current().split).to_numpy()
    )
    allowed &= {
        "opposite": both_known & same_label & (positive != positive[row]),
        "other_label": both_known & ~same_label,
        "other_patient": (rows["patient"] != here["patient"]).to_numpy(),
    }[which]
    order, _ = nearest(known.embeddings, row, 1, allowed)
    return int(order[0]) if len(order) else None


def _both(
    run: Run,
    scorer: Scorer,
    store: PatchStore,
    known: similar.Known,
    pair_rows: tuple[int, int],
    which: str,
) -> None:
    patches = [np.asarray(store.patches[row]) for row in pair_rows]
    one, other = (scorer.activations(patch) for patch in patches)
    names = [layer.name for layer in read_layers(scorer)]
    if not names:
        st.info(
            "Nothing to compare: this network has no layer whose channels the next layer reads."
        )
        return
    table = charts.distances(one, other, names)
    left, middle, right = st.columns([1, 1, 2.6], gap="medium")
    for box, row, patch, letter in zip((left, middle), pair_rows, patches, "AB", strict=False):
        with box:
            with st.container(key=f"pair_{letter.lower()}"):
                st.image(patch, width=190, alt=f"Patch {letter}")
            st.markdown(f"**{letter}** · {_facts(known.rows.iloc[row], run.info.raster)}")
    layer = page_state.one_of("layer", [each.name for each in scorer.layers], names[-1])
    with right:
        figure.altair(
            charts.layer_distances(table, layer),
            key=f"parting_{pair_rows[0]}_{pair_rows[1]}",
            alt_text="Distance between the two patches in every layer",
            caption=f"{MEANING[which]}. One bar per layer whose channels the next layer reads; "
            "click a bar to select the layer. Distance between the channel means: 0 is identical, "
            "1 has nothing in common.",
            table=table,
            on_select=lambda: _clicked(pair_rows),
            selection=charts.SELECTION,
            of=export.Count(2, None),
        )
    _channels(scorer, one[layer], other[layer], layer)


def _clicked(pair_rows: tuple[int, int]) -> None:
    event = st.session_state[f"parting_{pair_rows[0]}_{pair_rows[1]}"]
    for picked in (event["selection"].get(charts.SELECTION) or [])[:1]:
        page_state.remember("layer", str(picked["layer"]))


def _channels(scorer: Scorer, one: charts.Activation, other: charts.Activation, layer: str) -> None:
    if one.ndim == 1:
        one, other = one[None, None], other[None, None]
    picked = charts.most_different(one, other)
    with st.container(width=420):
        layer_choice.layer_of(scorer.layers, layer)
    st.markdown(
        f"**The {len(picked)} channels of {plain(layer)} that differ most:** "
        f"{', '.join(map(str, picked))}"
    )
    rows = charts.strips(one, other, picked)
    for image, name in zip(rows, ("A", "B", "A − B"), strict=True):
        label, strip = st.columns([0.07, 1], vertical_alignment="center")
        label.markdown(f"**{name}**")
        strip.image(image, alt=f"{name}: channels {picked} of {layer}")
    means = pd.DataFrame(
        {
            "channel": np.arange(one.shape[-1]),
            "layer": layer,
            "mean_a": one.mean(axis=(0, 1)),
            "mean_b": other.mean(axis=(0, 1)),
        }
    )
    st.caption(
        "A and B share one colour scale. In the difference, teal is higher in A, brown higher in B."
    )
    figure.download(means, key="pair", of=export.Count(2, None))


def _facts(row: pd.Series, raster: Raster) -> str:
    *whose, patch = selection.to(row).values()
    outcome = outcome_of(
        np.array([row["label"]]), np.array([row["score"]]), patch_page.threshold()
    )[0]
    judged = (
        ""
        if outcome in NO_OUTCOME
        else f": {plain(words_of(raster)[outcome])} ({LETTERS[outcome]})"
    )
    return (
        f"{plain(' '.join(whose))} {patch}, "
        f"{plain(labelled_words(row['label'], raster))}, score **{digits(row['score'])}**{judged}"
    )
