"""Calibration of a split whose predictions are too many for memory.

What resamples and refits say is made with the sums, from a few patients' scores at a time, and kept
beside them: a table of bins of each kind, and the ends of the fitted line's intervals.
"""

from collections.abc import Iterator
from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt

from idc_core.evaluate.calibrated import (
    Binned,
    Calibrated,
    bin_tables,
    binned,
    brier,
    patient_table,
)
from idc_core.io.files import read_parquet, write_parquet
from idc_core.io.mapped import let_go
from idc_core.many.stored import Stored
from idc_core.metrics import calibration, calibration_fit
from idc_core.metrics.calibration import BINS, CLIPPED, logit
from idc_core.metrics.calibration_fit import MOST_DISTINCT, Fitted, Gathered, Logits
from idc_core.metrics.curves import Numbers, Ranked
from idc_core.metrics.leave_one_out import Interval
from idc_core.metrics.sorted_scores import below, nth_of_both

WIDTH, COUNTS, FITTED = "bins_width.parquet", "bins_counts.parquet", "fitted.npy"

_PATIENTS, _PATCHES = 1000, 1_000_000
"""At most so many patients, and about so many patches, are in memory at once."""


def keep(found: Stored) -> None:
    """Write what only the patches say into the folder of the sums, while it is made."""
    edges = equal_counts(found.ranked, BINS)
    places = _places(found.ranked)
    groups = _Groups(found)
    by_counts = [
        binned(edges, group.labels, group.scores, group.owner, group.many) for group in groups
    ]
    width = Binned(calibration.equal_widths(), *found.cells)
    counts = Binned(
        edges,
        *(
            np.concatenate([getattr(each, name) for each in by_counts])
            for name in ("n", "idc", "summed")
        ),
    )
    tables = bin_tables(found.jackknife, [width, counts])
    for name, table in zip((WIDTH, COUNTS), tables, strict=True):
        write_parquet(found.folder / name, table)
    fitted = calibration_fit.figures(_Gathered(groups, places))
    np.save(found.folder / FITTED, np.array([astuple(each) for each in _figures(fitted)]))


def of(found: Stored, *, equal_counts: bool) -> Calibrated:
    """What the page says of the scores that the run shows."""
    bins = read_parquet(found.folder / (COUNTS if equal_counts else WIDTH))
    n, summed = found.sums["idc"] + found.sums["others"], found.sums["scores"]
    figures = found.of_scores()
    total = figures["brier"]
    own = [bins[name].to_numpy(np.float64) for name in ("patches", "idc", "score")]
    own[2] = own[2] * own[0]
    return Calibrated(
        bins,
        patient_table(found.counted.patients, n, found.sums["idc"], summed),
        figures["ece"].value,
        brier(found.jackknife, np.stack([n, found.sums["squared"]], axis=1)),
        calibration.parts_of_sums(own[0], own[1], own[2], total.value),
        Fitted(*(Interval(*each) for each in np.load(found.folder / FITTED).tolist())),
        figures["roc_auc"],
    )


def _figures(fitted: Fitted) -> tuple[Interval, ...]:
    return fitted.off, fitted.in_the_large, fitted.slope, fitted.joint_intercept


def equal_counts(ranked: Ranked, bins: int) -> Numbers:
    """The edges of `calibration.equal_counts`, from sorted scores."""
    many = len(ranked)
    if not many:
        return np.zeros(0)
    both = ranked.positive, ranked.negative
    found = []
    for place in np.linspace(0, 1, bins + 1)[1:-1] * (many - 1):
        low = int(place)
        ends = [nth_of_both(*both, low), nth_of_both(*both, min(low + 1, many - 1))]
        found.append(float(np.quantile(ends, place - low)))
    edges = np.unique(found)
    lowest, highest = nth_of_both(*both, 0), nth_of_both(*both, many - 1)
    return np.asarray(edges[(edges > lowest) & (edges <= highest)])


def _places(ranked: Ranked) -> Logits:
    """Where the patches are gathered, as `calibration_fit.fitted` does it in memory."""
    ends = np.array([CLIPPED, 1 - CLIPPED])
    both = ranked.positive, ranked.negative
    cuts = np.stack([below(scores, [np.nextafter(ends[0], 1), ends[1]]) for scores in both])
    positive, negative = (
        scores[first:last] for scores, (first, last) in zip(both, cuts.tolist(), strict=True)
    )
    outside = [bool(cuts[:, 0].any()), bool((cuts[:, 1] < [len(each) for each in both]).any())]
    within = Ranked.of_sorted(positive, negative)
    few = within.distinct(MOST_DISTINCT)
    if few is not None:
        return calibration_fit.places_of(np.unique(logit(np.append(few, ends[outside]))))
    reach = [nth_of_both(positive, negative, place) for place in (0, len(within) - 1)]
    whole = np.unique(logit(np.append(reach, ends[outside])))
    return calibration_fit.grid_between(float(whole[0]), float(whole[-1]))


@dataclass(frozen=True, slots=True)
class _Group:
    """The patches of some patients, numbered from 0."""

    many: int
    labels: npt.NDArray[np.int8]
    scores: Numbers
    owner: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Groups:
    """The patients of a split, some at a time, as often as they are asked for."""

    found: Stored

    def __iter__(self) -> Iterator[_Group]:
        counted = self.found.counted
        ends = counted.idc.starts + counted.others.starts
        first = 0
        while first < len(counted):
            fit = int(np.searchsorted(ends, ends[first] + _PATCHES, side="right")) - 1
            last = min(max(fit, first + 1), first + _PATIENTS)
            yield self._between(first, min(last, len(counted)))
            first = last

    def _between(self, first: int, last: int) -> _Group:
        parts, owners = [], []
        for own in (self.found.counted.others, self.found.counted.idc):
            starts = own.starts[first : last + 1]
            parts.append(np.asarray(own.scores[starts[0] : starts[-1]], np.float64))
            owners.append(np.repeat(np.arange(last - first), np.diff(starts)))
            let_go(own.scores)
        labels = np.repeat(np.array([0, 1], np.int8), [len(part) for part in parts])
        return _Group(last - first, labels, np.concatenate(parts), np.concatenate(owners))


@dataclass(frozen=True, slots=True)
class _Gathered:
    """The same, gathered by logit."""

    groups: _Groups
    places: Logits

    def __iter__(self) -> Iterator[Gathered]:
        for group in self.groups:
            yield calibration_fit.gathered(
                self.places, group.labels, group.scores, group.owner, group.many
            )
