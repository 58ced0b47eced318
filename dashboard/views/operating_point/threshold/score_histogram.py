"""The distribution of the scores, split into four areas by the threshold."""

from dashboard.cache import predictions
from dashboard.charts.curves import histogram_chart, histogram_table, on_log_odds
from dashboard.widgets import figure
from idc_core.metrics.confusion import Confusion


def show(found: predictions.SplitScores, counts: Confusion, threshold: float) -> None:
    """Draw the histogram with the threshold as a vertical line."""
    table = histogram_table(found.ranked, threshold)
    figure.altair(
        histogram_chart(table, threshold, found.raster, odds=on_log_odds(found.ranked)),
        key="histogram",
        alt_text=f"Scores of patches with and without {found.raster.positive}; four areas by "
        "outcome at the threshold",
        caption=f"Scores of {counts.total:,} patches of {len(found.patients):,} patients; "
        f"{found.raster.positive} upwards, {found.raster.negative} downwards, on a symmetric "
        "log scale.",
        table=table,
    )
