"""One record per metric, from which tables, sentences, report, documents, exports and tests follow.

A metric at one threshold is added by one `Metric` in `at_a_threshold`; nothing else names it. One
that is computed from scores goes into `of_scores` with its function. Imports only metrics.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from idc_core.metrics.catalogue.at_a_threshold import AT_A_THRESHOLD
from idc_core.metrics.catalogue.of_patients import OF_PATIENTS
from idc_core.metrics.catalogue.of_probabilities import OF_PROBABILITIES
from idc_core.metrics.catalogue.of_scores import OF_SCORES
from idc_core.metrics.catalogue.record import Metric, Rate

__all__ = ["METRICS", "RATES", "Metric", "Rate", "judged_by", "moves_with_prevalence", "rate_of"]

METRICS: dict[str, Metric] = {
    each.key: each for each in (*AT_A_THRESHOLD, *OF_SCORES, *OF_PROBABILITIES, *OF_PATIENTS)
}
"""Every metric by its key, in the order in which they are listed."""

Formula = Callable[[Any, Any, Any, Any], npt.NDArray[np.float64]]


class _Rates(Mapping[str, Formula]):
    """Formulas of the metrics that have one, read from `METRICS` whenever they are asked for."""

    def __getitem__(self, key: str) -> Formula:
        return rate_of(key).of

    def __iter__(self) -> Iterator[str]:
        return (key for key, metric in METRICS.items() if metric.rate is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


RATES = _Rates()
"""Every rate of a 2×2 matrix by its key, each called with (tn, fp, fn, tp)."""


def rate_of(key: str) -> Rate:
    """The formula and words of a metric at a threshold; raises `KeyError` for any other.

    >>> rate_of("sensitivity").undefined
    'there is no IDC patch'
    """
    rate = METRICS[key].rate
    if rate is None:
        raise KeyError(key)
    return rate


def judged_by() -> list[Metric]:
    """The metrics every run is evaluated by: those at a threshold, then those of scores."""
    return [each for each in METRICS.values() if each.rate or each.of_scores]


def moves_with_prevalence(key: str) -> bool:
    """Whether a metric changes with the share of IDC although the model is the same.

    >>> moves_with_prevalence("precision"), moves_with_prevalence("sensitivity")
    (True, False)
    """
    return key in METRICS and METRICS[key].moves_with_prevalence
