"""From raw scores to `report.json`: every figure with its interval and its n.

A run's operating point is chosen on validation by a named rule, written to
`operating_points.jsonl`, and applied to every split unchanged.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from idc_core.data.shown_splits import SHOWN, in_split
from idc_core.data.split.splits import SPLITS
from idc_core.evaluate.recalibration import mapped
from idc_core.io import record
from idc_core.io.files import sha256_of
from idc_core.io.refusal import Refusal
from idc_core.metrics.catalogue import METRICS, RATES
from idc_core.metrics.class_report import classification_report, per_class
from idc_core.metrics.confusion import ratio
from idc_core.metrics.curves import Ranked
from idc_core.metrics.grouped_auc import roc_aucs
from idc_core.metrics.operating_point import (
    DEFAULT_RULE,
    NEAREST,
    Infeasible,
    choose,
    rule_words,
)
from idc_core.metrics.uncertainty import FEW_PATIENTS, Interval, PatientJackknife
from idc_core.records.ledger import OperatingPoint
from idc_core.records.raster import USUAL, Raster
from idc_core.records.report import (
    FILE,
    Burden,
    Corrected,
    Counts,
    Figure,
    MadeFrom,
    PerPatient,
    Report,
    SplitFigures,
)
from idc_core.runs import corrected_labels, ledger, seal
from idc_core.runs.patient_counts import Counted, PatientCounts, by_patient
from idc_core.runs.run import Run, judged, only_calls, refuse_unlabelled

UNCHOSEN = 0.5
"""The threshold where no validation split was there to choose one on."""

INTERVAL = (
    "95 %, for new patients: rates, areas, Brier scores and means over patients by leaving out one "
    "patient at a time, and as if one more had come; medians of patients by binomial order "
    "statistics; the expected calibration error has none"
)


def write_evaluation(run: Run, *, rule: str = DEFAULT_RULE) -> Report:
    """Judge the run at its operating point, write `report.json` and return it.

    An operating point is chosen on validation if there is none yet. Raises `Refusal` where there
    are no predictions, or a score is not a probability.
    """
    refuse_unlabelled(run)
    predictions = run.predictions()
    if not predictions["split"].isin(SHOWN).any():
        raise Refusal(
            f"expected patches of a split ({', '.join(SPLITS)}) in "
            f"{run.scores_file}: found none. Score the patches again."
        )
    # The whole table is checked first: a bad row is named by its place in the file, and nothing is
    # recorded for predictions that cannot be judged.
    _by_patient(judged(run, predictions))
    predictions = mapped(run, predictions)
    point = operating_point(run, judged(run, predictions), rule=rule)
    splits = evaluate(judged(run, predictions), point.threshold, run.info.raster)
    return write_report(run, point, splits, _corrected(run, predictions, point.threshold))


def write_report(
    run: Run,
    point: OperatingPoint,
    splits: dict[str, SplitFigures],
    corrected: Corrected | None = None,
) -> Report:
    """Write `report.json` with these figures and return it."""
    report = Report(
        threshold=point.threshold,
        interval=INTERVAL,
        splits=splits,
        run=run.name,
        made=_now(),
        operating_point=point,
        corrected=corrected,
        made_from=made_from(run),
    )
    with seal.changing(run.path, FILE):
        record.write(run.path / FILE, report)
    return report


def made_from(run: Run, digest: Callable[[Path], str] = sha256_of) -> MadeFrom:
    """What a report of the run as it is now stands on: digests, and the id of the saved maps."""
    scores, labels = run.scores_file, run.path / corrected_labels.FILE
    return MadeFrom(
        predictions=digest(scores) if scores.is_file() else None,
        labels=digest(labels) if labels.is_file() else None,
        calibration=run.calibration_id(),
    )


def _corrected(run: Run, predictions: pd.DataFrame, threshold: float) -> Corrected | None:
    """The figures on labels that readers corrected, at the same threshold."""
    table = corrected_labels.saved(run)
    if table is None:
        return None
    corrected, changed = corrected_labels.relabelled(predictions, table)
    known = judged(run, predictions.assign(label=corrected))
    return Corrected(
        labels=table.facts(changed), splits=evaluate(known, threshold, run.info.raster)
    )


def operating_point(run: Run, predictions: pd.DataFrame, *, rule: str) -> OperatingPoint:
    """The run's newest operating point; chosen on validation and recorded if there is none."""
    known = run.operating_point()
    if known is not None:
        return known
    validation = predictions[predictions["split"] == "validation"]
    if validation["label"].nunique() < 2:
        return unchosen()
    return chosen(
        run,
        _ranked(validation),
        _by_patient(validation),
        rule=rule,
        calls=only_calls(validation["score"]),
    )


