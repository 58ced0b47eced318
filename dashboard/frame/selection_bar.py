"""The slim bar on top of every page: run · split · threshold · patient · patch · link."""

import time
from collections.abc import Callable
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import all_patches, cutoff, looks, predictions, runs
from dashboard.charts.theme import digits, plain
from dashboard.frame import bar_end, patient_search, population, seal_notice, threshold_part
from dashboard.pages import View
from dashboard.state import selection
from dashboard.widgets import few_patients
from idc_core.data.places import SLIDE
from idc_core.data.shown_splits import OUT_OF_FOLD, UNTOUCHED, holds_test
from idc_core.io.paths import models_root
from idc_core.io.refusal import Refusal
from idc_core.runs.notes import offered
from idc_core.runs.run import Run
from idc_core.runs.trained_on import caution

SPLIT_WORDS = {
    "test": "Test",
    "validation": "Validation",
    "train": "Training",
    "unused": "Unused",
    OUT_OF_FOLD: "Out of fold",
    UNTOUCHED: "Out of fold, nothing chosen",
}
ANY = "All patients"
NONE = "–"
MOST = 400
"""More names are searched by the server: ten thousand would be sent to the browser at every
change."""
LATE_S = 2.0
"""How long the browser may still send back what the bar showed before."""


def show(view: View) -> None:
    """Draw the bar: every part is a control that changes the selection.

    It says which parts do not change the view.
    """
    selection.follow(view.takes)
    chosen = selection.current()
    names = offered(models_root(), including=chosen.run)
    if not names:
        return
    population.settle(chosen)
    selection.change(threshold=cutoff.now().value)
    chosen = selection.current()
    counted = _looks(chosen, view.page.judging)
    with st.container(key="selection_bar"):
        parts = st.columns([1.15, 1.05, 2.35, 1.2, 1.0, 1.05], vertical_alignment="bottom")
        with parts[0]:
            _select("run", "Run", names, chosen.run)
        with parts[1]:
            splits = population.splits(chosen)
            _select("split", "Split", splits, chosen.split, SPLIT_WORDS.__getitem__)
        with parts[2]:
            threshold_part.show(chosen, counted)
        patients, patches = _choices(chosen)
        with parts[3]:
            if len(patients) > MOST:
                patient_search.show(patients, selection.current().patient)
            else:
                _select("patient", "Patient", [ANY, *patients], chosen.patient or ANY)
        with parts[4]:
            _select("patch", "Patch", [NONE, *patches], chosen.patch or NONE)
        with parts[5]:
            bar_end.show(selected(chosen, counted))
    # In a place of their own: where one comes or goes, the page below is not drawn anew.
    with st.container():
        for sentence in selection.notes():
            st.caption(plain(sentence))
        unused = ignored(view, selection.current())
        if unused:
            st.caption(unused)
        threshold_part.await_table(chosen)
        population.show(view, chosen)
        _warn(chosen)
        if view.intervals:
            _few(chosen)
        seal_notice.show(chosen)


def selected(chosen: selection.Selection, counted: int | None) -> str:
    """What the bar's controls say, in a line."""
    parts = [str(chosen.run), SPLIT_WORDS[chosen.split]]
    if chosen.threshold is not None:
        parts.append(f"threshold {digits(chosen.threshold)} ({threshold_part.state(counted)})")
    parts.append(f"patient {chosen.patient}" if chosen.patient else ANY.lower())
    parts += [f"slide {chosen.slide}"] if chosen.slide else []
    parts += [f"patch {chosen.patch}"] if chosen.patch else []
    return " · ".join(parts)


def ignored(view: View, chosen: selection.Selection) -> str:
    """What of the selection the view does not follow, in a sentence; empty where it follows all.

    >>> from dashboard import pages
    >>> ignored(pages.view("training"), selection.Selection("demo", patient="9036"))
    'The split, threshold and patient in the bar do not change this page.'
    """
    always, given = ("split", "threshold"), ("patient", "patch")
    parts = [
        part
        for part in (*always, *given)
        if part not in view.takes and (part in always or getattr(chosen, part) is not None)
    ]
    if not parts:
        return ""
    named = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    verb = "does" if len(parts) == 1 else "do"
    return f"The {named} in the bar {verb} not change this page."


def looked() -> None:
    """Record a look: the page has shown its figures on test.

    After the page, because writing to disk takes longer than drawing it.
    """
    chosen = selection.current()
    if chosen.run is None or not holds_test(chosen.split) or chosen.threshold is None:
        return
    try:
        run = runs.run(chosen.run)
        # Without labels nothing is seen of how good the scores are.
        if run.has_labels and chosen.split in predictions.splits(run):
            looks.look(run, chosen.threshold)
    except Refusal:
        return


def _looks(chosen: selection.Selection, judging: bool) -> int | None:
    """How many thresholds have been shown on test; None on another split."""
    if not holds_test(chosen.split) or chosen.threshold is None:
        return None
    try:
        run = runs.run(str(chosen.run))
        if not run.has_labels:
            return None
        return looks.looks(run, chosen.threshold if judging else None)
    except Refusal:
        return None


