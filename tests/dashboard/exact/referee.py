"""Interval ends once more, from the documented formula and other people's code.

`value ± t · se` on the logit scale of a figure with bounds; `se² = (n - 1) / n · Σ (left out -
value)²`, as if one more patient had come, as influential as the most influential one; t of
2 n / (kurtosis - 1) degrees of freedom, at most n - 1 patients. Student's t is SciPy's.
"""

import numpy as np
import pandas as pd
from scipy import stats
from sklearn import metrics

from tests import exact_world


def rows(split="test"):
    """Patches of a split: patient, x, y, letter, label, score."""
    found = pd.DataFrame(exact_world.places(), columns=["patient", "x", "y", "letter"])
    found = found[[exact_world.PATIENTS[each][0] == split for each in found["patient"]]]
    scores = [exact_world.SCORES[each.lower()] for each in found["letter"]]
    label = [int(each.isupper()) for each in found["letter"]]
    return found.assign(label=label, score=scores).reset_index(drop=True)


def interval(figure, table, within=(0, 1)):
    """A figure of a table with its two ends; each patient is left out in turn."""
    patients = table["patient"].unique()
    left = [figure(table[table["patient"] != each]) for each in patients]
    return figure(table), *ends(figure(table), left, within)


def ends(value, left, within=(0, 1)):
    left, n = np.asarray(left, float), len(left)
    moved, around = (left - value) ** 2, (left - left.mean()) ** 2
    error = np.sqrt((n - 1) / n * (moved.sum() + (n - 1) / n * moved.max()))
    # With that one more, n + 1 squares: 2 (n + 1) over their kurtosis less 1.
    squares = np.append(around, around.max())
    kurtosis = (n + 1) * (squares**2).sum() / squares.sum() ** 2
    freedom = np.clip(2 * (n + 1) / (kurtosis - 1) if kurtosis > 1 else n - 1, 1, n - 1)
    half = stats.t.ppf(0.975, freedom) * error
    if within is None:
        return value - half, value + half
    least, most = within
    share = (value - least) / (most - least)
    reach = np.exp(half / (most - least) / (share * (1 - share)))
    odds = share / (1 - share)
    return tuple(least + (most - least) * at / (1 + at) for at in (odds / reach, odds * reach))


def at(threshold, figure):
    """A figure of labels and predictions, as one of a table."""
    return lambda table: figure(table["label"], (table["score"] >= threshold).astype(int))


def _of_none(figure):
    """The same for patches without IDC."""
    return lambda label, said: figure(label, said, pos_label=0, zero_division=np.nan)


RATES = {
    "Sensitivity": metrics.recall_score,
    "Specificity": _of_none(metrics.recall_score),
    "Precision": metrics.precision_score,
    "Negative predictive value": _of_none(metrics.precision_score),
    "Accuracy": metrics.accuracy_score,
    "Balanced accuracy": metrics.balanced_accuracy_score,
    "F1": metrics.f1_score,
    "MCC": metrics.matthews_corrcoef,
}
"""Those of the pages, as scikit-learn reckons them."""


def rate(name, table, threshold=0.5):
    """One of them with its ends."""
    within = (-1, 1) if name == "MCC" else (0, 1)
    return interval(at(threshold, RATES[name]), table, within)


def area(table):
    """ROC-AUC with its ends."""
    return interval(lambda some: metrics.roc_auc_score(some["label"], some["score"]), table)


def brier(table):
    """The Brier score with its ends."""
    return interval(lambda some: metrics.brier_score_loss(some["label"], some["score"]), table)


def mean_of_patients(name, table, threshold=0.5):
    """The patients' mean of a rate with its ends."""
    figure = at(threshold, RATES[name])
    each = [figure(own) for _, own in table.groupby("patient")]
    left = [np.mean(each[:n] + each[n + 1 :]) for n in range(len(each))]
    return np.mean(each), *ends(np.mean(each), left)
