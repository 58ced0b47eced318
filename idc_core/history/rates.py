"""Reading the curve of a learning-rate finder: loss over a rate that grows with every step."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idc_core.history.epochs import Numbers, smoothed

FILE = "learning_rates.csv"
"""In the run folder: `rate`, `loss`, a row a step."""
WEIGHT = 0.9
FEWEST = 20


@dataclass(frozen=True, slots=True)
class Suggested:
    """Where the smoothed loss falls fastest, where it is lowest, and the rate to try: a tenth of
    the lowest's (Smith 2017: the highest rate before the loss breaks away, less a margin)."""

    steepest: float
    lowest: float
    rate: float
    breaks: bool


def suggest(rates: npt.ArrayLike, losses: npt.ArrayLike) -> Suggested | None:
    """What the curve suggests; None where there are too few steps or the loss never fell.

    `breaks` says whether the loss rose again at high rates; if not, the highest rate tried was
    still a good one, and the finder should go on.
    """
    x, raw = np.asarray(rates, np.float64), np.asarray(losses, np.float64)
    known = np.isfinite(raw)
    x, raw = x[known], raw[known]
    if len(x) < FEWEST:
        return None
    smooth = smooth_losses(raw)
    at = int(np.argmin(smooth))
    if at < 2 or smooth[at] > 0.98 * smooth[0]:
        return None
    slope = np.gradient(smooth[: at + 1], np.log(x[: at + 1]))
    breaks = bool(smooth[-1] > 1.1 * smooth[at])
    lowest = float(x[at])
    return Suggested(float(x[int(np.argmin(slope))]), lowest, lowest / 10, breaks)


def smooth_losses(losses: npt.ArrayLike) -> Numbers:
    """The losses as `suggest` reads them."""
    return smoothed(losses, WEIGHT)