def _warn(chosen: selection.Selection) -> None:
    """Warnings about a run's predictions, on every page."""
    try:
        run = runs.run(str(chosen.run))
    except Refusal:
        return
    said = [caution(run.info), *run.info.warnings, _off_grid(run)]
    for sentence in dict.fromkeys(filter(None, said)):
        st.html(f'<div class="idc-warn">{escape(str(sentence))}</div>')


def _off_grid(run: Run) -> str | None:
    try:
        return predictions.off_grid(run)
    except Refusal:
        return None


def _few(chosen: selection.Selection) -> None:
    """Warn where the split has too few patients for reliable intervals."""
    found = threshold_part.scores(chosen)
    if found is not None:
        few_patients.show(len(found.patients))


def _choices(chosen: selection.Selection) -> tuple[list[str], list[str]]:
    try:
        run = runs.run(str(chosen.run))
        if predictions.are_too_many(run):
            return _many(run, chosen), []
        found = all_patches.of_split(run, chosen.split)
    except Refusal:
        return [], []
    if found is None:
        return [], []
    patients = found.names
    if chosen.patient is None:
        return patients, []
    if chosen.patient not in patients:
        _follow(chosen)
        selection.note(f"Patient {chosen.patient[:64]} is not in this split: showing all patients.")
        selection.change(patient=None)
        return patients, []
    rows = _on_slide(found.of(chosen.patient), chosen)
    chosen = selection.current()
    patches = [selection.patch_name(x, y) for x, y in zip(rows["x"], rows["y"], strict=True)]
    if chosen.patch is not None and chosen.patch not in patches:
        selection.note(f"Patient {str(chosen.patient)[:64]} has no patch {chosen.patch[:30]}.")
        selection.change(patch=None)
    return patients, patches


def _many(run: Run, chosen: selection.Selection) -> list[str]:
    """The patients of a run whose patches are too many to be chosen one by one."""
    known = predictions.sorted_scores(run, chosen.split)
    patients = [] if known is None else known.names
    if chosen.patient is not None and chosen.patient not in patients:
        selection.note(f"Patient {chosen.patient[:64]} is not in this split: showing all patients.")
        selection.change(patient=None)
    return patients


def _on_slide(rows: pd.DataFrame, chosen: selection.Selection) -> pd.DataFrame:
    """The rows of the chosen slide; of one that has the chosen patch where none is chosen."""
    if SLIDE not in rows:
        if chosen.slide is not None:
            selection.change(slide=None, patch=chosen.patch)
        return rows
    slides = sorted(map(str, rows[SLIDE].unique()))
    if chosen.slide not in slides:
        if chosen.slide is not None:
            selection.note(f"Patient {str(chosen.patient)[:64]} has no slide {chosen.slide[:64]}.")
        names = [selection.patch_name(x, y) for x, y in zip(rows["x"], rows["y"], strict=True)]
        having = rows[SLIDE][np.array(names, object) == chosen.patch]
        selection.change(
            slide=str(having.iloc[0]) if len(having) else slides[0], patch=chosen.patch
        )
    return selection.on_slide(rows)


def _follow(chosen: selection.Selection) -> None:
    """Switch to the split that has the patient: no patient is in more than one."""
    run = runs.run(str(chosen.run))
    for split in predictions.splits(run):
        found = all_patches.of_split(run, split)
        if split != chosen.split and found is not None and chosen.patient in found.names:
            selection.note(
                f"Patient {str(chosen.patient)[:64]} is in the {split} split: shown there."
            )
            selection.change(split=split)
            st.rerun()


def _select(
    part: str,
    label: str,
    values: list[str],
    value: str | None,
    words: Callable[[str], str] | None = None,
) -> None:
    value = value if value in values else values[0]
    key = _sent(part, value)

    def chosen() -> None:
        picked = st.session_state[key]
        _moved(part, None if picked in (ANY, NONE) else picked)

    st.selectbox(label, values, key=key, on_change=chosen, format_func=words or str)


def _sent(part: str, value: Any) -> str:
    """Write a part's value into its control, remember the one before; return the control's key.

    What stands there already is not set again: the browser would take that for an answer, and drop
    a click made meanwhile.
    """
    key = f"bar_{part}"
    before = st.session_state.get(key)
    if before == value:
        return key
    if before is not None:
        before = None if before in (ANY, NONE) else before
        st.session_state[f"{key}_replaced"] = _replaced(key) | {before: time.monotonic()}
    st.session_state[key] = value
    return key


def _moved(part: str, picked: Any) -> None:
    """Follow a control, unless the browser sends back its value before the last change.

    Someone who acts before the page has answered (a second key, a quick click) sends the bar as
    they still see it. That is not a choice, and must not revert the selection.
    """
    if picked not in _replaced(f"bar_{part}"):
        selection.change(**{part: picked})


def _replaced(key: str) -> dict[Any, float]:
    """The recent values of a control, each with the time at which it was replaced."""
    known: dict[Any, float] = st.session_state.get(f"{key}_replaced", {})
    return {value: at for value, at in known.items() if time.monotonic() - at < LATE_S}
