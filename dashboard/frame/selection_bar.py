"""The slim bar on top of every page: run · split · threshold · patient · patch · link."""

import time
from collections.abc import Callable
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import all_patches, cutoff, looks, predictions, runs, threshold_table
from dashboard.charts.theme import digits, plain
from dashboard.frame import bar_end, seal_notice, table_wait, threshold_slider
from dashboard.pages import View
from dashboard.state import selection
from dashboard.widgets import few_patients
from idc_core.data.places import SLIDE
from idc_core.io.intervals import rate
from idc_core.io.paths import models_root
from idc_core.io.refusal import Refusal
from idc_core.metrics.corner import in_a_corner
from idc_core.runs.notes import offered
from idc_core.runs.run import Run
from idc_core.runs.trained_on import caution

SPLIT_WORDS = {"test": "Test", "validation": "Validation", "train": "Training", "unused": "Unused"}
ANY = "All patients"
NONE = "–"
MOST, LISTED = 400, 30
"""Of more than `MOST` names only `LISTED` are listed, and any can be typed: ten thousand would be
sent to the browser at every change."""
LATE_S = 2.0
"""How long the browser may still send back what the bar showed before."""
_STATES = {
    "locked": "operating point, locked",
    "chosen": "exploratory",
    "assumed": "no operating point, 0.5 assumed",
}


def show(view: View) -> None:
    """Draw the bar: every part is a control that changes the selection.

    It says which parts do not change the view.
    """
    selection.follow(view.takes)
    chosen = selection.current()
    names = offered(models_root(), including=chosen.run)
    if not names:
        return
    selection.change(threshold=cutoff.now().value)
    chosen = selection.current()
    counted = _looks(chosen, view.page.judging)
    with st.container(key="selection_bar"):
        parts = st.columns([1.2, 0.9, 2.45, 1.2, 1.0, 1.05], vertical_alignment="bottom")
        with parts[0]:
            _select("run", "Run", names, chosen.run)
        with parts[1]:
            splits = list(selection.SPLITS)
            _select("split", "Split", splits, chosen.split, SPLIT_WORDS.__getitem__)
        table = _table(chosen)
        with parts[2]:
            _threshold(chosen, counted, table)
        patients, patches = _choices(chosen)
        with parts[3]:
            patient = chosen.patient or ANY
            _select("patient", "Patient", [ANY, *patients], patient, typed=True)
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
        if table is not None and selection.follows("threshold"):
            _await(chosen, table)
        _warn(chosen)
        if view.intervals:
            _few(chosen)
        seal_notice.show(chosen)


def selected(chosen: selection.Selection, counted: int | None) -> str:
    """What the bar's controls say, in a line."""
    parts = [str(chosen.run), SPLIT_WORDS[chosen.split]]
    if chosen.threshold is not None:
        parts.append(f"threshold {digits(chosen.threshold)} ({_state(counted)})")
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
    if chosen.run is None or chosen.split != "test" or chosen.threshold is None:
        return
    try:
        run = runs.run(chosen.run)
        # Without labels nothing is seen of how good the scores are.
        if run.has_labels and "test" in predictions.splits(run):
            looks.look(run, chosen.threshold)
    except Refusal:
        return


def _looks(chosen: selection.Selection, judging: bool) -> int | None:
    """How many thresholds have been shown on test; None on another split."""
    if chosen.split != "test" or chosen.threshold is None:
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
    try:
        found = predictions.scores(runs.run(str(chosen.run)), chosen.split)
    except Refusal:
        return
    if found is not None:
        few_patients.show(len(found.patients))


def _threshold(
    chosen: selection.Selection, counted: int | None, table: threshold_table.Told | None
) -> None:
    value = cutoff.now().value
    named = runs.raster(chosen.run).predicted(True)
    steps = _steps(chosen)
    spacing = (
        "" if steps is None else " The scores fill a small part of 0 to 1: the scale is logit."
    )
    threshold_slider.show(
        threshold_slider.Shown(
            value=value,
            label="Threshold",
            state=_state(counted),
            help=f"Exactly {value!r}. A patch is {named} when its score is at least this. The "
            "operating point was chosen on validation; any other threshold is exploratory. Looks "
            f"at test: thresholds whose test figures were shown in this run.{spacing}",
            rates=_rates(chosen, value),
            steps=steps,
            table=table,
            follows=selection.follows("threshold"),
        )
    )


def _table(chosen: selection.Selection) -> threshold_table.Told | None:
    """What the browser looks up while the threshold moves; None where there is nothing to judge."""
    try:
        return threshold_table.told(runs.run(str(chosen.run)), chosen.split)
    except Refusal:
        return None


def _await(chosen: selection.Selection, table: threshold_table.Told) -> None:
    """Until the table is there: say why it is not, and draw the page once more when it is."""
    if table.trouble:
        st.caption(plain(table.trouble))
    if table.is_made:
        table_wait.show(str(chosen.run), chosen.split)


def _rates(chosen: selection.Selection, threshold: float) -> tuple[str, ...]:
    """Sensitivity and specificity as the page says them; none where the run has no labels."""
    try:
        found = predictions.scores(runs.run(str(chosen.run)), chosen.split)
    except Refusal:
        return ()
    if found is None:
        return ()
    counts = found.ranked.counts(threshold)
    return rate(counts.sensitivity), rate(counts.specificity)


def _state(counted: int | None) -> str:
    """Where the threshold comes from, and the looks at test."""
    state = _STATES[cutoff.now().source]
    looked = f" · {counted} {'look' if counted == 1 else 'looks'} at test" if counted else ""
    return state + looked


def _steps(chosen: selection.Selection) -> list[float] | None:
    """Where the slider stops without a table where even steps are too coarse: the thresholds of the
    split's curve and both ends. None where even steps suffice."""
    try:
        run = runs.run(str(chosen.run))
        found = predictions.scores(run, chosen.split)
        if found is None or not in_a_corner(found.ranked):
            return None
        curve = found.curve.thresholds
    except Refusal:
        return None
    return sorted({0.0, 1.0, *(value for value in curve.tolist() if 0 <= value <= 1)})


def _choices(chosen: selection.Selection) -> tuple[list[str], list[str]]:
    try:
        found = all_patches.of_split(runs.run(str(chosen.run)), chosen.split)
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
    *,
    typed: bool = False,
) -> None:
    value = value if value in values else values[0]
    typed = typed and len(values) > MOST
    if typed:
        values = list(dict.fromkeys([*values[:LISTED], str(value)]))
    key = _sent(part, value)

    def chosen() -> None:
        picked = st.session_state[key]
        _moved(part, None if picked in (ANY, NONE) else picked)

    st.selectbox(
        label,
        values,
        key=key,
        on_change=chosen,
        format_func=words or str,
        accept_new_options=typed,
        help="Type a name that is not listed." if typed else None,
    )


def _sent(part: str, value: Any) -> str:
    """Write a part's value into its control, remember the one before; return the control's key."""
    key = f"bar_{part}"
    before = st.session_state.get(key)
    if before is not None and before != value:
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
