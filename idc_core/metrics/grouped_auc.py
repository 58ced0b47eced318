"""ROC-AUC within each of many groups, in one sort for all of them."""

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


def roc_aucs(
    owner: npt.NDArray[np.int64], labels: npt.NDArray[np.int8], scores: Numbers, owners: int
) -> Numbers:
    """ROC-AUC of each owner's patches, (owners,); `nan` where an owner has one class only.

    `owner` (n,) numbers the owners from 0. The Mann-Whitney form (Hanley & McNeil 1982), ties half,
    in whole numbers up to the division: the same to the last digit as `curves.Ranked`.

    >>> owner, labels = np.array([0, 0, 0, 1]), np.array([1, 0, 0, 1], np.int8)
    >>> roc_aucs(owner, labels, np.array([0.5, 0.5, 0.1, 0.9]), 2).tolist()
    [0.75, nan]
    """
    if not len(scores):
        return np.full(owners, np.nan)
    order = np.lexsort((scores, owner))
    owner, scores, positive = owner[order], scores[order], labels[order] == 1
    tied = np.zeros(len(scores), bool)
    tied[1:] = (owner[1:] == owner[:-1]) & (scores[1:] == scores[:-1])
    ends = np.append(np.flatnonzero(~tied)[1:], len(scores)) - 1
    # Negatives up to the end of each run of equal scores, over all owners.
    through = np.append(0, np.cumsum(~positive)[ends])
    run = np.cumsum(~tied)[positive]
    others = np.bincount(owner[~positive], minlength=owners)
    before = np.append(0, np.cumsum(others)[:-1])[owner[positive]]
    twice = through[run] + through[run - 1] - 2 * before
    idc = np.bincount(owner[positive], minlength=owners)
    pairs = np.bincount(owner[positive], twice, minlength=owners) / 2
    with np.errstate(invalid="ignore"):
        return np.where((idc > 0) & (others > 0), pairs / (idc * others), np.nan)
