"""Two attributes combined: where both together are hard."""

import streamlit as st

from dashboard.cache import predictions, slices
from dashboard.views.failures.subgroups import slice_choice
from dashboard.views.failures.subgroups.charts import grid_chart, grid_table
from dashboard.widgets import figure
from idc_core.evaluate.slices.table import FEW_PATCHES, FEW_PATIENTS
from idc_core.metrics.catalogue import METRICS
from idc_core.runs.run import Run


def show(run: Run, split: str, threshold: float, metric: str) -> None:
    """Choose two attributes, and draw the metric in every cell."""
    cuts = slices.cuts(run, split).cuts
    titles = {name: cut.attribute.title for name, cut in cuts.items()}
    if len(titles) < 2:
        st.caption("Combining takes two attributes; only one is known here.")
        return
    one, other = slice_choice.two(titles)
    crossed = slices.crossed(run, split, threshold, metric, one, other)
    a, b = cuts[one].attribute, cuts[other].attribute
    cells = grid_table(crossed, a, b)
    found = predictions.scores(run, split)
    patches = int(cells["patches"].sum())
    unknown = (
        f", {len(found.rows) - patches:,} left out (attribute not known)"
        if found is not None
        else ""
    )
    figure.altair(
        grid_chart(cells, a, b, metric),
        key="slices_grid",
        alt_text=f"{METRICS[metric].title} for each value of {a.title} and {b.title}",
        caption=f"{METRICS[metric].title}, and patches · patients, of {patches:,} "
        f"patches{unknown}. Dashed: fewer than {FEW_PATIENTS} patients or {FEW_PATCHES} patches of "
        "the class that counts, or not defined.",
        table=cells.drop(columns=["ink", "said", "n"]),
    )
