"""The charts of the pages, printed for the report."""

import pandas as pd

from dashboard.charts import calibration, confusion, curves, decision, learning
from dashboard.charts.printed import Named, label, printed, svg
from dashboard.charts.theme import ACCENT, ACCENT_SOFT, QUIET, digits
from idc_core.export.charts import Charts
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.curves import Ranked
from idc_core.records.raster import Raster
from idc_core.train.history.directions import direction

WIDTH = 470
"""Pixels: two stand beside each other on the page and, smaller, on a sheet of A4."""
_POINTS = 300
"""Of a curve: more would not be seen."""


def roc(ranked: Ranked, threshold: float, raster: Raster) -> str:
    """The ROC curve with its area and the point of the threshold."""
    here, curve = ranked.counts(threshold), ranked.points(_POINTS)
    across, up = float(1 - here.specificity), float(here.sensitivity)
    legend = [
        Named(f"ROC, area {ranked.roc_auc:.3f}", ACCENT, "line"),
        Named("chance", QUIET, "dashed"),
    ]
    spec = curves.with_point(curves.roc(curve, raster), across, up, threshold)
    return svg(printed(spec, width=WIDTH, legend=legend, labels=_point(across, up, threshold)))


def precision_recall(ranked: Ranked, threshold: float, raster: Raster) -> str:
    """Precision against sensitivity; without the point where nothing is called."""
    here, curve = ranked.counts(threshold), ranked.points(_POINTS)
    across, up = float(here.sensitivity), float(here.precision)
    legend = [
        Named(f"average precision {ranked.pr_auc:.3f}", ACCENT, "line"),
        Named(f"predicting {raster.positive} everywhere", QUIET, "dashed"),
    ]
    drawn = curves.precision_recall(curve, raster, ranked.prevalence)
    spec = curves.with_point(drawn, across, up, threshold)
    return svg(printed(spec, width=WIDTH, legend=legend, labels=_point(across, up, threshold)))


def reliability(bins: pd.DataFrame, raster: Raster) -> str:
    """The reliability diagram; `score, share, low, high, patches` a bin."""
    legend = [
        Named(f"share of {raster.positive} per bin", ACCENT, "dot"),
        Named("perfect calibration", QUIET, "dashed"),
    ]
    if (bins["patches"] < calibration.FEW).any():
        legend.append(Named(f"faint: fewer than {calibration.FEW} patches", ACCENT_SOFT, "dot"))
    spec = calibration.reliability_chart(bins, None, raster)
    return svg(printed(spec, width=WIDTH, legend=legend))


def decision_curve(curve: pd.DataFrame, threshold: float, raster: Raster) -> str:
    """Net benefit; `chance, model, low, high, all`."""
    spec = decision.decision_chart(curve, threshold, raster)
    model, treat_all, treat_none = decision.policies_of(raster)
    legend = [
        Named(model, ACCENT, "line"),
        Named("95 % limits of the model", ACCENT, "area"),
        Named(treat_all, QUIET, "dashed"),
        Named(treat_none, QUIET, "dotted"),
    ]
    said = label(f"threshold {digits(threshold)}", x=threshold, left=threshold > 0.6)
    return svg(printed(spec, width=WIDTH, legend=legend, labels=[said]))


def matrix(counts: Confusion, raster: Raster) -> str:
    """The four outcomes, each with its share of the label."""
    table = confusion.matrix_table(counts, raster)
    return svg(printed(confusion.matrix_chart(table, raster), width=WIDTH))


def learning_curve(history: pd.DataFrame, metric: str, words: str, kept: int | None) -> str:
    """A metric over the epochs, with its best epoch on validation and the saved epoch named."""
    spec = learning.learning_chart(history, metric, words, kept)
    tables = spec["datasets"]
    legend = [
        Named(side, ACCENT, "dotted" if side == "train" else "line")
        for side in tables["lines"]["side"].unique()
    ]
    middle = float(history["epoch"].min() + history["epoch"].max()) / 2
    rules = [
        label(f"saved: epoch {epoch}", x=epoch, left=epoch > middle)
        for epoch in tables["kept"]["epoch"].tolist()
    ]
    # The best is an end of its curve: beyond it lies no other epoch of validation.
    above = direction(metric) == "rises"
    dots = [
        label(f"best: epoch {epoch}", x=epoch, y=value, left=epoch > middle, above=above)
        for epoch, value in tables["best"].itertuples(index=False)
    ]
    return svg(printed(spec, width=WIDTH, legend=legend, labels=[*rules, *dots]))


def _point(across: float, up: float, threshold: float) -> list[dict[str, object]]:
    if not (across == across and up == up):
        return []
    return [label(f"threshold {digits(threshold)}", x=across, y=up, left=across > 0.6)]


CHARTS = Charts(
    roc=roc,
    precision_recall=precision_recall,
    reliability=reliability,
    decision_curve=decision_curve,
    matrix=matrix,
    learning_curve=learning_curve,
)
