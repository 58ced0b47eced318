"""The record of chosen thresholds, and of how often anybody looked at test.

`operating_points.jsonl` holds a line a locked threshold, newest last, and is only ever appended to.
Each line carries the SHA-256 of the line before (`previous`), so that a reviewer can see that none
was changed or taken out. A threshold is chosen on validation; the line says by which rule, when, by
whom (`by`; none where the program chose), on which scores (`predictions`, `calibration`), model and
data, why, and how many thresholds had been looked at on these test patients by then, in all runs
(`looks_at_test`, see `looks.py`).

`looks.jsonl` holds a line for every threshold whose figures on test were shown for the first time.
Showing one again is no new look, and each names the line before it. Where the lines of both lie,
`run_logs.py` knows.
"""

import hashlib
import json
import math
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from idc_core.io import record
from idc_core.io.files import json_in, sha256_of
from idc_core.io.provenance import now
from idc_core.io.refusal import Refusal
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.curves import Ranked
from idc_core.metrics.lower_limit import CountsAt
from idc_core.metrics.operating_point import BY_HAND, choose, rule_words
from idc_core.records.ledger import LEDGER, LOOKS, Look, OperatingPoint, look_in
from idc_core.runs import run_logs
from idc_core.runs.patient_counts import Counted, by_patient
from idc_core.runs.run import Run, judged


@dataclass(frozen=True, slots=True)
class Chain:
    """Whether the ledger's lines follow from each other; `broken` names the first that does not.

    `linked` of the `lines` carry the mark of the line before: older ones need not.
    """

    lines: int
    linked: int
    broken: int | None

    @property
    def intact(self) -> bool:
        return self.broken is None


def lock(
    run: Run,
    predictions: pd.DataFrame,
    *,
    rule: str,
    name: str,
    reason: str,
    threshold: float | None = None,
    by: str = "",
) -> OperatingPoint:
    """Record a threshold as the run's operating point; return the line.

    `predictions` hold the scores as the run shows them. Without a `threshold` the rule chooses one
    on validation; with one, the rule must choose that very threshold, or be `by hand`. `by`: the
    reader who locks. Raises `Refusal` if it does not, without a reason, without a validation split
    with both classes, or for a threshold outside [0, 1]; nothing is written then.
    """
    _refuse_folds(run)
    _refuse_unnamed(name, reason)
    predictions = judged(run, predictions)
    validation = predictions[predictions["split"] == "validation"]
    if validation["label"].nunique() < 2:
        raise Refusal(_ONE_CLASS)
    ranked = Ranked(validation["label"].to_numpy(), validation["score"].to_numpy())
    patients = by_patient(validation)
    return lock_on(
        run, ranked, patients, rule=rule, name=name, reason=reason, threshold=threshold, by=by
    )


def lock_on(
    run: Run,
    ranked: Ranked,
    patients: Counted,
    *,
    rule: str,
    name: str,
    reason: str,
    threshold: float | None = None,
    by: str = "",
) -> OperatingPoint:
    """The same where the validation split is sorted already: its scores, and those a patient."""
    from idc_core.runs.looks import looks_at  # which reads ledgers itself

    _refuse_folds(run)
    _refuse_unnamed(name, reason)
    if not len(ranked.positive) or not len(ranked.negative):
        raise Refusal(_ONE_CLASS)
    if threshold is not None and not 0 <= threshold <= 1:
        raise Refusal(f"expected a threshold from 0 to 1: found {threshold!r}.")
    threshold = _agreed(ranked, patients.at, rule, threshold)
    counts = ranked.counts(threshold)
    point = OperatingPoint(
        name=name.strip(),
        rule=rule,
        threshold=threshold,
        split="validation",
        chosen_at=now(),
        by=by.strip() or None,
        reason=reason.strip(),
        model=_digest(run.path / "model.onnx"),
        data=run.info.fingerprint,
        predictions=_digest(run.scores_file),
        calibration=run.calibration_id(),
        sensitivity=_known(counts.sensitivity),
        specificity=_known(counts.specificity),
        n_patches=len(ranked),
        n_patients=len(patients),
        looks_at_test=looks_at(run).total,
    )
    return _added(run, point)


def lock_in_folds(
    run: Run,
    *,
    rule: str,
    name: str,
    reason: str,
    threshold: float,
    on_validation: Confusion,
    patients: int,
) -> OperatingPoint:
    """Record the threshold at which every fold of a cross-validation stands at its own, which the
    rule chose on the fold's own validation; `on_validation`: the counts there, `patients`: in all
    folds together, where each of them validates once."""
    from idc_core.runs.looks import looks_at  # which reads ledgers itself

    point = OperatingPoint(
        name=name,
        rule=rule,
        threshold=threshold,
        split="validation of each fold",
        chosen_at=now(),
        reason=reason,
        data=run.info.fingerprint,
        predictions=_digest(run.scores_file),
        calibration=run.calibration_id(),
        sensitivity=_known(on_validation.sensitivity),
        specificity=_known(on_validation.specificity),
        n_patches=on_validation.tn + on_validation.fp + on_validation.fn + on_validation.tp,
        n_patients=patients,
        looks_at_test=looks_at(run).total,
    )
    return _added(run, point)


def _added(run: Run, point: OperatingPoint) -> OperatingPoint:
    with run_logs.writing(run.path, LEDGER) as kept:
        newest = kept.lines[-1] if kept.lines else None
        point = record.replace(point, previous=None if newest is None else _mark(newest))
        kept.add(point)
    return point


