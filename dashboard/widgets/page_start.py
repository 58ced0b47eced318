"""What most pages begin with: their name, their question, and the patches they speak of."""

from typing import NoReturn

import pandas as pd
import streamlit as st

from dashboard.cache import all_patches, predictions, reviews, runs
from dashboard.cache.sorted_split import SortedSplit
from dashboard.charts.theme import many, plain
from dashboard.state import selection
from dashboard.widgets import empty, page_title
from idc_core.io.refusal import Refusal
from idc_core.runs.run import Run


def page() -> tuple[selection.Selection, Run, predictions.SplitScores]:
    """Draw the head; the selection, its run, its split. Without them the page says why and ends."""
    page_title.show()
    chosen, run = _opened()
    found = predictions.scores(run, chosen.split) or _without_patches(chosen.split)
    without_label(found)
    return chosen, run, found


def judged() -> tuple[selection.Selection, Run, SortedSplit]:
    """The same of a page that needs no row of the predictions: they may be too many for memory."""
    page_title.show()
    chosen, run = _opened()
    found = predictions.sorted_scores(run, chosen.split) or _without_patches(chosen.split)
    without_label(found)
    return chosen, run, found


def viewed(unlabelled: str) -> tuple[selection.Selection, Run, all_patches.AllPatches]:
    """The same of a page that is there without labels too: the selection, its run, all patches of
    the split. `unlabelled`: the page's question where no patch of the run has a label."""
    page_title.show("" if _has_labels(selection.current().run) else unlabelled)
    chosen, run = _opened()
    return chosen, run, all_patches.of_split(run, chosen.split) or _without_patches(chosen.split)


def _opened() -> tuple[selection.Selection, Run]:
    """The selection and its run; without a run the page says why and ends."""
    chosen = selection.current()
    if chosen.run is None:
        empty.no_runs()
        st.stop()
    return chosen, runs.run(chosen.run)


def _without_patches(split: str) -> NoReturn:
    empty.show(f"The {split} split of this run holds no patch. Choose another split above.")
    st.stop()


def without_label(found: SortedSplit) -> None:
    """Say how many patches of a split are in no figure, where some have no label."""
    if found.unlabelled:
        st.caption(
            f"{many(found.unlabelled)} of {many(found.unlabelled + found.patches)} patches of "
            "this split have no label: they are in no figure here."
        )


def _has_labels(name: str | None) -> bool:
    """Whether the run has labels, or cannot be read, which the page says itself."""
    try:
        return name is None or runs.run(name).has_labels
    except Refusal:
        return True


def standing(run: Run) -> pd.DataFrame:
    """The readers' standing verdicts; none, and why in a sentence, where they cannot be read."""
    try:
        return reviews.standing(run)
    except Refusal as refusal:
        st.warning(plain(refusal))
        return reviews.none()
