"""A fixed sample of validation patches across epochs: learned, forgotten, never learned."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import stores, training
from dashboard.charts.theme import DARK_PAPER, INK_ON_DARK, many, plain
from dashboard.state import choices, selection
from dashboard.views.training import tracked_chart
from dashboard.widgets import empty, export, figure
from idc_core.data.known_labels import in_words
from idc_core.io.digits import digits
from idc_core.runs.run import Run
from idc_core.train.tracked_patches import COURSES

SHOWN = 12
SAID = {
    "always right": "correct in every epoch",
    "learned": "wrong at first, correct in the saved epoch",
    "forgotten": "correct before, wrong in the saved epoch",
    "never learned": "wrong in every epoch",
}


def show(run: Run) -> None:
    """Counts, a chart of all tracked patches by epoch, and the patches of one group."""
    found = training.tracked(run)
    if found is None:
        empty.show(
            f"{run.name} has no per-epoch scores of single patches (older and imported runs have "
            "none). Train one that has: "
            "python train_cli.py train --data demo --run mine."
        )
        return
    table = found.patches
    counts = table["fate"].value_counts()
    figure.numbers(
        [(kind.capitalize(), many(int(counts.get(kind, 0))), SAID[kind]) for kind in COURSES]
    )
    kind = _choice(counts)
    left, right = st.columns([1.25, 1], gap="large")
    with left:
        figure.altair(
            tracked_chart.fates_over_epochs(
                found.patches, found.scores, found.thresholds, found.epochs
            ),
            key="watched",
            alt_text="Proportion of tracked patches correctly classified by epoch, by group",
            caption=f"{many(len(table))} validation patches of {many(table['patient'].nunique())} "
            "patients, up to the saved epoch. Each epoch is judged at its own best threshold, so "
            "that threshold drift does not count as forgetting.",
            table=table,
            of=export.Count(
                len(table), int(table["patient"].nunique()), split="validation", cut=False
            ),
        )
    with right:
        _patches(run, table, found, kind)


def _choice(counts: "pd.Series[int]") -> str:
    there = [kind for kind in COURSES if counts.get(kind, 0)]
    words = {kind.replace(" ", "_"): f"{kind} ({many(int(counts[kind]))})" for kind in there}
    default = "forgotten" if "forgotten" in words else list(words)[-1]
    return choices.segmented("Show", "fate", words, default).replace("_", " ")


def _patches(run: Run, table: pd.DataFrame, found: training.TrackedPatches, kind: str) -> None:
    """Those of one group whose prediction flipped most often come first, then the most certain."""
    own = np.flatnonzero(table["fate"].to_numpy() == kind)
    off = np.abs(table["score"].to_numpy() - (table["label"].to_numpy() == 0))
    order = np.lexsort((off[own], -table["turns"].to_numpy()[own]))
    first = own[order][:SHOWN]
    rows = table.iloc[first]
    patients = many(rows["patient"].nunique())
    st.markdown(
        f"**{kind.capitalize()}**: the {len(rows)} whose prediction flipped most often, from "
        f"{patients} patients"
    )
    store = stores.pixels_of(run)
    if store is not None:
        known = stores.places_in(store, rows)
        if known.notna().all():
            at = known.to_numpy(np.int64)
            lines = found.scores[:, first].astype(float)
            dark = st.context.theme.type == "dark"
            colours = {"ink": INK_ON_DARK, "paper": DARK_PAPER} if dark else {}
            drawn = tracked_chart.sheet(
                store.patches[at], lines, found.thresholds, rows["label"], **colours
            )
            st.image(drawn, alt=f"{len(rows)} patches, each above the curve of its score")
            st.caption(
                "Under each patch: its score by epoch (line) and the threshold (grey). Frame: "
                f"label (blue {plain(run.info.raster.positive)}, grey "
                f"{plain(run.info.raster.negative)})."
            )
    for row in rows.head(6).to_dict("records"):
        label = plain(in_words(row["label"], run.info.raster))
        named = selection.to(row)
        link = selection.link("patients", split="validation", **named)
        *whose, patch = named.values()
        shown = plain(" · ".join(whose))
        st.markdown(
            f"[{shown} · {patch}]({link}): {label}, correct in {row['right']:.0%} "
            f"of epochs, flipped {row['turns']} times, final score {digits(row['score'])}"
        )
