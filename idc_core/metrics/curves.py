"""ROC and precision-recall from scores sorted once; exact counts at any threshold after that."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from idc_core.metrics._checks import check_labels_and_scores
from idc_core.metrics.confusion import Confusion, precision, sensitivity, specificity
from idc_core.metrics.sorted_scores import Counts, Sorted, below, lifted_one

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of a curve, thresholds falling; the first point calls nothing (`inf`)."""

    thresholds: Numbers
    sensitivity: Numbers
    specificity: Numbers
    precision: Numbers

    def __len__(self) -> int:
        return len(self.thresholds)

    def thinned(self, most: int) -> "Curve":
        """At most `most` of the points, evenly along sensitivity and specificity, ends kept."""
        if len(self) <= most:
            return self
        way = np.abs(np.diff(self.sensitivity)) + np.abs(np.diff(self.specificity))
        along = np.concatenate([[0.0], np.cumsum(way)])
        kept = np.unique(np.searchsorted(along, np.linspace(0, along[-1], most)))
        return Curve(
            self.thresholds[kept],
            self.sensitivity[kept],
            self.specificity[kept],
            self.precision[kept],
        )


class Ranked:
    """Scores sorted per class. Built once (n log n), then every threshold costs two look-ups."""

    def __init__(self, labels: npt.ArrayLike, scores: npt.ArrayLike) -> None:
        given = np.asarray(scores)
        label_array, score_array = check_labels_and_scores(labels, given)
        # In the precision that was given: half the memory of ten million, and the same answers.
        own = given if given.dtype == np.float32 else score_array
        self.positive: Sorted = np.sort(own[label_array == 1])
        self.negative: Sorted = np.sort(own[label_array == 0])

    @classmethod
    def of_sorted(
        cls, positive: Sorted, negative: Sorted, areas: tuple[float, float] | None = None
    ) -> "Ranked":
        """From scores that are sorted and checked already, those with IDC and the others.

        `areas`: ROC-AUC and average precision where they are known.
        """
        ranked = cls.__new__(cls)
        ranked.positive, ranked.negative = positive, negative
        if areas is not None:
            ranked.__dict__["_areas"] = areas
        return ranked

    def __len__(self) -> int:
        return len(self.positive) + len(self.negative)

    def counts(self, threshold: float) -> Confusion:
        """The four outcomes at a threshold, equal to a direct count.

        >>> Ranked([0, 0, 1, 1], [0.1, 0.7, 0.5, 0.9]).counts(0.5)
        Confusion(tn=1, fp=1, fn=0, tp=2)
        """
        cut = lifted_one(threshold, self.positive)
        missed = int(self.positive.searchsorted(cut))
        left_alone = int(self.negative.searchsorted(cut))
        return Confusion(
            tn=left_alone,
            fp=len(self.negative) - left_alone,
            fn=missed,
            tp=len(self.positive) - missed,
        )

    @cached_property
    def curve(self) -> Curve:
        """One point a distinct score."""
        return self._at(np.unique(np.concatenate([self.positive, self.negative])))

    def points(self, most: int) -> Curve:
        """At most `most` exact points of the curve, spread evenly over both classes, ends kept.

        The whole curve where it has no more. Ten million scores are not all looked at.
        """
        if len(self) < 4 * most:
            return self.curve.thinned(most)
        few = self.distinct(most - 1)
        if few is not None:
            return self._at(few)
        kept = [
            scores[np.linspace(0, len(scores) - 1, most // 2).astype(np.int64)]
            for scores in (self.positive, self.negative)
            if len(scores)
        ]
        ends = [scores[[0, -1]] for scores in (self.positive, self.negative) if len(scores)]
        return self._at(np.unique(np.concatenate(kept + ends))).thinned(most)

    def distinct(self, most: int) -> Sorted | None:
        """The distinct scores, rising; None where there are more than `most`."""
        both = [scores for scores in (self.positive, self.negative) if len(scores)]
        places = [0] * len(both)
        found: list[Any] = []
        while any(at < len(scores) for at, scores in zip(places, both, strict=True)):
            if len(found) == most:
                return None
            left = [scores[at] for at, scores in zip(places, both, strict=True) if at < len(scores)]
            found.append(min(left))
            places = [int(scores.searchsorted(found[-1], side="right")) for scores in both]
        return np.array(found, dtype=self.positive.dtype)

    def _at(self, scores: Sorted) -> Curve:
        """Points at these rising scores, and the one that calls nothing."""
        thresholds = np.concatenate([[np.inf], scores[::-1].astype(np.float64)])
        fn, tn = below(self.positive, thresholds), below(self.negative, thresholds)
        tp, fp = len(self.positive) - fn, len(self.negative) - tn
        return Curve(
            thresholds,
            sensitivity(tn, fp, fn, tp),
            specificity(tn, fp, fn, tp),
            precision(tn, fp, fn, tp),
        )

    @property
    def roc_auc(self) -> float:
        """Chance that an IDC patch scores above one without (ties half); `nan` with one class.

        The Mann-Whitney form (Hanley & McNeil 1982, 10.1148/radiology.143.1.7063747).

        >>> Ranked([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).roc_auc
        0.75
        """
        return self._areas[0]

    @property
    def pr_auc(self) -> float:
        """Average precision: sum of precision × gain in sensitivity; `nan` without IDC patches.

        Every IDC patch gains the same, so it is the mean precision at the IDC patches' scores.
        """
        return self._areas[1]

    @cached_property
    def _areas(self) -> tuple[float, float]:
        """ROC-AUC and average precision from one search: both ask how many others lie below."""
        idc, others = len(self.positive), len(self.negative)
        if not idc:
            return float("nan"), float("nan")
        left, right = _places(self.positive, self.negative)
        pairs = (int(left.sum()) + int(right.sum())) / 2
        new = np.append(True, self.positive[1:] != self.positive[:-1])
        found = idc - np.maximum.accumulate(np.where(new, np.arange(idc), 0))
        precise = float(np.mean(found / (found + (others - left))))
        return pairs / (idc * others) if others else float("nan"), precise

    @property
    def prevalence(self) -> float:
        """Share of IDC patches; `nan` without patches."""
        return len(self.positive) / len(self) if len(self) else float("nan")


def _places(positive: Sorted, negative: Sorted) -> tuple[Counts, Counts]:
    """How many of the sorted `negative` lie below, and not above, each score of `positive`."""
    left: Counts = np.searchsorted(negative, positive, side="left").astype(np.int64, copy=False)
    if not len(negative):
        return left, left
    # Only a tie makes a difference, and it is seen at the place where the search ended.
    tied = negative[np.minimum(left, len(negative) - 1)] == positive
    right = left.copy()
    right[tied] = np.searchsorted(negative, positive[tied], side="right")
    return left, right
