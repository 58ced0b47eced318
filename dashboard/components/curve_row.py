"""ROC, precision-recall and workload side by side, the threshold a point on each."""

import numpy as np
import streamlit as st

from dashboard import loaders
from dashboard.charts.curves import with_point
from dashboard.charts.theme import UNDEFINED, digits
from dashboard.components import figure
from idc_core.metrics import workload
from idc_core.metrics.confusion import Confusion

TO_FIND = (0.8, 0.9, 0.95, 0.99)


def show(found: loaders.SplitScores, counts: Confusion, threshold: float) -> None:
    """Draw the three; bands are for new patients."""
    roc, precision, work = st.columns(3, gap="medium")
    prevalence = found.ranked.prevalence
    called = (counts.tp + counts.fp) / counts.total
    band = f"Band: 95 % for new patients, from {len(found.patients):,}."
    with roc:
        st.subheader("ROC", anchor=False)
        figure.altair(
            with_point(found.curves["roc"], 1 - counts.specificity, counts.sensitivity, threshold),
            key="roc",
            alt_text="Receiver operating characteristic with the point of the threshold",
            caption=f"Area {_digits(found.roc_auc)}. The dot is this threshold, the dashed "
            f"line chance. {band}",
            table=found.curve_table,
        )
    with precision:
        st.subheader("Precision and recall", anchor=False)
        figure.altair(
            with_point(found.curves["pr"], counts.sensitivity, counts.precision, threshold),
            key="pr",
            alt_text="Precision against sensitivity with the point of the threshold",
            caption=f"Average precision {_digits(found.pr_auc)}. Dashed: prevalence "
            f"{_digits(prevalence)}, calling every patch. {band}",
            table=found.curve_table,
        )
    with work:
        st.subheader("Workload", anchor=False)
        figure.altair(
            with_point(found.curves["workload"], called, counts.sensitivity, threshold),
            key="workload",
            alt_text="Share of IDC found against share of patches looked at",
            caption=f"At this threshold {_percent(counts.tp + counts.fp, counts.total)} of the "
            f"patches are looked at to find {_percent(counts.tp, counts.tp + counts.fn)} of the "
            "IDC. Dashed: perfect and random order.",
            table=found.curve_table,
        )
        _to_find(found)


def _to_find(found: loaders.SplitScores) -> None:
    share = st.segmented_control(
        "To find this share of the IDC", TO_FIND, default=0.9, key="to_find", required=True,
        format_func=lambda share: f"{100 * share:.0f} %",
    )  # fmt: skip
    work = workload.to_find(found.ranked, float(share))
    if not np.isfinite(work.reviewed):
        st.caption("Not defined: there is no IDC patch here.")
        return
    st.caption(
        f"look at the {_percent(work.reviewed, 1)} of patches that score highest "
        f"(threshold {digits(work.threshold)})."
    )


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f} %" if whole else UNDEFINED


def _digits(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else UNDEFINED
