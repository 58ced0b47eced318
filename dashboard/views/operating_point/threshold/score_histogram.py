"""The distribution of the scores, split into four areas by the threshold."""

from dashboard.cache.sorted_split import SortedSplit
from dashboard.charts.curves import bins_of, histogram_chart, histogram_table
from dashboard.widgets import figure
from idc_core.io.digits import patches_and_patients
from idc_core.metrics.confusion import Confusion


def show(found: SortedSplit, counts: Confusion, threshold: float) -> None:
    """Draw the histogram with the threshold as a vertical line."""
    table = histogram_table(found.ranked, threshold)
    bins = bins_of(found.ranked)
    figure.altair(
        histogram_chart(table, bins, threshold, found.raster),
        key="histogram",
        alt_text=f"Scores of patches with and without {found.raster.positive}; four areas by "
        "outcome at the threshold",
        caption=f"Scores of {patches_and_patients(counts.total, len(found.patients))}; "
        f"{found.raster.positive} upwards, {found.raster.negative} downwards, on a symmetric "
        "log scale.",
        table=table,
        moves=bins,
    )