def unchosen() -> OperatingPoint:
    """Where there is no validation split with both classes."""
    return OperatingPoint(
        rule="not chosen: no validation split with both classes", threshold=UNCHOSEN
    )


def chosen(
    run: Run, ranked: Ranked, patients: Counted, *, rule: str, calls: bool
) -> OperatingPoint:
    """The point that a rule chooses on validation, recorded; `calls`: whether all scores are 0 or
    1."""
    if calls:
        # Any rule on validation would call everything or keep what was called already.
        return OperatingPoint(
            rule="not chosen: the scores are the model's own predictions of the class",
            threshold=UNCHOSEN,
        )
    rule = reachable(ranked, patients, ledger.newest_rule(run, otherwise=rule))
    return ledger.lock_on(
        run,
        ranked,
        patients,
        rule=rule,
        name=f"{rule_words(rule, run.info.raster.say)}, on validation",
        reason="chosen by the program when the run was evaluated",
    )


def reachable(ranked: Ranked, patients: Counted, rule: str) -> str:
    """The rule, or its nearest: a map that ties the highest scores may leave it out of reach."""
    try:
        choose(ranked, rule, patients.at)
    except Infeasible:
        return NEAREST + rule
    except ValueError as unknown:
        raise Refusal(str(unknown)) from None
    return rule


def evaluate(
    predictions: pd.DataFrame, threshold: float, raster: Raster = USUAL
) -> dict[str, SplitFigures]:
    """The figures of every split that holds patches, at one threshold; `raster`: what the classes
    are called."""
    splits = {}
    for split in SHOWN:
        rows = predictions[in_split(predictions, split)]
        if len(rows):
            splits[split] = evaluate_split(rows, threshold, raster)
    return splits


def evaluate_split(rows: pd.DataFrame, threshold: float, raster: Raster = USUAL) -> SplitFigures:
    """All figures of one split; `nan` where one is not defined."""
    ranked, patients = _ranked(rows), _by_patient(rows)
    jackknife = PatientJackknife(len(patients))
    of_scores = {
        name: metric.of_scores(patients, jackknife)
        for name, metric in METRICS.items()
        if metric.of_scores
    }
    return figures(ranked, patients, of_scores, patient_aucs(patients), threshold, raster)


def figures(
    ranked: Ranked,
    patients: Counted,
    of_scores: Mapping[str, Interval],
    aucs: np.ndarray,
    threshold: float,
    raster: Raster = USUAL,
) -> SplitFigures:
    """The same from scores that are sorted already, figures that need no threshold (`of_scores`),
    and ROC-AUC within each patient (`aucs`)."""
    jackknife = PatientJackknife(len(patients))
    counts = patients.at(threshold)
    total = ranked.counts(threshold)
    four, classes = (total.tn, total.fp, total.fn, total.tp), (raster.negative, raster.positive)
    pooled = {**jackknife.of_rates(counts, tuple(RATES)), **of_scores}
    return SplitFigures(
        n_patches=len(ranked),
        n_idc=len(ranked.positive),
        n_patients=len(patients),
        few_patients=len(patients) < FEW_PATIENTS,
        confusion=Counts(tn=total.tn, fp=total.fp, fn=total.fn, tp=total.tp),
        pooled={name: _plain(found) for name, found in pooled.items()},
        per_patient=_per_patient_figures(patients, counts, aucs, jackknife),
        burden=_burden(patients, counts, jackknife),
        classification_report=classification_report(*four, classes),
        per_class=per_class(*four, classes),
    )


