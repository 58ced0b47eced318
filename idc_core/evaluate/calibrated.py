"""Whether the scores of a split can be read as probabilities: bins, patients, and the fitted line.

All of it follows from patches, IDC patches and summed scores a bin and patient, and from the
refits of `metrics.calibration_fit`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.metrics import calibration, calibration_fit
from idc_core.metrics.calibration import BINS, BrierParts
from idc_core.metrics.calibration_fit import Fitted
from idc_core.metrics.confusion import ratio
from idc_core.metrics.resampled import interval
from idc_core.metrics.uncertainty import Interval, PatientJackknife
from idc_core.runs.patient_counts import PatientCounts

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Calibrated:
    """Calibration of one split's scores; `bins` and `patients` are tables.

    `ece` has no interval: none is known to be reliable (`calibration.ece`).
    """

    bins: pd.DataFrame
    patients: pd.DataFrame
    ece: float
    brier: Interval
    parts: BrierParts
    fitted: Fitted
    auc: Interval


@dataclass(frozen=True, slots=True)
class Binned:
    """Patches, IDC patches and summed scores, each (patients, bins), of bins with these inner
    `edges`."""

    edges: Numbers
    n: Numbers
    idc: Numbers
    summed: Numbers


def calibrated(
    patients: PatientCounts, jackknife: PatientJackknife, scores: Numbers, *, equal_counts: bool
) -> Calibrated:
    """Compare scores, in the order of the rows of `patients`, with the labels."""
    labels, owner = patients.labels, patients.owner
    edges = calibration.equal_counts(scores, BINS) if equal_counts else calibration.equal_widths()
    cells = binned(edges, labels, scores, owner, len(patients))
    squared = patients.sums(np.stack([np.ones(len(labels)), (scores - labels) ** 2], axis=1))
    n, idc, summed = (each.sum(axis=1) for each in (cells.n, cells.idc, cells.summed))
    return Calibrated(
        bin_tables(jackknife, [cells])[0],
        patient_table(patients.patients, n, idc, summed),
        calibration.ece(labels, scores),
        brier(jackknife, squared),
        calibration.brier_parts(labels, scores, edges),
        calibration_fit.fitted(labels, scores, owner, len(patients)),
        jackknife.of_roc_auc_scores(owner, labels, scores),
    )


def binned(
    edges: Numbers,
    labels: npt.NDArray[np.int8],
    scores: Numbers,
    owner: npt.NDArray[np.int64],
    patients: int,
) -> Binned:
    """Sums of patches; `owner` numbers each one's patient from 0 to `patients` - 1."""
    count = len(edges) + 1
    cell, size = owner * count + np.searchsorted(edges, scores, side="right"), patients * count
    n, idc, summed = (
        np.bincount(cell, weights=weights, minlength=size).astype(np.float64).reshape(-1, count)
        for weights in (np.ones(len(cell)), labels, scores)
    )
    return Binned(edges, n, idc, summed)


def brier(jackknife: PatientJackknife, squared: Numbers) -> Interval:
    """The Brier score from patches and summed squares a patient, (patients, 2)."""
    return jackknife.of_sums(lambda left: ratio(left[:, 1], left[:, 0]), squared, within=(0, 1))


def bin_tables(jackknife: PatientJackknife, binnings: Sequence[Binned]) -> list[pd.DataFrame]:
    """One row per bin that has patches, a table a binning; all share their resamples.

    Intervals are percentiles of resampled patients: a bin may have only one or two, and leaving
    one out says too little there.
    """
    drawn = jackknife.sums(np.concatenate([side for b in binnings for side in (b.idc, b.n)], 1))
    found, first = [], 0
    for cells in binnings:
        bins = cells.n.shape[1]
        idc, n = drawn[:, first : first + bins], drawn[:, first + bins : first + 2 * bins]
        found.append(_bin_table(cells, idc, n))
        first += 2 * bins
    return found


def _bin_table(cells: Binned, drawn_idc: Numbers, drawn_n: Numbers) -> pd.DataFrame:
    rows = []
    outer = np.concatenate([[0.0], cells.edges, [1.0]])
    for at in np.flatnonzero(cells.n.sum(axis=0)):
        patches, idc = int(cells.n[:, at].sum()), int(cells.idc[:, at].sum())
        share = interval(idc / patches, ratio(drawn_idc[:, at], drawn_n[:, at]))
        rows.append(
            {
                "low_edge": outer[at],
                "high_edge": outer[at + 1],
                "score": cells.summed[:, at].sum() / patches,
                "share": share.value,
                "low": share.low,
                "high": share.high,
                "patches": patches,
                "idc": idc,
                "patients": int((cells.n[:, at] > 0).sum()),
            }
        )
    return pd.DataFrame(rows)


def patient_table(
    names: npt.NDArray[np.object_], n: Numbers, idc: Numbers, summed: Numbers
) -> pd.DataFrame:
    """One row per patient, from scores too low to too high."""
    table = pd.DataFrame(
        {
            "patient": names.astype(str),
            "gap": calibration.in_the_large(n, idc, summed),
            "score": summed / n,
            "share": idc / n,
            "patches": n.astype(int),
        }
    )
    ordered = table.sort_values(["gap", "patient"], ignore_index=True)
    return ordered.assign(place=np.arange(len(ordered)))
