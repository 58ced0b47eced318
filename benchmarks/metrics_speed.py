"""Counts, areas, resamples and tables, against scikit-learn and pandas in one run.

Both are given the same predictions, in turns; the median of the turns counts. What is sorted once a
run (`Ranked`, `PatientCounts`) is there already for counts and tables, as in the dashboard; for the
area of ten million, sorting is part of ours. The loop of resamples is timed for a few of them and
extrapolated to 2,000.
"""

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix, roc_auc_score

from benchmarks.shared.promise import judge
from benchmarks.shared.resampled import auc_between_patients, roc_auc_resampled
from benchmarks.shared.synthetic_predictions import drawn_predictions
from idc_core.evaluate.evaluation import patient_table
from idc_core.metrics.catalogue import RATES
from idc_core.metrics.curves import Ranked
from idc_core.metrics.uncertainty import RESAMPLES, PatientJackknife
from idc_core.runs.patient_counts import by_patient

TURNS = 7
QUERY, AREA, RESAMPLED, TABLE = 1000.0, 5.0, 100.0, 8.0
LOOPED = 4
INTERVAL_SECONDS, MANY_INTERVAL_SECONDS, MANY_COUNT_SECONDS = 0.005, 0.010, 0.005
LARGE, LARGE_PATIENTS = 10_000_000, 10_000
EIGHT = tuple(RATES)


def main() -> bool:
    """Measure, print a line a promise, return whether all were kept."""
    table = drawn_predictions()
    print(f"{len(table):,} predictions, {table['patient'].nunique()} patients")
    kept = [*_query_and_table(table), _resamples(table)]
    labels, scores = _many()
    print(f"{LARGE:,} predictions, {LARGE_PATIENTS:,} patients")
    return all([*kept, *_large(labels, scores)])


def _query_and_table(table: pd.DataFrame) -> list[bool]:
    labels, scores = table["label"].to_numpy(), table["score"].to_numpy()
    ranked, patients = Ranked(labels, scores), by_patient(table)
    jackknife = PatientJackknife(len(patients))
    thresholds = iter(np.random.default_rng(0).random(100_000).tolist())
    calls = 1000

    def ours() -> None:
        for _ in range(calls):
            ranked.counts(next(thresholds))

    query, theirs = _in_turns(ours, lambda: confusion_matrix(labels, scores >= next(thresholds)))
    rows, pandas = _in_turns(
        lambda: patient_table(patients, next(thresholds)),
        lambda: _table_by_pandas(table, next(thresholds)),
    )
    moved, _ = _in_turns(
        lambda: jackknife.of_rates(patients.at(next(thresholds)), EIGHT), lambda: None
    )
    return [
        _faster("counts at a threshold", theirs / (query / calls), QUERY, "scikit-learn"),
        _faster("table of patients", pandas / rows, TABLE, "pandas groupby"),
        judge("eight rates with intervals", 1000 * moved, 1000 * INTERVAL_SECONDS, " ms"),
    ]


def _table_by_pandas(table: pd.DataFrame, threshold: float) -> pd.DataFrame:
    called = table["score"] >= threshold
    idc = table["label"] == 1
    outcomes = {"tn": ~called & ~idc, "fp": called & ~idc, "fn": ~called & idc, "tp": called & idc}
    found = table[["patient"]].assign(**outcomes).groupby("patient").sum()
    found["sensitivity"] = found["tp"] / (found["tp"] + found["fn"])
    found["specificity"] = found["tn"] / (found["tn"] + found["fp"])
    return found.assign(errors=found["fp"] + found["fn"]).reset_index()


def _resamples(table: pd.DataFrame) -> bool:
    """Four rates and the area of every resample, the weights drawn anew."""
    patients = by_patient(table)
    labels, scores, owner = patients.labels, patients.scores, patients.owner
    ends = np.append(patients.starts, len(labels))
    names = ("sensitivity", "specificity", "precision", "f1")

    def ours() -> list[np.ndarray]:
        jackknife, counts = PatientJackknife(len(patients)), patients.at(0.5).astype(np.float64)
        drawn = jackknife.sums(counts).T
        wins = auc_between_patients(owner, labels, scores, len(patients))
        classes = counts[:, 2:].sum(axis=1), counts[:, :2].sum(axis=1)
        area = roc_auc_resampled(jackknife, wins, *classes)
        return [area, *(RATES[name](*drawn) for name in names)]

    def theirs() -> None:
        rng = np.random.default_rng(0)
        for _ in range(LOOPED):
            drawn = rng.integers(0, len(patients), len(patients))
            rows = np.concatenate([np.arange(ends[i], ends[i + 1]) for i in drawn])
            counts = confusion_matrix(labels[rows], scores[rows] >= 0.5).ravel()
            [RATES[name](*counts) for name in names]
            roc_auc_score(labels[rows], scores[rows])

    all_of_them, a_few = _in_turns(ours, theirs)
    looped = a_few / LOOPED * RESAMPLES
    name = f"{RESAMPLES:,} resamples with area ({all_of_them:.2f} s; loop {looped:,.0f} s)"
    return _faster(name, looped / all_of_them, RESAMPLED, "a scikit-learn loop")


def _many() -> tuple[np.ndarray, np.ndarray]:
    """Labels (int8) and scores (float32) of ten million patches."""
    rng = np.random.default_rng(0)
    labels = (rng.random(LARGE, dtype=np.float32) < 0.28).astype(np.int8)
    logit = rng.standard_normal(LARGE, dtype=np.float32) + 2.4 * labels - 2
    return labels, (1 / (1 + np.exp(-logit))).astype(np.float32)


def _large(labels: np.ndarray, scores: np.ndarray) -> list[bool]:
    area, theirs = _in_turns(
        lambda: Ranked(labels, scores).roc_auc, lambda: roc_auc_score(labels, scores), turns=3
    )
    owner = np.sort(np.random.default_rng(1).integers(0, LARGE_PATIENTS, LARGE))
    names = pd.Index([f"{number:05d}" for number in range(LARGE_PATIENTS)])
    frame = pd.DataFrame(
        {
            "patient": pd.Categorical.from_codes(owner, names),
            "label": labels,
            "score": scores,
        }
    )
    patients = by_patient(frame)
    jackknife = PatientJackknife(LARGE_PATIENTS)
    thresholds = iter(np.random.default_rng(0).random(100).tolist())
    counted, _ = _in_turns(lambda: patients.at(next(thresholds)), lambda: None)
    counts = patients.at(0.5)
    moved, _ = _in_turns(lambda: jackknife.of_rates(counts, EIGHT), lambda: None)
    return [
        _faster(f"ROC-AUC with ranking ({area:.2f} s)", theirs / area, AREA, "scikit-learn"),
        judge("counts of every patient", 1000 * counted, 1000 * MANY_COUNT_SECONDS, " ms"),
        judge("eight rates with intervals", 1000 * moved, 1000 * MANY_INTERVAL_SECONDS, " ms"),
    ]


def _in_turns(
    ours: Callable[[], object], theirs: Callable[[], object], turns: int = TURNS
) -> tuple[float, float]:
    """Median seconds of both, called in turns so that a busy moment hits both."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(turns):
        for taken, call in zip(seconds, (ours, theirs), strict=True):
            started = time.perf_counter()
            call()
            taken.append(time.perf_counter() - started)
    return statistics.median(seconds[0]), statistics.median(seconds[1])


def _faster(name: str, ratio: float, promised: float, whose: str) -> bool:
    return judge(f"{name}, of {whose}", ratio, promised, "×", at_least=True)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
