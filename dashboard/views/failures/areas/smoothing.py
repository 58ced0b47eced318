"""What smoothing over neighbours would change, before anybody takes it."""

import pandas as pd
import streamlit as st

from dashboard.cache import cutoff, predictions, spatial
from dashboard.charts.theme import digits, many
from dashboard.state import selection
from dashboard.widgets import figure
from idc_core.evaluate.evaluation import write_evaluation
from idc_core.evaluate.spatial import saved_smoothing as smoothing
from idc_core.evaluate.spatial.effect import Smoothed
from idc_core.io.intervals import TO, decimals, interval
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.leave_one_out import Interval
from idc_core.metrics.operating_point import rule_words
from idc_core.runs.run import Run


def show(run: Run, found: Smoothed | None) -> None:
    """Draw the comparison, or why there is none; and the button that takes it or gives it back."""
    st.header("If a patch listened to its neighbours", anchor=False)
    if found is None:
        st.caption(
            "How strongly is chosen on whole slides of validation, and judged on whole slides "
            "here: one of them is missing."
        )
        return
    best = found.chosen
    if best.strength == 0:
        st.markdown(
            "On validation no strength of smoothing ranks better than none: leave the scores as "
            "they are."
        )
        return
    st.markdown(
        f"Each score mixed with **{best.strength:.0%}** of the mean of its neighbours – the "
        f"strength that ranks best on the whole slides of validation (ROC-AUC "
        f"{best.areas[0.0]:.3f} → {best.areas[best.strength]:.3f}); thresholds chosen there by the "
        f"same rule ({rule_words(found.rule)}): {digits(found.thresholds[0])} without, "
        f"{digits(found.thresholds[1])} with."
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
        "interval holds 0 shows nothing."
    )
    figure.download(table, key="smoothing")
    _take(run, found)


def _take(run: Run, found: Smoothed) -> None:
    taken = smoothing.saved(run)
    with st.container(horizontal=True, vertical_alignment="center"):
        words = "Smooth this run's whole slides" if taken is None else "Go back to plain scores"
        if st.button(words, key="take_smoothing", icon=":material/blur_on:"):
            with st.spinner("Writing the report anew …"):
                selection.note(_taken(run, found, back=taken is not None))
            st.rerun()
        st.caption(
            "Scores are as they are. Taking it drives every page; the operating point is chosen "
            "anew on validation, the ledger keeps both, and patches without a slide stay plain."
            if taken is None
            else "Smoothed scores drive every page now.",
            width="content",
        )


def _taken(run: Run, found: Smoothed, *, back: bool) -> str:
    """Do it; say what came of it."""
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
    name = "plain scores" if back else "smoothed scores of whole slides"
    return f"Every page now shows {name}. Operating point: {digits(cutoff.own(run).value)}."


def value(found: Interval, *, signed: bool = False) -> str:
    """A figure with its interval.

    >>> value(Interval(0.5, 0.4, 0.6)), value(Interval(-0.5, -0.6, -0.4), signed=True)
    ('0.50 [0.40 to 0.60]', '−0.50 [−0.60 to −0.40]')
    """
    write = decimals(2, "+" if signed else "", minus="−")
    return interval(found.value, found.low, found.high, write, TO)
