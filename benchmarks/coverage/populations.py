"""Three populations of patients whose true figures are known, and sets of patients drawn from them.

A patient is two histograms of scores, of its patches with IDC and of its others, over the bins of
`EDGES`. Within a patient of the simulated populations scores are normal on the logit scale, with
the spreads that the reference run has on real patches.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.metrics.paired import cell_of

Numbers = npt.NDArray[np.float64]

EDGES = np.concatenate([[-np.inf], np.linspace(-9, 4, 53), [np.inf]])  # of scores, on logit scale
BINS = len(EDGES) - 1
CUT = int(np.searchsorted(EDGES, -0.5))  # a patch in this bin or above is called
_CENTRES = np.concatenate([[-9.25], (EDGES[1:-2] + EDGES[2:-1]) / 2, [4.25]])
SCORES = 1 / (1 + np.exp(-_CENTRES))
"""The score that stands for each bin."""

WHOLE = 60_000
"""Patients whose figure is taken for that of a simulated population."""

REAL = Path(__file__).with_name("real.parquet")
"""Out-of-fold scores of the run that was shipped as `reference` until version 0.14. The truth and
all that was counted rest on them: with others the counting begins anew."""
OTHER = Path(__file__).resolve().parents[2] / "models" / "reference-cancernet"


@dataclass(frozen=True, eq=False)
class Patients:
    """`idc`, `rest`: patches a patient and bin of A's score, (patients, BINS); `cells`: patches a
    patient and cell of A's and B's calls, (patients, 8)."""

    idc: Numbers
    rest: Numbers
    cells: Numbers

    def __len__(self) -> int:
        return len(self.idc)

    def taken(self, rows: npt.NDArray[np.int64]) -> "Patients":
        """Some of the patients, in this order."""
        return Patients(self.idc[rows], self.rest[rows], self.cells[rows])

    @cached_property
    def bins(self) -> Numbers:
        """Both histograms beside each other, (patients, 2 · BINS)."""
        return np.concatenate([self.idc, self.rest], axis=1)

    @cached_property
    def counts(self) -> Numbers:
        """tn, fp, fn, tp a patient, called from `CUT` on."""
        return self.at(CUT)

    def at(self, cut: int) -> Numbers:
        """tn, fp, fn, tp a patient, called from the bin `cut` on."""
        return outcomes(self.bins, cut)


@dataclass(frozen=True)
class Population:
    """`draw(rng, count)` draws patients; `whole()` are those whose figures are the truth."""

    name: str
    says: str
    draw: Callable[[np.random.Generator, int], Patients]
    whole: Callable[[], Patients]


def outcomes(bins: Numbers, cut: int) -> Numbers:
    """tn, fp, fn, tp, where bins from `cut` on are called; (m, 2 · BINS) → (m, 4)."""
    idc, rest = np.split(bins, 2, axis=1)
    parts = (rest[:, :cut], rest[:, cut:], idc[:, :cut], idc[:, cut:])
    return np.stack([part.sum(axis=1) for part in parts], axis=1)


def even(rng: np.random.Generator, count: int) -> Patients:
    """Sizes from 50 to 2,000 patches (log-uniform), whatever the patient is like."""
    size = np.exp(rng.uniform(np.log(50), np.log(2000), count)).astype(int)
    return _scored(rng, size, *shifts(rng, count))


def heavy(rng: np.random.Generator, count: int) -> Patients:
    """Heavy-tailed sizes (log-normal: one in a hundred has twenty times the median); one patient
    in seven is hard, of the largest one in four: most of its IDC is missed, many alarms raised."""
    spread = rng.normal(size=count)
    size = np.clip(60 * np.exp(1.3 * spread), 8, 6000).astype(int)
    hard = rng.random(count) < 1 / (1 + np.exp(1.95 - 0.45 * spread))
    found, alarm, again = shifts(rng, count)
    return _scored(rng, size, found - 2.2 * hard, alarm + 2.0 * hard, again - 2.2 * hard)


def real() -> Patients:
    """The 251 patients of the reference run: what networks said that had not learnt from them,
    and, as B, what the other shipped network says."""
    a = pd.read_parquet(REAL)
    b = pd.read_parquet(OTHER / "predictions.parquet")
    both = a.merge(b[["patient", "x", "y", "score"]], on=["patient", "x", "y"], suffixes=("", "_b"))
    labels = both["label"].to_numpy(np.int8)
    owner, names = pd.factorize(both["patient"], sort=True)
    of_a, of_b = (_bin(both[name].to_numpy(np.float64)) for name in ("score", "score_b"))
    idc, rest = (
        np.bincount(owner[own] * BINS + of_a[own], minlength=len(names) * BINS).astype(np.float64)
        for own in (labels == 1, labels == 0)
    )
    cells = np.bincount(
        owner * 8 + cell_of(labels, of_a >= CUT, of_b >= CUT), minlength=8 * len(names)
    )
    shape = (len(names), -1)
    return Patients(idc.reshape(shape), rest.reshape(shape), cells.reshape(shape).astype(float))


def populations() -> dict[str, Population]:
    """All three by name."""
    patients = real()

    def resampled(rng: np.random.Generator, count: int) -> Patients:
        return patients.taken(rng.integers(0, len(patients), count))

    return {
        "even": Population("even", "sizes independent of difficulty", even, lambda: _whole(even)),
        "real": Population(
            "real", f"the {len(patients)} real patients, resampled", resampled, lambda: patients
        ),
        "heavy": Population(
            "heavy", "heavy-tailed sizes, large patients harder", heavy, lambda: _whole(heavy)
        ),
    }


def _whole(draw: Callable[[np.random.Generator, int], Patients]) -> Patients:
    rng = np.random.default_rng(99)
    parts = [draw(rng, WHOLE // 10) for _ in range(10)]
    return Patients(
        *(
            np.concatenate([getattr(each, name) for each in parts])
            for name in ("idc", "rest", "cells")
        )
    )


def shifts(rng: np.random.Generator, count: int) -> tuple[Numbers, Numbers, Numbers]:
    """Mean logit score of A's IDC patches, of its others, and of B's IDC patches, a patient each.

    B is another model, slightly better, its errors in much the same patients.
    """
    own, other, again = rng.normal(size=(3, count))
    return (
        0.75 + 1.4 * own,
        -3.6 + 1.2 * (0.2 * own + 0.98 * other),
        0.95 + 1.4 * (0.8 * own + 0.6 * again),
    )


def _scored(
    rng: np.random.Generator,
    size: npt.NDArray[np.int64],
    found: Numbers,
    alarm: Numbers,
    again: Numbers,
) -> Patients:
    burden = rng.beta(0.5, 1.1, len(size))
    positive = rng.binomial(size, burden)
    idc = rng.multinomial(positive, binned(found, 1.4)).astype(np.float64)
    rest = rng.multinomial(size - positive, binned(alarm, 2.0)).astype(np.float64)
    cells = np.zeros((len(size), 8))
    # B calls each patch of a patient and class with the same chance.
    for first, own, mean, spread in ((0, rest, alarm, 2.0), (4, idc, again, 1.4)):
        chance = _above(mean, spread)
        for a, called in enumerate((own[:, :CUT], own[:, CUT:])):
            patches = called.sum(axis=1).astype(int)
            by_b = rng.binomial(patches, chance)
            cells[:, first + 2 * a], cells[:, first + 2 * a + 1] = patches - by_b, by_b
    return Patients(idc, rest, cells)


_GRID = np.linspace(-9, 9, 20_001)
_AREA = np.vectorize(NormalDist().cdf, otypes=[float])(_GRID)


def binned(mean: Numbers, spread: float) -> Numbers:
    """Chance that a patch scores in each bin, shape (patients, BINS)."""
    below = np.interp((EDGES[1:-1] - mean[:, None]) / spread, _GRID, _AREA)
    chances = np.diff(np.pad(below, ((0, 0), (1, 1)), constant_values=(0, 1)), axis=1)
    chances = chances.clip(0)
    found: Numbers = chances / chances.sum(axis=1, keepdims=True)
    return found


def _above(mean: Numbers, spread: float) -> Numbers:
    above: Numbers = 1 - np.interp((EDGES[CUT] - mean) / spread, _GRID, _AREA)
    return above


def _bin(scores: Numbers) -> npt.NDArray[np.int64]:
    kept = np.clip(scores, 1e-6, 1 - 1e-6)
    return np.searchsorted(EDGES[1:-1], np.log(kept / (1 - kept)), side="right")
