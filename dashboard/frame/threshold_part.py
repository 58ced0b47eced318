"""The part of the bar that holds the threshold: what its slider says, where it stops, its table."""

import streamlit as st

from dashboard.cache import cutoff, predictions, runs, threshold_table
from dashboard.cache.sorted_split import SortedSplit
from dashboard.charts.theme import plain
from dashboard.frame import table_wait, threshold_slider
from dashboard.state import drawn_at, selection, view
from idc_core.io.intervals import rate
from idc_core.io.refusal import Refusal
from idc_core.metrics.corner import in_a_corner

_STATES = {
    "locked": "operating point, locked",
    "chosen": "exploratory",
    "assumed": "no operating point, 0.5 assumed",
}


def show(chosen: selection.Selection, counted: int | None) -> None:
    """Draw the slider; `counted`: looks at test, None on another split."""
    value, found, table = cutoff.now().value, scores(chosen), _table(chosen)
    is_there = table is not None and table.address != ""
    drawn_at.enter(value, (view.current().key, chosen.run, table) if is_there else None)
    named = runs.raster(chosen.run).predicted(True)
    steps = _steps(found)
    spacing = "The scores fill a small part of 0 to 1: the scale is logit." if steps else ""
    threshold_slider.show(
        threshold_slider.Shown(
            value=value,
            label="Threshold",
            state=state(counted),
            help=f"Exactly {value!r}. A patch is {named} when its score is at least this. The "
            "operating point was chosen on validation; any other threshold is exploratory. Looks "
            f"at test: thresholds whose test figures were shown in this run. {spacing}".rstrip(),
            rates=_rates(found, value),
            steps=steps,
            table=table,
            follows=selection.follows("threshold"),
        )
    )


def state(counted: int | None) -> str:
    """Where the threshold comes from, and the looks at test."""
    looked = f" · {counted} {'look' if counted == 1 else 'looks'} at test" if counted else ""
    return _STATES[cutoff.now().source] + looked


def await_table(chosen: selection.Selection) -> None:
    """Until the table is there: say why it is not, and draw the page once more when it is."""
    table = _table(chosen)
    if table is None or not selection.follows("threshold"):
        return
    if table.trouble:
        st.caption(plain(table.trouble))
    if table.is_made:
        table_wait.show(str(chosen.run), chosen.split)


def scores(chosen: selection.Selection) -> SortedSplit | None:
    """Those of the selection; None where the run has none, or no labels."""
    try:
        return predictions.sorted_scores(runs.run(str(chosen.run)), chosen.split)
    except Refusal:
        return None


def _table(chosen: selection.Selection) -> threshold_table.Told | None:
    """What the browser looks up while the threshold moves; None where there is nothing to judge."""
    try:
        return threshold_table.told(runs.run(str(chosen.run)), chosen.split)
    except Refusal:
        return None


def _rates(found: SortedSplit | None, threshold: float) -> tuple[str, ...]:
    """Sensitivity and specificity as the page says them; none without scores."""
    if found is None:
        return ()
    counts = found.ranked.counts(threshold)
    return rate(counts.sensitivity), rate(counts.specificity)


def _steps(found: SortedSplit | None) -> list[float] | None:
    """Where the slider stops until it has its table, if even steps are too coarse: thresholds of
    the split's curve and both ends. None where even steps suffice."""
    if found is None or not in_a_corner(found.ranked):
        return None
    return sorted({0.0, 1.0, *(each for each in found.curve.thresholds.tolist() if 0 <= each <= 1)})
