"""The exact ROC-AUC of every resample of patients: what the program would cost if it resampled."""

import numpy as np
import numpy.typing as npt

from idc_core.metrics.areas import Owner
from idc_core.metrics.confusion import ratio
from idc_core.metrics.leave_one_out import Numbers
from idc_core.metrics.uncertainty import PatientJackknife


def auc_between_patients(
    patient: Owner, labels: npt.ArrayLike, scores: npt.NDArray[np.floating], patients: int
) -> Numbers:
    """How often patient i's IDC patches score above patient j's without (ties half), [i, j].

    `patient` holds numbers from 0 to `patients` - 1. With it, the AUC of any resample is exact.
    """
    is_idc = np.asarray(labels) == 1
    order = np.argsort(scores[is_idc], kind="stable")
    positive, owner = scores[is_idc][order], patient[is_idc][order]
    pair_wins = np.zeros((patients, patients))
    negative, negative_owner = scores[~is_idc], patient[~is_idc]
    by_owner = np.lexsort((negative, negative_owner))
    negative, negative_owner = negative[by_owner], negative_owner[by_owner]
    starts = np.searchsorted(negative_owner, np.arange(patients + 1))
    for j in range(patients):
        own = negative[starts[j] : starts[j + 1]]
        if len(own):
            won = np.searchsorted(own, positive, side="left") + np.searchsorted(
                own, positive, side="right"
            )
            pair_wins[:, j] = np.bincount(owner, weights=won / 2, minlength=patients)
    return pair_wins


def roc_auc_resampled(
    jackknife: PatientJackknife, pair_wins: Numbers, positive: Numbers, negative: Numbers
) -> Numbers:
    """Exact AUC of every resample, shape (resamples,), from `auc_between_patients` and
    patches a patient and class."""
    won = np.einsum("ri,ri->r", jackknife.sums(pair_wins), jackknife.weights)
    drawn = jackknife.sums(np.stack([positive, negative], axis=1))
    return ratio(won, drawn[:, 0] * drawn[:, 1])
