"""Free-response ROC: how many lesions are found, at how many false alarms per slide.

CAMELYON16 averages the sensitivity at ¼, ½, 1, 2, 4 and 8 false alarms per slide (Ehteshami
Bejnordi et al. 2017, 10.1001/jama.2017.14585); so does `score`.
"""

import math
from dataclasses import dataclass

import numpy as np

from idc_core.metrics.confusion import ratio
from idc_core.metrics.leave_one_out import (
    RATE,
    UNIT,
    Interval,
    Numbers,
    effective,
    jackknife_interval,
)
from idc_core.metrics.uncertainty import PatientJackknife

RATES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""False alarms per slide."""


@dataclass(frozen=True)
class Froc:
    """`hits` and `false_alarms` (thresholds, patients) at falling `thresholds`; `lesions` and
    `slides` (patients,) there are."""

    thresholds: Numbers
    hits: Numbers
    false_alarms: Numbers
    lesions: Numbers
    slides: Numbers

    @property
    def sensitivity(self) -> Numbers:
        """Share of all lesions found at each threshold; `nan` without lesions."""
        return ratio(self.hits.sum(axis=1), np.full(len(self.hits), self.lesions.sum()))

    @property
    def per_slide(self) -> Numbers:
        """False alarms per slide at each threshold."""
        return ratio(self.false_alarms.sum(axis=1), np.full(len(self.hits), self.slides.sum()))

    def at(self, rate: float) -> tuple[float, Interval]:
        """The threshold that finds most lesions at no more than `rate` false alarms per slide, and
        the sensitivity there; `nan` where every threshold raises more.

        Called regions merge as the threshold falls, so false alarms may fall again: the best of all
        thresholds within the rate counts.
        """
        within = np.flatnonzero(self.per_slide <= rate)
        if not len(within) or not self.lesions.sum():
            return math.nan, Interval(math.nan, math.nan, math.nan)
        best = within[np.argmax(self.sensitivity[within])]
        return float(self.thresholds[best]), self.interval(int(best))

    def interval(self, nth: int) -> Interval:
        """The sensitivity at the n-th threshold, leaving out one patient at a time."""
        counts = np.stack([self.hits[nth], self.lesions], axis=1)
        return PatientJackknife(len(counts)).of_sums(
            lambda sums: ratio(sums[:, 0], sums[:, 1]), counts, UNIT
        )

    def alarms(self, nth: int) -> Interval:
        """False alarms per slide at the n-th threshold."""
        counts = np.stack([self.false_alarms[nth], self.slides], axis=1)
        return PatientJackknife(len(counts)).of_sums(
            lambda sums: ratio(sums[:, 0], sums[:, 1]), counts, RATE
        )

    @property
    def score(self) -> Interval:
        """The mean sensitivity over `RATES`.

        Without a patient another threshold may be the best within a rate, which moves the score by
        leaps; how far it moves is therefore read off the curve drawn through its points.
        """
        slides, lesions = self.slides.sum(), self.lesions.sum()
        if not lesions:
            return Interval(math.nan, math.nan, math.nan)
        value = float(np.mean([self.at(rate)[1].value for rate in RATES]))
        whole = _drawn(self.sensitivity, self.per_slide)
        hits, alarms = self.hits.sum(axis=1), self.false_alarms.sum(axis=1)
        without = np.array(
            [
                _drawn((hits - hit) / (lesions - own), (alarms - alarm) / (slides - many))
                if lesions > own
                else math.nan
                for hit, alarm, own, many in zip(
                    self.hits.T, self.false_alarms.T, self.lesions, self.slides, strict=True
                )
            ]
        )
        return jackknife_interval(
            value, without - whole + value, UNIT, float(effective(self.lesions))
        )


def _drawn(found: Numbers, alarms: Numbers) -> float:
    """Mean height at `RATES` of the curve through the best points within each rate."""
    order = np.argsort(alarms, kind="stable")
    best = np.maximum.accumulate(found[order])
    return float(np.mean(np.interp(RATES, alarms[order], best)))
