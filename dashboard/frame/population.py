"""Under the bar of a run that judges a recipe: what it judges, and on whom."""

from html import escape

import streamlit as st

from dashboard.cache import runs
from dashboard.charts.theme import many
from dashboard.frame import page_refusal
from dashboard.pages import View
from dashboard.state import selection
from idc_core.data.shown_splits import OF_FOLDS, OUT_OF_FOLD, UNTOUCHED
from idc_core.io.refusal import Refusal
from idc_core.records.run_info import RunInfo
from idc_core.runs import cross_validated

_KEY = "population"


def settle(chosen: selection.Selection) -> None:
    """Keep to the splits that the run can be shown by; say so where another was asked for."""
    info = _info(chosen)
    of_folds = info is not None and info.cross_validated is not None
    if info is None or of_folds == (chosen.split in OF_FOLDS):
        return
    now = OUT_OF_FOLD if of_folds else "test"
    if not of_folds:
        selection.note(f"{chosen.run} has no {chosen.split} split: showing {now}.")
    selection.change(split=now)


def splits(chosen: selection.Selection) -> list[str]:
    """The splits that the bar offers."""
    info = _info(chosen)
    if info is not None and info.cross_validated is not None:
        return [OUT_OF_FOLD]
    return [split for split in selection.SPLITS if split not in OF_FOLDS]


def show(view: View, chosen: selection.Selection) -> None:
    """Draw both sentences and the choice of patients; nothing for another run."""
    info = _info(chosen)
    known = None if info is None else info.cross_validated
    if info is None or known is None:
        return
    st.html(f'<div class="idc-caption">{escape(cross_validated.note(info))}</div>')
    if "split" not in view.takes or page_refusal.of(view.page) is not None:
        return
    total = (info.data.patients if info.data else {}).get(OUT_OF_FOLD, 0)
    words = {
        OUT_OF_FOLD: f"All {many(total)} patients",
        UNTOUCHED: f"{many(total - known.chose)} on whom nothing was chosen",
    }
    # What stands so already is not set again: a click made meanwhile would be dropped.
    if st.session_state.get(_KEY) != chosen.split:
        st.session_state[_KEY] = chosen.split
    st.segmented_control(
        "Patients judged",
        list(words),
        key=_KEY,
        format_func=words.__getitem__,
        required=True,
        on_change=lambda: selection.change(split=st.session_state[_KEY]),
        help=f"The {many(known.chose)} validation patients of {known.run} chose its epoch, "
        f"threshold and settings. Both choices hold its {many(known.tested)} test patients: "
        "showing them counts as a look at test.",
    )
    if "threshold" in view.takes:
        st.html(f'<div class="idc-caption">{escape(cross_validated.scale_note(info))}</div>')


def _info(chosen: selection.Selection) -> RunInfo | None:
    """None without a run, or where the page itself says what is wrong with it."""
    try:
        return None if chosen.run is None else runs.run(chosen.run).info
    except Refusal:
        return None
