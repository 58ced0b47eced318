"""Every figure of both models with its interval, and how far they are apart."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard.views.compare.charts import difference_chart, difference_table
from dashboard.views.compare.notes import Basis
from dashboard.views.compare.sentence import difference, standing
from dashboard.widgets import figure
from dashboard.widgets.metric_table import as_html
from dashboard.widgets.sentences import as_text
from idc_core.io.digits import UNDEFINED
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.paired import Paired

_STANDING = {"better": "B better", "worse": "A better", "open": "includes no difference"}
_TURNED = {"better": "worse", "worse": "better"}


def chart(figures: Mapping[str, Paired], counted: str, basis: Basis) -> None:
    """The differences around the line of none."""
    table = difference_table(figures)
    if table.empty:
        st.caption("No difference is defined here: one class is missing, or nothing is called.")
        return
    figure.altair(
        difference_chart(table),
        key="compare_differences",
        alt_text="Difference B − A of each figure with its 95 % interval, around no difference",
        caption=f"{counted} 95 % intervals for new patients, paired: each is left out of both "
        "models together. Each stands for itself; the answer above judges sensitivity, specificity "
        "and ROC-AUC together, so that of models that are alike at most 5 in 100 are called "
        "different.",
        table=basis.on(table),
        of=basis.count,
        title=f"Differences B − A with 95 % intervals: {basis.said}",
    )


def show(figures: Mapping[str, Paired], basis: Basis) -> None:
    """All figures in numbers."""
    table = rows(figures, basis.runs)
    st.html(as_html(table))
    st.html(
        '<div class="idc-caption">Differences in points (hundredths). Intervals do not count how '
        "thresholds were chosen. An interval that includes no difference does not show that the "
        "models are equal.</div>"
    )
    figure.download(basis.on(table), key="compare_figures", of=basis.count)


def rows(figures: Mapping[str, Paired], names: tuple[str, str]) -> pd.DataFrame:
    """One row a figure."""
    return pd.DataFrame(
        [
            {
                "figure": METRICS[name].title + " (less is better)" * _less_is_better(name),
                f"A: {names[0]} [95 %]": as_text(found.a),
                f"B: {names[1]} [95 %]": as_text(found.b),
                "B − A, points [95 %]": difference(found.difference),
                "interval": _says(name, found),
            }
            for name, found in figures.items()
        ]
    )


def _says(name: str, found: Paired) -> str:
    side = standing(found.difference)
    if _less_is_better(name):
        side = _TURNED.get(side, side)
    return _STANDING.get(side, UNDEFINED)


def _less_is_better(name: str) -> bool:
    return METRICS[name].better == "lower"
