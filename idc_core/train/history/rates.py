"""Reading the curve of a learning-rate range test: loss against a rate that grows every step."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.io.refusal import Refusal
from idc_core.train.history.epochs import Numbers, smoothed

FILE = "learning_rates.csv"
"""In the run folder: `rate`, `loss`, one row per step."""
WEIGHT = 0.9
FEWEST = 20
LEAST_FALL, BEYOND_NOISE = 0.02, 6.0
"""The smoothed loss has to fall by this fraction, and by so many standard deviations of its noise:
a flat curve has a minimum too, and advice from it would be chance."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """Rates at which the smoothed loss falls fastest and is lowest, and the rate to try: a tenth of
    the latter (Smith 2017: the highest rate before the loss diverges, less a margin)."""

    steepest: float
    lowest: float
    rate: float
    diverges: bool


@dataclass(frozen=True, slots=True)
class NoAdvice:
    """Why the curve suggests no rate, as a sentence."""

    reason: str


def read_rates(folder: Path) -> pd.DataFrame:
    """What the finder wrote: numeric columns `rate` and `loss`; raises `Refusal` otherwise."""
    file = folder / FILE
    again = f"Make it again: python train_cli.py find-rate --run {folder.name}."
    try:
        table = pd.read_csv(file)
    except (OSError, ValueError) as broken:
        reason = str(broken).splitlines()[0]
        raise Refusal(f"expected rates in {file}: it cannot be read ({reason}). {again}") from None
    numeric = all(
        name in table and pd.api.types.is_numeric_dtype(table[name]) for name in ("rate", "loss")
    )
    if not numeric or not len(table) or not np.isfinite(table["rate"]).all():
        raise Refusal(f"expected numbers as rate and loss in {file}: they are not there. {again}")
    return table


def suggest(rates: npt.ArrayLike, losses: npt.ArrayLike) -> Suggested | NoAdvice:
    """What the curve suggests, or why it suggests nothing.

    `diverges` says whether the loss rose again at high rates; if not, even the highest rate tried
    still worked, and the test should go on.
    """
    x, raw = np.asarray(rates, np.float64), np.asarray(losses, np.float64)
    known = np.isfinite(raw)
    x, raw = x[known], raw[known]
    if len(x) < FEWEST:
        return NoAdvice(f"Too few steps: {len(x)} have a loss, and {FEWEST} are needed.")
    smooth = smooth_losses(raw)
    # The first values are hardly smoothed, so one could be lowest by chance.
    early = FEWEST // 2
    start = min(float(np.median(raw[:FEWEST])), float(smooth[early]))
    at = early + int(np.argmin(smooth[early:]))
    fall, noise = start - float(smooth[at]), _noise(raw)
    if fall < max(LEAST_FALL * start, BEYOND_NOISE * noise):
        return NoAdvice(
            f"The curve is flat, so no rate is suggested: the minimum of the smoothed loss is "
            f"{max(fall, 0):.3f} below its start ({start:.3f}), and its noise alone is {noise:.3f}."
        )
    slope = np.gradient(smooth[: at + 1], np.log(x[: at + 1]))
    diverges = bool(smooth[-1] > 1.1 * smooth[at])
    lowest = float(x[at])
    return Suggested(float(x[int(np.argmin(slope))]), lowest, lowest / 10, diverges)


def smooth_losses(losses: npt.ArrayLike) -> Numbers:
    """The losses as `suggest` reads them."""
    return smoothed(losses, WEIGHT)


def _noise(raw: Numbers) -> float:
    """Standard deviation of the smoothed losses due to noise, from differences between successive
    steps, to which a trend adds little; the median ignores the part where the loss diverges."""
    step = float(np.median(np.abs(np.diff(raw)))) / 0.6745 / math.sqrt(2)
    return step * math.sqrt((1 - WEIGHT) / (1 + WEIGHT))
