"""What most pages begin with: their name, their question, and the patches they speak of."""

import pandas as pd
import streamlit as st

from dashboard.cache import predictions, reviews, runs
from dashboard.charts.theme import many, plain
from dashboard.state import selection
from dashboard.widgets import empty, page_title
from idc_core.io.refusal import Refusal
from idc_core.runs.run import Run


def page() -> tuple[selection.Selection, Run, predictions.SplitScores]:
    """Draw the head; the selection, its run, its split. Without them the page says why and ends."""
    page_title.show()
    chosen = selection.current()
    if chosen.run is None:
        empty.no_runs()
        st.stop()
    run = runs.run(chosen.run)
    found = predictions.scores(run, chosen.split)
    if found is None:
        empty.show(
            f"The {chosen.split} split of this run holds no patch. Choose another split above."
        )
        st.stop()
    if found.unlabelled:
        st.caption(
            f"{many(found.unlabelled)} of {many(found.unlabelled + len(found.rows))} patches of "
            "this split have no label: they are in no figure here."
        )
    return chosen, run, found


def standing(run: Run) -> pd.DataFrame:
    """The readers' standing verdicts; none, and why in a sentence, where they cannot be read."""
    try:
        return reviews.standing(run)
    except Refusal as refusal:
        st.warning(plain(refusal))
        return reviews.none()
