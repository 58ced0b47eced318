"""Calibration in the report: the reliability diagram and the fitted line."""

from idc_core.export.blocks import Block, Cell, Figure, Missing, Table, drawing
from idc_core.export.charts import Charts
from idc_core.export.report.markup import noted, written
from idc_core.export.report.split_rows import JudgedSplit
from idc_core.io.digits import counted, patches_and_patients
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.coverage import limited
from idc_core.metrics.leave_one_out import Interval
from idc_core.records.raster import Raster


def reliability(found: JudgedSplit, charts: Charts, raster: Raster) -> list[Block]:
    """The diagram, and the figures with their intervals."""
    if not found.both_classes:
        return [Missing(f"Calibration is not defined: {found.name} holds one class only.")]
    bins = found.calibrated.bins
    counted = patches_and_patients(len(found.ranked), len(found.patients))
    columns = bins[["score", "share", "low", "high", "patches"]]
    shown = drawing(charts.reliability(columns, raster), "Reliability diagram")
    caption = (
        f"{found.name}: {counted}, {len(bins)} of 15 bins of equal width that hold patches "
        f"(the smallest {bins['patches'].min():,}). Bars: 95 % for new patients, percentiles of "
        "2,000 resamples of patients."
    )
    return [Figure(shown, caption), _figures(found, raster)]


def _figures(found: JudgedSplit, raster: Raster) -> Table:
    count, own = len(found.patients), found.calibrated
    rows = {
        "calibration_in_the_large": own.fitted.in_the_large,
        "calibration_off": own.fitted.off,
        "calibration_slope": own.fitted.slope,
        "calibration_joint_intercept": own.fitted.joint_intercept,
        "brier": own.brier,
    }
    body: list[list[Cell]] = [
        [
            raster.say(METRICS[name].in_report),
            noted(written(limited(name, each, count)), name, count),
        ]
        for name, each in rows.items()
    ]
    ece = Interval(own.ece, float("nan"), float("nan"))
    body.append(["Expected calibration error (15 bins; no interval holds)", written(ece)])
    return Table(("Figure", f"Value [95 %], {counted(count, 'patient')}"), body)
