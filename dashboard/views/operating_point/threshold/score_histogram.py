"""The distribution of the scores, split into four areas by the threshold."""

from dashboard.cache.sorted_split import SortedSplit
from dashboard.charts.curves import bins_of, histogram_chart, histogram_table
from dashboard.widgets import figure
from idc_core.io.digits import patches_and_patients


def show(found: SortedSplit, threshold: float, drawn: float) -> None:
    """Draw the histogram with the threshold as a vertical line; it is sent with that at `drawn`."""
    ranked = found.ranked
    table, bins = histogram_table(ranked, threshold), bins_of(ranked)
    sent = table if drawn == threshold else histogram_table(ranked, drawn)
    figure.altair(
        histogram_chart(sent, bins, drawn, found.raster),
        key="histogram",
        alt_text=f"Scores of patches with and without {found.raster.positive}; four areas by "
        "outcome at the threshold",
        caption=f"Scores of {patches_and_patients(len(ranked), len(found.patients))}; "
        f"{found.raster.positive} upwards, {found.raster.negative} downwards, on a symmetric "
        "log scale.",
        table=table,
        moves=bins,
        drawn=drawn,
    )
