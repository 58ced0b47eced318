"""Both ROC curves, with the thresholds compared."""

from dashboard.views.compare.cache import Compared
from dashboard.views.compare.charts import roc_chart, roc_table
from dashboard.views.compare.notes import Basis
from dashboard.views.compare.points import Points
from dashboard.widgets import figure
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.paired import Paired
from idc_core.records.raster import Raster


def show(found: Compared, points: Points, basis: Basis, counted: str, raster: Raster) -> None:
    """Draw both curves on the common patches."""
    a, b = (f"{letter} {name}" for letter, name in zip("AB", basis.runs, strict=True))
    table = roc_table({a: found.curves[0], b: found.curves[1]})
    now = {
        a: (found.pair.ranked_a.counts(points.a), points.a),
        b: (found.pair.ranked_b.counts(points.b), points.b),
    }
    figure.altair(
        roc_chart(table, now, raster),
        key="compare_roc",
        alt_text="ROC curves of both models, with the thresholds compared",
        caption=f"{said(found.of_scores['roc_auc'])} {counted} Dots: the thresholds compared. "
        "Dashed grey line: chance.",
        table=basis.on(table),
        of=basis.count,
        title=f"ROC curves: {basis.said}",
    )


def said(area: Paired) -> str:
    """Both AUCs, or why there is none."""
    if area.a.value != area.a.value:
        return f"{METRICS['roc_auc'].title} is not defined: one class is missing."
    return f"AUC {area.a.value:.3f} (A) and {area.b.value:.3f} (B)."
