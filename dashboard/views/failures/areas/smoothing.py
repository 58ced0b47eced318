"""Spatial smoothing: what it would change, before anybody applies it."""

import pandas as pd
import streamlit as st

from dashboard.access import gate
from dashboard.cache import cutoff, predictions, spatial
from dashboard.charts.theme import digits, many, plain
from dashboard.state import selection
from dashboard.widgets import figure, permitted
from idc_core.evaluate.evaluation import write_evaluation
from idc_core.evaluate.spatial import saved_smoothing as smoothing
from idc_core.evaluate.spatial.effect import Smoothed
from idc_core.io.intervals import TO, decimals, interval
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.leave_one_out import Interval
from idc_core.metrics.operating_point import rule_words
from idc_core.runs.run import Run


def show(run: Run, found: Smoothed | None) -> None:
    """Draw the comparison, or why there is none, and the button that applies or removes it."""
    st.header("Spatial smoothing", anchor=False)
    if found is None:
        st.caption(
            "The strength is chosen on whole slides of validation and evaluated on whole slides of "
            "this split: one of the two has none."
        )
        return
    best = found.chosen
    if best.strength == 0:
        st.markdown(
            "On validation, no smoothing strength ranks better than none: leave the scores as they "
            "are."
        )
        return
    rule = rule_words(found.rule, lambda words: run.info.raster.say(words, plain))
    st.markdown(
        f"Each score is mixed with **{best.strength:.0%}** of the mean of its neighbours: the "
        f"strength with the highest ROC-AUC on the whole slides of validation "
        f"({best.areas[0.0]:.3f} → {best.areas[best.strength]:.3f}). Thresholds chosen there by "
        f"the same rule ({rule}): {digits(found.thresholds[0])} without "
        f"smoothing, {digits(found.thresholds[1])} with it."
    )
    table = pd.DataFrame(
        [
            {
                "metric": METRICS[name].title,
                "without": value(pair.a),
                "with smoothing": value(pair.b),
                "difference": value(pair.difference, signed=True),
            }
            for name, pair in found.figures.items()
        ]
    )
    st.dataframe(table, hide_index=True, key="smoothing_table")
    st.caption(
        f"{many(found.patches)} patches of {found.patients} whole slides. A difference whose "
        "interval includes 0 is not evidence of a change."
    )
    figure.download(table, key="smoothing")
    _apply(run, found)


def _apply(run: Run, found: Smoothed) -> None:
    applied = smoothing.saved(run)
    with st.container(horizontal=True, vertical_alignment="center"):
        words = "Apply to this run's whole slides" if applied is None else "Remove smoothing"
        if permitted.button(words, "smooth", key="take_smoothing", icon=":material/blur_on:"):
            with st.spinner("Regenerating the report …"):
                selection.note(_changed(run, found, back=applied is not None))
            st.rerun()
        st.caption(
            "Not applied. Once applied, every page uses smoothed scores; the operating point is "
            "re-selected on validation, the ledger keeps both, and patches outside whole slides "
            "keep their scores."
            if applied is None
            else "Applied: every page uses smoothed scores.",
            width="content",
        )


def _changed(run: Run, found: Smoothed, *, back: bool) -> str:
    """Apply or remove it; the sentence that says so."""
    with gate.doing("smooth", run=run.name, what="removed" if back else "applied"):
        if back:
            smoothing.drop(run)
        else:
            whole = [
                patient
                for split in predictions.splits(run)
                for patient in sorted(spatial.whole_patients(run, split))
            ]
            facts = {"split": "validation", "roc_auc": found.chosen.areas}
            smoothing.save(run, smoothing.Smoothing(found.chosen.strength, tuple(whole)), facts)
        write_evaluation(run)
    selection.change(threshold=None)
    name = "the original scores" if back else "smoothed scores of whole slides"
    return f"Every page now uses {name}. Operating point: {digits(cutoff.own(run).value)}."


def value(found: Interval, *, signed: bool = False) -> str:
    """A figure with its interval.

    >>> value(Interval(0.5, 0.4, 0.6)), value(Interval(-0.5, -0.6, -0.4), signed=True)
    ('0.50 [0.40 to 0.60]', '−0.50 [−0.60 to −0.40]')
    """
    write = decimals(2, "+" if signed else "", minus="−")
    return interval(found.value, found.low, found.high, write, TO)
