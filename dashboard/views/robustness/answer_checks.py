"""Checks of one prediction: in distribution? Consistent when flipped? Most similar patches?"""

from html import escape

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard.cache import input_check, similar, stores
from dashboard.charts.channels import data_uri
from dashboard.charts.theme import digits, plain
from dashboard.widgets import figure
from idc_core.data.known_labels import idc_among, in_words
from idc_core.runs.run import Run
from idc_core.score import training_range
from idc_core.score.tta import Spread, spread

NEAREST = 12


def in_distribution(run: Run, pixels: npt.NDArray[np.uint8]) -> None:
    """Say what lies outside the range of the training patches, or that nothing does."""
    profile = input_check.profile(run)
    found = training_range.look(pixels, profile, input_check.reference(run), run.info.raster)
    for each in found:
        st.warning(each.sentence, icon=":material/warning:")
    if found:
        return
    if profile is None:
        st.caption(
            "The training patches of this run are not on this machine, so the patch cannot be "
            "compared with them."
        )
    else:
        others = f"{profile.patches:,} {plain(input_check.reference(run))}"
        st.markdown(
            f"✓ In distribution: all {len(training_range.FIGURES)} image statistics (brightness, "
            f"colour, stain, sharpness) lie in the range of nearly all of {others}."
        )


def flips_and_rotations(run: Run, pixels: npt.NDArray[np.uint8], threshold: float) -> Spread:
    """Draw the scores of the eight flips and rotations."""
    found = spread(input_check.scores_of(run), pixels)
    positive = found.called(threshold)
    figure.numbers(
        [
            ("Score of the original", f"{digits(found.scores[0])}", "one of eight orientations"),
            (
                "Mean of all eight",
                f"{digits(found.mean)}",
                f"{digits(found.low)} to {digits(found.high)}",
            ),
            (run.info.raster.say("Predicted IDC"), f"{positive} of 8", f"at {digits(threshold)}"),
        ]
    )
    if 0 < positive < 8:
        st.markdown("**The prediction depends on the orientation:** treat it as undecided.")
    return found


def neighbours(run: Run, pixels: npt.NDArray[np.uint8]) -> None:
    """Draw the most similar training patches with their labels."""
    store = stores.pixels_of(run)
    known = similar.known(run, store) if store is not None else None
    if store is None or known is None:
        st.caption(
            "The most similar training patches are shown once the embeddings are computed: open "
            "the page Look-alikes."
        )
        return
    rows, cosine = input_check.neighbours(run, store, known, pixels, NEAREST)
    if rows.empty:
        st.caption("The training patches are not on this machine.")
        return
    others = f"{len(rows)} {plain(input_check.reference(run))}"
    labelled = plain(idc_among(rows["label"], run.info.raster))
    st.markdown(
        f"**Of the {others} most similar to it, {labelled}** "
        f"({rows['patient'].nunique()} patients, cosine similarity {cosine[0]:.3f} to "
        f"{cosine[-1]:.3f})."
    )
    tiles = [
        f'<figure><img alt="" src="{data_uri(np.asarray(store.patches[row]))}">'
        f"<figcaption>{escape(in_words(label, run.info.raster))}</figcaption></figure>"
        for row, label in zip(rows.index, rows["label"], strict=True)
    ]
    st.html(f'<div class="idc-near-row">{"".join(tiles)}</div>')
    figure.download(rows.assign(cosine=cosine), key="nearest_training")
