"""Calibration in the report: the reliability diagram and the fitted line."""

import numpy as np
import pandas as pd

from idc_core.export.blocks import Block, Cell, Figure, Missing, Table, drawing
from idc_core.export.charts import Charts
from idc_core.export.report.markup import noted, written
from idc_core.export.report.split_rows import SplitRows
from idc_core.io.digits import patches_and_patients
from idc_core.metrics import calibration, calibration_fit
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.catalogue.of_scores import brier_score, expected_error
from idc_core.metrics.confusion import ratio
from idc_core.metrics.coverage import limited
from idc_core.metrics.leave_one_out import Interval
from idc_core.metrics.resampled import interval as percentiles
from idc_core.records.raster import Raster


def reliability(found: SplitRows, charts: Charts, raster: Raster) -> list[Block]:
    """The diagram, and the figures with their intervals."""
    if not found.both_classes:
        return [Missing(f"Calibration is not defined: {found.name} holds one class only.")]
    patients = found.patients
    counted = patches_and_patients(len(found.rows), len(patients))
    bins = binned(found)
    columns = [
        {"score": at, "share": share.value, "low": share.low, "high": share.high, "patches": held}
        for at, share, held in bins
    ]
    shown = drawing(charts.reliability(pd.DataFrame(columns), raster), "Reliability diagram")
    smallest = min(held for *_, held in bins)
    caption = (
        f"{found.name}: {counted}, {len(bins)} of 15 bins of equal width that hold patches "
        f"(the smallest {smallest:,}). Bars: 95 % for new patients, percentiles of 2,000 "
        "resamples of patients."
    )
    return [Figure(shown, caption), _figures(found, raster)]


def binned(found: SplitRows) -> list[tuple[float, Interval, int]]:
    """Mean score, share of IDC with its interval, and number of patches of each bin that holds
    any."""
    patients, bins = found.patients, calibration.bin_of(found.patients.scores)
    made = []
    for each in np.unique(bins):
        here = bins == each
        sums = patients.sums(np.stack([here & (patients.labels == 1), here], axis=1))
        value = float(patients.labels[here].mean())
        drawn = found.jackknife.sums(sums)
        share = percentiles(value, ratio(drawn[:, 0], drawn[:, 1]))
        made.append((float(patients.scores[here].mean()), share, int(here.sum())))
    return made


def _figures(found: SplitRows, raster: Raster) -> Table:
    patients = found.patients
    count = len(patients)
    fitted = calibration_fit.fitted(patients.labels, patients.scores, patients.owner, count)
    rows = {
        "calibration_in_the_large": fitted.in_the_large,
        "calibration_off": fitted.off,
        "calibration_slope": fitted.slope,
        "calibration_joint_intercept": fitted.joint_intercept,
        "brier": brier_score(patients, found.jackknife),
    }
    body: list[list[Cell]] = [
        [
            raster.say(METRICS[name].in_report),
            noted(written(limited(name, each, count)), name, count),
        ]
        for name, each in rows.items()
    ]
    ece = expected_error(patients, found.jackknife)
    body.append(["Expected calibration error (15 bins; no interval holds)", written(ece)])
    return Table(("Figure", f"Value [95 %], {count:,} patients"), body)
