"""ROC, precision-recall and workload curves side by side, with the threshold as a point."""

import numpy as np
import streamlit as st

from dashboard.cache.sorted_split import SortedSplit
from dashboard.charts.curves import with_point
from dashboard.charts.moves import Point
from dashboard.charts.theme import digits, plain
from dashboard.views.operating_point.threshold import cache
from dashboard.widgets import figure
from idc_core.facts import matrix_words
from idc_core.facts.metric_notes import held
from idc_core.io.digits import UNDEFINED
from idc_core.io.intervals import TO, interval
from idc_core.metrics import workload
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.coverage import limited
from idc_core.metrics.leave_one_out import Interval
from idc_core.runs.run import Run

TO_FIND = (0.8, 0.9, 0.95, 0.99)


def show(
    run: Run,
    split: str,
    found: SortedSplit,
    counts: Confusion,
    sent: Confusion,
    drawn: float,
) -> None:
    """Draw the three curves; there are none where scores are only 0 or 1. Their points are sent
    where the counts `sent` at the threshold `drawn` put them."""
    if found.only_calls:
        st.caption(
            "No curves: these scores are only 0 or 1, so there is a single operating point, "
            "the one above."
        )
        return
    patients = len(found.patients)
    roc, precision, work = st.columns(3, gap="medium")
    prevalence = found.ranked.prevalence
    called = (sent.tp + sent.fp) / sent.total
    band = f"Band: 95 % for new patients, from {patients:,}"
    with roc:
        st.header("ROC", anchor=False)
        figure.altair(
            with_point(found.curves["roc"], 1 - sent.specificity, sent.sensitivity, drawn),
            key="roc",
            alt_text="ROC curve with the point of the threshold",
            caption=f"AUC {_digits(found.roc_auc)}. Dot: this threshold; dashed: chance. "
            f"{held(band, 'sensitivity_at_fixed_specificity', patients)}",
            table=found.curve_table,
            moves=Point("roc"),
            drawn=drawn,
        )
    with precision:
        st.header("Precision-recall", anchor=False)
        figure.altair(
            with_point(found.curves["pr"], sent.sensitivity, sent.precision, drawn),
            key="pr",
            alt_text="Precision-recall curve with the point of the threshold",
            caption=f"Average precision {_digits(found.pr_auc)}. Dashed: prevalence "
            f"{_digits(prevalence)}, the precision of predicting {found.raster.positive} "
            "everywhere. "
            f"{held(band, 'precision_at_fixed_sensitivity', patients)}",
            table=found.curve_table,
            moves=Point("pr"),
            drawn=drawn,
        )
    with work:
        st.header("Workload", anchor=False)
        figure.altair(
            with_point(found.curves["workload"], called, sent.sensitivity, drawn),
            key="workload",
            alt_text=f"Share of {found.raster.positive} found against share of patches reviewed",
            caption="Dashed: perfect and random ranking.",
            moving=matrix_words.workload(counts, found.raster),
            table=found.curve_table,
            moves=Point("workload"),
            drawn=drawn,
        )
        _to_find(run, split, found)


def _to_find(run: Run, split: str, found: SortedSplit) -> None:
    share = st.segmented_control(
        "Sensitivity to reach",
        TO_FIND,
        default=0.9,
        key="to_find",
        required=True,
        format_func=lambda share: f"{100 * share:.0f} %",
    )
    work = workload.to_find(found.ranked, float(share))
    if not np.isfinite(work.reviewed):
        st.caption(f"Not defined: this split has no {plain(found.raster.positive)} patch.")
        return
    patients = len(found.patients)
    reviewed = cache.workload_interval(run, split, float(share))
    looked = limited("workload", reviewed or Interval(work.reviewed, np.nan, np.nan), patients)
    share_of = interval(work.reviewed, looked.low, looked.high, _share, TO)
    st.caption(
        f"Review the {share_of} of patches with the highest scores "
        f"(threshold {digits(work.threshold)}). "
        + held(f"95 % for new patients, from {patients:,}", "workload", patients)
    )


def _share(value: float | None) -> str:
    return UNDEFINED if value is None or not np.isfinite(value) else _percent(value, 1)


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f} %" if whole else UNDEFINED


def _digits(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else UNDEFINED
