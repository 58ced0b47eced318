"""The decision curve of a split: net benefit by threshold probability, with limits."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.metrics import clinic

CountsAt = Callable[[float], npt.NDArray[np.int64]]

CHANCES = np.round(np.linspace(0.01, 0.99, 50), 3)


def decision_table(counts_at: CountsAt, prevalence: float) -> pd.DataFrame:
    """Net benefit by threshold probability (`chance`), reading scores as probabilities.

    `counts_at`: counts a patient, (patients, 4), at a threshold. Columns `chance, model, low, high,
    all`, and `over_all, over_all_low, over_all_high`: the paired difference between the model and
    treating all.
    """
    rows = []
    for chance in CHANCES.tolist():
        benefit = clinic.benefit(counts_at(chance), chance)
        own, over = benefit.over_none, benefit.over_all
        rows.append(
            {
                "chance": chance,
                "model": own.value,
                "low": own.low,
                "high": own.high,
                "all": float(clinic.treat_all(prevalence, chance)),
                "over_all": over.value,
                "over_all_low": over.low,
                "over_all_high": over.high,
            }
        )
    return pd.DataFrame(rows)
