"""Reading the curve of a learning-rate finder: loss over a rate that grows with every step."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.io.refusal import Refusal
from idc_core.train.history.epochs import Numbers, smoothed

FILE = "learning_rates.csv"
"""In the run folder: `rate`, `loss`, a row a step."""
WEIGHT = 0.9
FEWEST = 20
LEAST_FALL, BEYOND_NOISE = 0.02, 6.0
"""The smoothed loss has to fall by this share of itself, and by so many standard deviations of its
noise: a flat curve has a lowest point too, and advice from it would be chance."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """Where the smoothed loss falls fastest, where it is lowest, and the rate to try: a tenth of
    the lowest's (Smith 2017: the highest rate before the loss diverges, less a margin)."""

    steepest: float
    lowest: float
    rate: float
    breaks: bool


@dataclass(frozen=True, slots=True)
class NoAdvice:
    """Why a curve suggests no rate, as a sentence."""

    reason: str


def read_rates(folder: Path) -> pd.DataFrame:
    """What the finder wrote: columns `rate` and `loss`, numbers; raises `Refusal` for others."""
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

    `breaks` says whether the loss rose again at high rates; if not, the highest rate tried was
    still a good one, and the finder should go on.
    """
    x, raw = np.asarray(rates, np.float64), np.asarray(losses, np.float64)
    known = np.isfinite(raw)
    x, raw = x[known], raw[known]
    if len(x) < FEWEST:
        return NoAdvice(f"Too few steps: {len(x)} have a loss, and {FEWEST} are needed.")
    smooth = smooth_losses(raw)
    # The first few have hardly been smoothed, and would be lowest by chance.
    early = FEWEST // 2
    start = min(float(np.median(raw[:FEWEST])), float(smooth[early]))
    at = early + int(np.argmin(smooth[early:]))
    fall, noise = start - float(smooth[at]), _noise(raw)
    if fall < max(LEAST_FALL * start, BEYOND_NOISE * noise):
        return NoAdvice(
            f"The curve is flat, no advice: at its lowest the smoothed loss is {max(fall, 0):.3f} "
            f"below where it began ({start:.3f}), and its noise alone is {noise:.3f}."
        )
    slope = np.gradient(smooth[: at + 1], np.log(x[: at + 1]))
    breaks = bool(smooth[-1] > 1.1 * smooth[at])
    lowest = float(x[at])
    return Suggested(float(x[int(np.argmin(slope))]), lowest, lowest / 10, breaks)


def smooth_losses(losses: npt.ArrayLike) -> Numbers:
    """The losses as `suggest` reads them."""
    return smoothed(losses, WEIGHT)


def _noise(raw: Numbers) -> float:
    """Standard deviation of the smoothed losses by chance, from the differences between
    neighbours, of which a trend is a small part; their median does not see where it diverges."""
    step = float(np.median(np.abs(np.diff(raw)))) / 0.6745 / math.sqrt(2)
    return step * math.sqrt((1 - WEIGHT) / (1 + WEIGHT))