def bring(run: Run, point: OperatingPoint, *, name: str, reason: str) -> OperatingPoint:
    """Record the threshold of another run for this one's network, on which it was not chosen."""
    brought = OperatingPoint(
        name=name,
        rule=point.rule,
        threshold=point.threshold,
        split=point.split,
        chosen_at=now(),
        reason=reason,
        model=_digest(run.path / "model.onnx"),
        data=run.info.fingerprint,
        predictions=_digest(run.scores_file),
        calibration=run.calibration_id(),
        looks_at_test=point.looks_at_test,
    )
    return _added(run, brought)


_ONE_CLASS = (
    "expected a validation split with both classes to lock a threshold on: this run has none. For "
    "imported predictions: python train_cli.py import-predictions FILE --run NAME --validation 0.4."
)


def _refuse_folds(run: Run) -> None:
    known = run.info.cross_validated
    if known is not None:
        raise Refusal(
            f"expected a run with one network to lock a threshold for: {run.name} judges a recipe, "
            f"and each of its {known.folds} folds has a threshold from its own validation. Lock "
            f"one for {known.run}, then put the folds together again: python train_cli.py train "
            f"--run {known.run} --folds {known.folds}."
        )


def _refuse_unnamed(name: str, reason: str) -> None:
    if not reason.strip() or not name.strip():
        raise Refusal(
            "expected a name and a reason for locking a threshold: one is empty. A reviewer "
            "will ask for it."
        )


def look(run: Run, threshold: float) -> bool:
    """Record that a threshold's figures on test were shown; whether it was a new look.

    Where the server cannot be asked, the run's folder takes it, which is read too; where that
    cannot be written to either, nothing is recorded and the answer is True: the look is new, and
    will be again.
    """
    new = Look(threshold=threshold, calibration=run.calibration_id(), at=now())
    for in_folder in (False, True):
        with suppress(OSError, Refusal):
            return _look(run, new, in_folder=in_folder)
    return True


def _look(run: Run, new: Look, *, in_folder: bool) -> bool:
    with run_logs.writing(run.path, LOOKS, in_folder=in_folder) as kept:
        known = (json_in(line, "a look") for line in kept.lines)
        if any(
            (old.threshold, old.calibration) == (new.threshold, new.calibration)
            for old in (look_in(content, str(run.path / LOOKS)) for content in known)
        ):
            return False
        newest = _mark(kept.lines[-1]) if kept.lines else None
        kept.add(record.replace(new, previous=newest))
    return True


def looks(run: Run) -> list[Look]:
    """Thresholds that were looked at on test, oldest first."""
    return run_logs.looks(run.path)


def table(run: Run) -> pd.DataFrame:
    """The ledger as a table, newest first, in words."""
    rows = [
        {
            "locked": (point.chosen_at or "")[:16].replace("T", " "),
            "by": point.by or "–",
            "name": point.name or "",
            "rule": rule_words(point.rule or "", run.info.raster.say),
            "threshold": point.threshold,
            "sensitivity": point.sensitivity,
            "specificity": point.specificity,
            "patients": point.n_patients,
            "reason": point.reason or "",
            "looks at test": point.looks_at_test,
            "scores": point.calibration or "raw",
            "model": (point.model or "")[:8],
            "data": (point.data or "")[:8],
        }
        for point in run.operating_points()
    ]
    return pd.DataFrame(rows).iloc[::-1].reset_index(drop=True)


def check(run: Run) -> Chain:
    """Follow the ledger from its first line to its last."""
    lines = run_logs.lines(run.path, LEDGER)
    linked = 0
    for number, line in enumerate(lines, start=1):
        try:
            content = json.loads(line)
        except ValueError:  # no JSON, or no UTF-8
            return Chain(len(lines), linked, number)
        if not isinstance(content, dict) or "previous" not in content:
            if linked:
                return Chain(len(lines), linked, number)
            continue
        linked += 1
        before = _mark(lines[number - 2]) if number > 1 else None
        if content["previous"] != before:
            return Chain(len(lines), linked, number)
    return Chain(len(lines), linked, None)


def changed_look(run: Run) -> int | None:
    """Which look follows a line that is not there, one that was changed or taken out; None where
    all is there. What a server and the folder hold need not stand in the order of writing."""
    lines = run_logs.lines(run.path, LOOKS)
    marks = {_mark(line) for line in lines}
    for number, line in enumerate(lines, start=1):
        previous = json_in(line, f"JSON in line {number} of {LOOKS}").get("previous")
        if previous is not None and previous not in marks:
            return number
    return None


def newest_rule(run: Run, otherwise: str) -> str:
    """The rule of the newest line that a rule chose, whatever scores it was chosen on."""
    rules = [point.rule for point in run.operating_points()]
    known = [rule for rule in rules if rule and rule != BY_HAND]
    return known[-1] if known else otherwise


def _agreed(ranked: Ranked, counts_at: CountsAt, rule: str, threshold: float | None) -> float:
    """The rule's threshold; the ledger names no rule that would have chosen another one."""
    if rule == BY_HAND and threshold is not None:
        return threshold
    try:
        by_rule = choose(ranked, rule, counts_at).threshold
    except ValueError as unreachable:
        raise Refusal(str(unreachable)) from None
    if threshold is not None and threshold != by_rule:
        raise Refusal(
            f"expected the threshold that {rule_words(rule)} chooses on validation, {by_rule!r}: "
            f"found {threshold!r}. Lock it as set by hand, or take the rule's."
        )
    return by_rule


def _digest(file: Path) -> str | None:
    return sha256_of(file) if file.is_file() else None


def _known(rate: float) -> float | None:
    return None if math.isnan(rate) else rate


def _mark(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
