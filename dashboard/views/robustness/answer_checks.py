"""One answer's footing: is the picture of the usual kind, does it hold when turned, who is near?"""

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


def gate_findings(run: Run, pixels: npt.NDArray[np.uint8]) -> None:
    """What is odd about the picture, or that nothing is."""
    profile = input_check.profile(run)
    found = training_range.look(pixels, profile, input_check.reference(run))
    for each in found:
        st.warning(each.sentence, icon=":material/warning:")
    if found:
        return
    if profile is None:
        st.caption(
            "No patches that this run may have been trained on are on this machine, so the picture "
            "cannot be compared with them."
        )
    else:
        others = f"{profile.patches:,} {plain(input_check.reference(run))}"
        st.markdown(
            f"✓ All {len(training_range.FIGURES)} figures of the picture (light, colour, stains, "
            f"sharpness) lie where nearly all of {others} lie."
        )


def turned(run: Run, pixels: npt.NDArray[np.uint8], threshold: float) -> Spread:
    """The eight positions."""
    found = spread(input_check.scores_of(run), pixels)
    called = found.called(threshold)
    figure.numbers(
        [
            ("Score as it lies", f"{digits(found.scores[0])}", "one of eight positions"),
            (
                "Mean of eight",
                f"{digits(found.mean)}",
                f"{digits(found.low)} to {digits(found.high)}",
            ),
            ("Called IDC", f"{called} of 8", f"at {digits(threshold)}"),
        ]
    )
    if 0 < called < 8:
        st.markdown("**The call depends on how the patch lies:** read it as undecided.")
    return found


def neighbours(run: Run, pixels: npt.NDArray[np.uint8]) -> None:
    """The training patches most like it, with their labels."""
    store = stores.pixels_of(run)
    known = similar.known(run, store) if store is not None else None
    if store is None or known is None:
        st.caption(
            "The nearest training patches are known once the network has looked at all of them: "
            "open the page Similar once."
        )
        return
    rows, cosine = input_check.neighbours(run, known, pixels, NEAREST)
    if rows.empty:
        st.caption("No training patch is on this machine to be compared with.")
        return
    others = f"{len(rows)} {plain(input_check.reference(run))}"
    st.markdown(
        f"**Of the {others} most like it {idc_among(rows['label'])}** "
        f"({rows['patient'].nunique()} patients, cosine {cosine[0]:.3f} to {cosine[-1]:.3f})."
    )
    tiles = [
        f'<figure><img alt="" src="{data_uri(np.asarray(store.patches[row]))}">'
        f"<figcaption>{in_words(label)}</figcaption></figure>"
        for row, label in zip(rows.index, rows["label"], strict=True)
    ]
    st.html(f'<div class="idc-near-row">{"".join(tiles)}</div>')
    figure.download(rows.assign(cosine=cosine), key="nearest_training")
