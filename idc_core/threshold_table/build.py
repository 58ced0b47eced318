"""A table from the patches of one split: counts, figures and texts at every threshold."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from idc_core.facts import matrix_words, rate_words, use_words
from idc_core.facts.rate_words import Judged, OfPatients
from idc_core.io.mapped import let_go
from idc_core.metrics import over_thresholds
from idc_core.metrics.catalogue import RATES
from idc_core.metrics.clinic import Benefit
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.curves import Numbers, Ranked
from idc_core.metrics.over_thresholds import Along
from idc_core.records.raster import Raster
from idc_core.runs.patient_counts import Counted
from idc_core.threshold_table.grid import Scale, grid_of
from idc_core.threshold_table.packed import Packed, packed
from idc_core.threshold_table.reached import Reached, reached, totals

NUMBERS = ("sensitivity", "specificity", "balanced_accuracy")
"""Figures that are kept as numbers: predictive values at any prevalence are made of them."""

_CELLS = 400_000
"""Patients times thresholds that are judged at a time: what the processor's cache holds."""

_LINE = 8
"""Numbers that the processor fetches together."""

Columns = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Table:
    """What a page says at each threshold of `grid`; every list has a value a threshold.

    `of`: digest of what it was made of (`identity`). `tp`, `fp`: patches with and without IDC whose
    score is at least the threshold, of `positives` and `negatives`.
    """

    of: str
    grid: Numbers
    scale: Scale
    positives: int
    negatives: int
    patients: int
    tp: npt.NDArray[np.int64]
    fp: npt.NDArray[np.int64]
    numbers: dict[str, Along]
    texts: dict[str, Packed]


@dataclass(slots=True)
class _Gathered:
    texts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    ends: dict[str, list[Along]] = field(default_factory=lambda: defaultdict(list))

    def add(self, said: dict[str, str]) -> None:
        for key, text in said.items():
            self.texts[key].append(text)


def build(
    patients: Counted,
    ranked: Ranked,
    raster: Raster,
    of: str,
    grid: tuple[Numbers, Scale] | None = None,
    room: Path | None = None,
) -> Table:
    """The table of patches sorted by patient; `grid`: other thresholds than those of the scores.

    `ranked` holds the same patches. `room`: a folder for the counts a patient, where these are too
    many for memory.
    """
    thresholds, scale = grid or grid_of(ranked)
    idc, others = reached(patients, thresholds, room)
    tp, fp = totals(idc), totals(others)
    # Where no patch lies between two thresholds, all but net benefit is as before.
    new = np.append(True, (np.diff(tp) != 0) | (np.diff(fp) != 0))
    own = _of_counts(patients, raster, idc, others, np.flatnonzero(new))
    row = np.cumsum(new) - 1
    texts = {key: packed(_spread(said, row)) for key, said in own.texts.items()}
    decided = list(_decisions(patients, thresholds, idc, others, raster))
    texts[decided[0][0]] = packed(text for _, text in decided)
    return Table(
        of,
        thresholds,
        scale,
        len(ranked.positive),
        len(ranked.negative),
        len(patients),
        tp,
        fp,
        {name: _joined(ends, row) for name, ends in own.ends.items()},
        texts,
    )


def _of_counts(
    patients: Counted, raster: Raster, idc: Reached, others: Reached, columns: Columns
) -> _Gathered:
    """Texts and figures of some columns of counts."""
    found = _Gathered()
    for counts in _blocks(patients, idc, others, columns):
        rates = over_thresholds.rates(counts)
        own = _of_patients(counts, patients.patients)
        total = counts.sum(axis=1).astype(np.int64)
        for name in NUMBERS:
            found.ends[name].append(rates[name])
        for at in range(counts.shape[2]):
            judged = Judged(
                Confusion(*total[:, at].tolist()),
                {name: each.at(at) for name, each in rates.items()},
                {name: each.defined[at] for name, each in own.items()},
            )
            found.add(rate_words.headline(judged, raster))
            found.add(rate_words.sentence(judged))
            whose = {name: each.at(at) for name, each in own.items()}
            found.add(rate_words.all_metrics(judged, whose, raster))
            found.add(matrix_words.matrix(judged.counts, raster))
            found.add(dict([matrix_words.workload(judged.counts, raster)]))
            both = judged.rates["sensitivity"], judged.rates["specificity"]
            found.add(use_words.assumed(*both, len(patients)))
    return found


def _blocks(
    patients: Counted, idc: Reached, others: Reached, columns: Columns
) -> Iterator[Numbers]:
    """Counts of a few thresholds at a time, (4, patients, thresholds): tn, fp, fn, tp."""
    positives, negatives = (
        np.diff(each.starts)[:, None] for each in (patients.idc, patients.others)
    )
    many = _CELLS // max(1, len(patients))
    # Sums over patients that are no whole cache line apart take five times as long.
    many = many if many >= _LINE else 1
    for first in range(0, len(columns), many):
        chosen = columns[first : first + many]
        tp, fp = idc[:, chosen], others[:, chosen]
        yield np.stack([negatives - fp, fp, positives - tp, tp]).astype(np.float64)
        let_go(idc)
        let_go(others)


@dataclass(frozen=True, slots=True)
class _Own:
    """One rate patient by patient, along the thresholds."""

    mean: Along
    median: list[float]
    lowest: list[float]
    whose: list[str]
    defined: list[int]

    def at(self, index: int) -> OfPatients:
        return OfPatients(
            self.mean.at(index), self.median[index], self.lowest[index], self.whose[index]
        )


def _of_patients(counts: Numbers, names: npt.NDArray[np.object_]) -> dict[str, _Own]:
    found = {}
    for name, of in RATES.items():
        rates = of(*counts)
        lowest, at = over_thresholds.lowest(rates)
        found[name] = _Own(
            over_thresholds.mean(rates),
            over_thresholds.median(rates).tolist(),
            lowest.tolist(),
            [str(each) for each in names[at]],
            np.isfinite(rates).sum(axis=0).tolist(),
        )
    return found


def _decisions(
    patients: Counted, grid: Numbers, idc: Reached, others: Reached, raster: Raster
) -> Iterator[tuple[str, str]]:
    """Key and text at each threshold; net benefit changes with every one of them."""
    first = 0
    for counts in _blocks(patients, idc, others, np.arange(len(grid))):
        own = grid[first : first + counts.shape[2]]
        first += len(own)
        # At 0 and 1 there is none; what is computed in its place is not looked at.
        chance = np.where((own > 0) & (own < 1), own, 0.5)
        over_none, over_all = over_thresholds.benefit(counts, chance)
        for at, threshold in enumerate(own.tolist()):
            benefit = Benefit(over_none.at(at), over_all.at(at)) if 0 < threshold < 1 else None
            yield use_words.decision(benefit, threshold, len(patients), raster)


def _spread(said: list[str], row: npt.NDArray[np.int64]) -> list[str]:
    return [said[each] for each in row.tolist()]


def _joined(ends: list[Along], row: npt.NDArray[np.int64]) -> Along:
    value, low, high = (
        np.concatenate([getattr(each, name) for each in ends])[row]
        for name in ("value", "low", "high")
    )
    return Along(value, low, high)