def _per_patient_figures(
    patients: Counted, counts: np.ndarray, aucs: np.ndarray, jackknife: PatientJackknife
) -> dict[str, PerPatient]:
    figures = {}
    rates = {name: of(*counts.T) for name, of in RATES.items()}
    rates["roc_auc"] = aucs
    for name, values in rates.items():
        defined = np.isfinite(values)
        worst = int(np.nanargmin(values)) if defined.any() else None
        figures[name] = PerPatient(
            n_patients=int(defined.sum()),
            mean=_plain(jackknife.of_mean(values)),
            median=_plain(jackknife.of_median(values)),
            worst=None if worst is None else float(values[worst]),
            worst_patient=None if worst is None else str(patients.patients[worst]),
        )
    return figures


def _burden(patients: Counted, counts: np.ndarray, jackknife: PatientJackknife) -> Burden:
    """Mean over patients of the share labelled, the share called, and their difference.

    Shares of the patches in the predictions: of the tissue only where a patient's is whole.
    """
    _, fp, fn, tp = counts.T
    size = counts.sum(axis=1)
    off = ratio(fp - fn, size)
    shares = {"labelled": ratio(fn + tp, size), "predicted": ratio(fp + tp, size)}
    labelled, predicted = shares.values()
    farthest = int(np.argmax(np.abs(off)))
    return Burden(
        n_patients=len(patients),
        labelled=_plain(jackknife.of_mean(labelled)),
        predicted=_plain(jackknife.of_mean(predicted)),
        difference=_plain(jackknife.of_mean(off)),
        absolute_difference=_plain(jackknife.of_mean(np.abs(off))),
        farthest_patient=str(patients.patients[farthest]),
        farthest={name: float(values[farthest]) for name, values in shares.items()},
    )


def patient_aucs(patients: PatientCounts) -> np.ndarray:
    """ROC-AUC within each patient; `nan` where a patient has one class only."""
    return roc_aucs(patients.owner, patients.labels, patients.scores, len(patients))


def per_patient(predictions: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """One row per patient: patches, idc, called, tn, fp, fn, tp, sensitivity, specificity,
    errors."""
    return patient_table(_by_patient(predictions), threshold)


def patient_table(patients: Counted, threshold: float) -> pd.DataFrame:
    """The same from predictions that are sorted already; one sum a patient."""
    counts = patients.at(threshold)
    tn, fp, fn, tp = counts.T
    return pd.DataFrame(
        {
            "patient": patients.patients,
            "patches": counts.sum(axis=1),
            "idc": fn + tp,
            "called": fp + tp,
            "tn": tn,
            "fp": fp,
            "fn": fn,
            "tp": tp,
            "sensitivity": RATES["sensitivity"](tn, fp, fn, tp),
            "specificity": RATES["specificity"](tn, fp, fn, tp),
            "errors": fp + fn,
        }
    )


def _plain(found: Interval) -> Figure:
    return Figure(value=found.value, low=found.low, high=found.high)


def _ranked(rows: pd.DataFrame) -> Ranked:
    with _said_as_refusal():
        return Ranked(rows["label"].to_numpy(), rows["score"].to_numpy())


def _by_patient(rows: pd.DataFrame) -> PatientCounts:
    with _said_as_refusal():
        return by_patient(rows)


class _said_as_refusal:  # noqa: N801 - reads as a phrase where it is used
    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, ValueError):
            raise Refusal(f"the predictions cannot be evaluated: {error}") from None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
