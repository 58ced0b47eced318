"""ROC and precision-recall from scores sorted once; exact counts at any threshold after that."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from idc_core.metrics._checks import check_labels_and_scores
from idc_core.metrics.confusion import Confusion, precision, sensitivity, specificity

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
            self.thresholds[kept], self.sensitivity[kept], self.specificity[kept],
            self.precision[kept],
        )  # fmt: skip


class Ranked:
    """Scores sorted per class. Built once (n log n), then every threshold costs two look-ups."""

    def __init__(self, labels: npt.ArrayLike, scores: npt.ArrayLike) -> None:
        label_array, score_array = check_labels_and_scores(labels, scores)
        self.positive: Numbers = np.sort(score_array[label_array == 1])
        self.negative: Numbers = np.sort(score_array[label_array == 0])

    def __len__(self) -> int:
        return len(self.positive) + len(self.negative)

    def counts(self, threshold: float) -> Confusion:
        """The four outcomes at a threshold, equal to a direct count.

        >>> Ranked([0, 0, 1, 1], [0.1, 0.7, 0.5, 0.9]).counts(0.5)
        Confusion(tn=1, fp=1, fn=0, tp=2)
        """
        missed = int(np.searchsorted(self.positive, threshold, side="left"))
        left_alone = int(np.searchsorted(self.negative, threshold, side="left"))
        return Confusion(
            tn=left_alone,
            fp=len(self.negative) - left_alone,
            fn=missed,
            tp=len(self.positive) - missed,
        )

    @cached_property
    def curve(self) -> Curve:
        """One point a distinct score."""
        distinct = np.unique(np.concatenate([self.positive, self.negative]))[::-1]
        thresholds = np.concatenate([[np.inf], distinct])
        fn = np.searchsorted(self.positive, thresholds, side="left")
        tn = np.searchsorted(self.negative, thresholds, side="left")
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
        pairs = len(self.positive) * len(self.negative)
        if pairs == 0:
            return float("nan")
        return float(wins(self.positive, self.negative).sum() / pairs)

    @property
    def pr_auc(self) -> float:
        """Average precision: sum of precision × gain in sensitivity; `nan` without IDC patches."""
        if not len(self.positive):
            return float("nan")
        gain = np.diff(self.curve.sensitivity)
        return float(np.sum(gain * self.curve.precision[1:]))

    @property
    def prevalence(self) -> float:
        """Share of IDC patches; `nan` without patches."""
        return len(self.positive) / len(self) if len(self) else float("nan")


def wins(positive: Numbers, negative: Numbers) -> Numbers:
    """For each score of `positive`, how many of the sorted `negative` lie below; a tie is half."""
    below = np.searchsorted(negative, positive, side="left")
    not_above = np.searchsorted(negative, positive, side="right")
    won: Numbers = (below + not_above) / 2
    return won
