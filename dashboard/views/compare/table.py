"""All metrics of both models with intervals, and their differences."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard.charts.theme import plain
from dashboard.views.compare.charts import difference_chart, difference_table
from dashboard.views.compare.notes import Basis
from dashboard.views.compare.sentence import difference, standing
from dashboard.widgets import figure
from dashboard.widgets.metric_table import as_html
from idc_core.facts.rate_words import as_text
from idc_core.io.digits import UNDEFINED
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.paired import Paired
from idc_core.records.raster import Raster

_STANDING = {"better": "B better", "worse": "A better", "open": "includes no difference"}
_TURNED = {"better": "worse", "worse": "better"}


def chart(figures: Mapping[str, Paired], counted: str, basis: Basis, raster: Raster) -> None:
    """Draw the differences around the line of no difference."""
    table = difference_table(figures)
    if table.empty:
        st.caption(
            "No difference is defined: one class is missing, or no patch is "
            f"{plain(raster.predicted(True))}."
        )
        return
    figure.altair(
        difference_chart(table),
        key="compare_differences",
        alt_text="Difference B − A of each metric with its 95 % interval",
        caption=f"{counted} Paired 95 % intervals for new patients: each patient is left out "
        "of both models together. Each interval stands alone; the sentence above tests "
        "sensitivity, specificity and ROC-AUC jointly, so that equal models are called different "
        "in at most 5 of 100 comparisons.",
        table=basis.on(table),
        of=basis.count,
        title=f"Differences B − A with 95 % intervals: {basis.said}",
    )


def show(figures: Mapping[str, Paired], basis: Basis) -> None:
    """Draw all metrics as numbers."""
    table = rows(figures, basis.runs)
    st.html(as_html(table))
    st.html(
        '<div class="idc-caption">Differences in points (hundredths). Intervals do not include '
        "the uncertainty of the chosen thresholds. An interval that includes no difference does "
        "not show that the models are equal.</div>"
    )
    figure.download(basis.on(table), key="compare_figures", of=basis.count)


def rows(figures: Mapping[str, Paired], names: tuple[str, str]) -> pd.DataFrame:
    """One row per metric."""
    return pd.DataFrame(
        [
            {
                "figure": METRICS[name].title + " (lower is better)" * _lower_is_better(name),
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
    if _lower_is_better(name):
        side = _TURNED.get(side, side)
    return _STANDING.get(side, UNDEFINED)


def _lower_is_better(name: str) -> bool:
    return METRICS[name].better == "lower"
