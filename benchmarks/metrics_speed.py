"""A threshold moved and an area taken at the size of the whole data set, against scikit-learn.

Both are given the same 277,524 labels and scores, in turns; the median of the turns counts. What is
sorted once a run (`Ranked`) is there already, as in the dashboard; the area is also taken with it.
"""

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
from sklearn.metrics import confusion_matrix, roc_auc_score

from idc_core.demo.many import drawn_predictions
from idc_core.metrics.curves import Ranked
from idc_core.metrics.uncertainty import PatientBootstrap
from idc_core.patient_counts import by_patient

TURNS = 7
QUERY_RATIO, AREA_RATIO, SORTED_RATIO = 1000.0, 5.0, 2.0
INTERVAL_SECONDS = 0.1


def main() -> bool:
    """Measure, print a line a promise, return whether all were kept."""
    table = drawn_predictions()
    labels, scores = table["label"].to_numpy(), table["score"].to_numpy()
    ranked = Ranked(labels, scores)
    thresholds = iter(np.random.default_rng(0).random(100_000).tolist())
    calls = 1000

    def ours() -> None:
        for _ in range(calls):
            ranked.counts(next(thresholds))

    query, query_theirs = _in_turns(
        ours, lambda: confusion_matrix(labels, scores >= next(thresholds))
    )
    area, area_theirs = _in_turns(lambda: ranked.roc_auc, lambda: roc_auc_score(labels, scores))
    sorting, sorting_theirs = _in_turns(
        lambda: Ranked(labels, scores).roc_auc, lambda: roc_auc_score(labels, scores)
    )
    patients = by_patient(table)
    bootstrap = PatientBootstrap(len(patients))
    names = ("sensitivity", "specificity", "precision", "f1")
    moved, _ = _in_turns(
        lambda: bootstrap.of_rates(patients.at(next(thresholds)), names), lambda: None
    )
    print(f"{len(table):,} predictions, {len(patients)} patients")
    return all(
        [
            _at_least("counts at a threshold", query_theirs / (query / calls), QUERY_RATIO),
            _at_least("ROC-AUC of a ranked run", area_theirs / area, AREA_RATIO),
            _at_least("ROC-AUC with ranking", sorting_theirs / sorting, SORTED_RATIO),
            _at_most("four rates with intervals, s", moved, INTERVAL_SECONDS),
        ]
    )


def _in_turns(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """Median seconds of both, called in turns so that a busy moment hits both."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(TURNS):
        for taken, call in zip(seconds, (ours, theirs), strict=True):
            started = time.perf_counter()
            call()
            taken.append(time.perf_counter() - started)
    return statistics.median(seconds[0]), statistics.median(seconds[1])


def _at_least(name: str, ratio: float, promised: float) -> bool:
    kept = ratio >= promised
    print(f"{name}: {ratio:,.1f}× scikit-learn (promised {promised:g}×) {'ok' if kept else 'MISS'}")
    return kept


def _at_most(name: str, seconds: float, promised: float) -> bool:
    kept = seconds <= promised
    print(f"{name}: {seconds:.4f} (promised {promised:g}) {'ok' if kept else 'MISS'}")
    return kept


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
