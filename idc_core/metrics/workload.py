"""How many patches must be looked at, highest scores first, to find a share of the IDC?

The curve of it is also called cumulative gain.
"""

from dataclasses import dataclass

import numpy as np

from idc_core.metrics.confusion import ratio
from idc_core.metrics.curves import Ranked
from idc_core.metrics.leave_one_out import UNIT, Interval, Numbers, effective, jackknife_interval


@dataclass(frozen=True, slots=True)
class Work:
    """Looking at the share `reviewed` of the patches (score >= `threshold`) finds `found`."""

    threshold: float
    reviewed: float
    found: float


def to_find(ranked: Ranked, share: float) -> Work:
    """The least work that finds at least `share` of the IDC patches; `nan` without any.

    Patches of one score are looked at together. Raises `ValueError` unless 0 < share <= 1.

    >>> to_find(Ranked([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 0.5)
    Work(threshold=0.8, reviewed=0.25, found=0.5)
    """
    if not 0 < share <= 1:
        raise ValueError(f"expected a share above 0 and at most 1: found {share!r}.")
    idc = len(ranked.positive)
    if not idc:
        return Work(np.nan, np.nan, np.nan)
    # Rounding must not ask for one patch more than the share needs.
    needed = int(np.ceil(share * idc - 1e-9))
    threshold = float(ranked.positive[idc - needed])
    counts = ranked.counts(threshold)
    return Work(threshold, (counts.tp + counts.fp) / counts.total, counts.tp / idc)


def interval(work: Work, counts: Numbers, share: float) -> Interval:
    """`work.reviewed` with its interval for new patients, the threshold found anew without each.

    `counts`: tn, fp, fn, tp at falling thresholds that reach from nothing to everything called,
    (thresholds, patients, 4); between two of them the curve is taken as straight.
    """
    total = counts.sum(axis=1)
    at = _read(total[:, None], share)[0]
    without = _read(total[:, None] - counts, share)
    patients = float(effective(counts[0, :, 2:].sum(axis=1)))
    return jackknife_interval(work.reviewed, without - at + work.reviewed, UNIT, patients)


def _read(counts: Numbers, share: float) -> Numbers:
    """Share of patches reviewed where `share` of the IDC is found; (…, m, 4) → (m,)."""
    tn, fp, fn, tp = np.moveaxis(counts, -1, 0)
    found, reviewed = ratio(tp, tp + fn), ratio(tp + fp, tn + fp + fn + tp)
    return np.array(
        [
            np.interp(share, each, work) if np.isfinite(each).all() else np.nan
            for each, work in zip(found.T, reviewed.T, strict=True)
        ]
    )
