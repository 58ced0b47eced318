"""The distribution of the scores, split into four areas by the threshold."""

from dashboard.cache.sorted_split import SortedSplit
from dashboard.charts.curves import histogram_chart, histogram_table
from dashboard.charts.template import Spec, in_arrow
from dashboard.widgets import figure
from idc_core.io.digits import patches_and_patients


def show(found: SortedSplit, threshold: float, drawn: float) -> None:
    """Draw the histogram with the threshold as a vertical line; it is sent with that at `drawn`."""
    figure.altair(
        _sent(found, drawn),
        key="histogram",
        alt_text=f"Scores of patches with and without {found.raster.positive}; four areas by "
        "outcome at the threshold",
        caption=f"Scores of {patches_and_patients(found.patches, len(found.patients))}; "
        f"{found.raster.positive} upwards, {found.raster.negative} downwards, on a symmetric "
        "log scale.",
        table=lambda: histogram_table(found.ranked, threshold),
        moves=found.bins,
        drawn=drawn,
    )


def _sent(found: SortedSplit, drawn: float) -> Spec:
    known = found.sent.get("histogram")
    if known is None or known[0] != drawn:
        table = histogram_table(found.ranked, drawn)
        known = drawn, in_arrow(histogram_chart(table, found.bins, drawn, found.raster))
        found.sent["histogram"] = known
    return known[1]
