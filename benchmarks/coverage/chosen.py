"""The threshold that a rule chooses, with its range, on patches drawn from a patient's histograms.

A rule jumps from score to score, so a bin must not be one score: its patches are spread evenly over
it, each patient's from a place of its own.
"""

import numpy as np
import pandas as pd

from benchmarks.coverage.populations import EDGES, Numbers, Patients
from idc_core.metrics.curves import Ranked
from idc_core.metrics.leave_one_out import Interval
from idc_core.metrics.operating_point import choose
from idc_core.metrics.threshold_range import threshold_range
from idc_core.runs.patient_counts import by_patient

RULES = {
    "sensitivity": "sensitivity>=0.9",
    "specificity": "specificity>=0.9",
    "precision": "precision>=0.8",
    "calls": "calls<=0.3",
    "the best": "f1",
}
"""One for each way in which a range is found."""

_WIDTH = EDGES[2] - EDGES[1]
_LEFT = np.concatenate([[EDGES[1] - _WIDTH], EDGES[1:-1]])
_GOLDEN = (np.sqrt(5) - 1) / 2
_STEPS = 40  # a bin of the whole population, for the truth


def chosen(rule: str, patients: Patients) -> Interval:
    """The rule's threshold as the library finds it; without both classes there is none."""
    rows = _patches(patients)
    counted = by_patient(rows)
    try:
        return threshold_range(Ranked(counted.labels, counted.scores), rule, counted.at)
    except ValueError:
        return Interval(np.nan, np.nan, np.nan)


def truth(rule: str, patients: Patients) -> float:
    """The threshold that all patients of a population give: every bin is cut in `_STEPS`."""
    sums = [np.repeat(each.sum(axis=0) / _STEPS, _STEPS) for each in (patients.rest, patients.idc)]
    within = (np.arange(_STEPS) + 0.5) / _STEPS
    scores = _sigmoid((_LEFT[:, None] + _WIDTH * within).ravel())
    # A patch in ten thousand or so: a rule reads shares only.
    often = [np.maximum(np.round(each / (np.sum(sums) / 500_000)), 0).astype(int) for each in sums]
    rest, idc = (np.repeat(scores, each) for each in often)
    return choose(Ranked.of_sorted(idc, rest), rule).threshold


def _patches(patients: Patients) -> pd.DataFrame:
    """`patient, label, score`, a row per patch."""
    parts = []
    for label, each in ((0, patients.rest), (1, patients.idc)):
        owner, at = np.nonzero(each)
        count = each[owner, at].astype(int)
        number = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        owner, at, count = (np.repeat(one, count) for one in (owner, at, count))
        within = (number + (owner * _GOLDEN + 0.37 * label) % 1) / count
        parts.append(
            pd.DataFrame(
                {
                    "patient": owner,
                    "label": np.int8(label),
                    "score": _sigmoid(_LEFT[at] + _WIDTH * within),
                }
            )
        )
    rows = pd.concat(parts, ignore_index=True)
    rows["patient"] = pd.Categorical.from_codes(
        rows["patient"].to_numpy(), pd.Index([f"p{one:04}" for one in range(len(patients))])
    )
    return rows


def _sigmoid(logits: Numbers) -> Numbers:
    found: Numbers = 1 / (1 + np.exp(-logits))
    return found
