"""What draws the report's figures: handed in by whoever writes it, as charts are no library's job.

The command line and the dashboard hand over the same, `dashboard.charts.report.CHARTS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from idc_core.metrics.confusion import Confusion
from idc_core.metrics.curves import Ranked
from idc_core.records.raster import Raster

Svg = str
"""An SVG document of its own, with a `viewBox` from 0 0; it asks no address and runs nothing."""


@dataclass(frozen=True, slots=True)
class Charts:
    """One callable a figure; the raster says what the classes are called."""

    roc: Callable[[Ranked, float, Raster], Svg]
    """Scores of both classes, and the threshold."""
    precision_recall: Callable[[Ranked, float, Raster], Svg]
    """The same."""
    reliability: Callable[[pd.DataFrame, Raster], Svg]
    """A row a bin: `score, share, low, high, patches`."""
    decision_curve: Callable[[pd.DataFrame, float, Raster], Svg]
    """A row a chance of IDC: `chance, model, low, high, all` (net benefit), and the threshold."""
    matrix: Callable[[Confusion, Raster], Svg]
    """Counts of the four outcomes."""
    learning_curve: Callable[[pd.DataFrame, str, str, int | None], Svg]
    """A row per epoch, a metric's column, its words, and the saved epoch."""
