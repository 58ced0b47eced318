"""The record of chosen thresholds, and of how often anybody looked at test.

`operating_points.jsonl` holds a line a locked threshold, newest last, and is only ever appended to.
Each line carries the SHA-256 of the line before (`previous`), so that a reviewer can see that none
was changed or taken out. A threshold is chosen on validation; the line says by which rule, when, by
whom (`by`; none where the program chose), on which scores (`predictions`, `calibration`), model and
data, why, and how many thresholds had been looked at on these test patients by then, in all runs
(`looks_at_test`, see `looks.py`).

`looks.jsonl` holds a line for every threshold whose figures on test were shown for the first time.
Showing one again is no new look.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from idc_core.io.files import append_json_line, log_lines, read_json_lines, sha256_of
from idc_core.io.lock import soon_alone
from idc_core.io.provenance import now
from idc_core.io.refusal import Refusal
from idc_core.metrics.curves import Ranked
from idc_core.metrics.lower_limit import CountsAt
from idc_core.metrics.operating_point import BY_HAND, choose, rule_words
from idc_core.runs import seal
from idc_core.runs.patient_counts import by_patient
from idc_core.runs.run import Run, judged

LEDGER, LOOKS = "operating_points.jsonl", "looks.jsonl"


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
) -> dict[str, Any]:
    """Record a threshold as the run's operating point; return the line.

    `predictions` hold the scores as the run shows them. Without a `threshold` the rule chooses one
    on validation; with one, the rule must choose that very threshold, or be `by hand`. `by`: the
    reader who locks. Raises `Refusal` if it does not, without a reason, without a validation split
    with both classes, or for a threshold outside [0, 1]; nothing is written then.
    """
    from idc_core.runs.looks import looks_at  # which reads ledgers itself

    if not reason.strip() or not name.strip():
        raise Refusal(
            "expected a name and a reason for locking a threshold: one is empty. A reviewer "
            "will ask for it."
        )
    predictions = judged(run, predictions)
    validation = predictions[predictions["split"] == "validation"]
    if validation["label"].nunique() < 2:
        raise Refusal(
            "expected a validation split with both classes to lock a threshold on: this run has "
            "none. For imported predictions: python train_cli.py import-predictions FILE --run "
            "NAME --validation 0.4."
        )
    ranked = Ranked(validation["label"].to_numpy(), validation["score"].to_numpy())
    if threshold is not None and not 0 <= threshold <= 1:
        raise Refusal(f"expected a threshold from 0 to 1: found {threshold!r}.")
    threshold = _agreed(ranked, by_patient(validation).at, rule, threshold)
    counts = ranked.counts(threshold)
    line = {
        "name": name.strip(),
        "rule": rule,
        "threshold": threshold,
        "split": "validation",
        "chosen_at": now(),
        "by": by.strip() or None,
        "reason": reason.strip(),
        **_fingerprints(run),
        "calibration": run.calibration_id(),
        "sensitivity": counts.sensitivity,
        "specificity": counts.specificity,
        "n_patches": len(validation),
        "n_patients": int(validation["patient"].nunique()),
        "looks_at_test": looks_at(run).total,
    }
    with _alone(run), seal.changing(run.path, LEDGER):
        return _append(run.path / LEDGER, line)


def look(run: Run, threshold: float) -> bool:
    """Record that a threshold's figures on test were shown; whether it was a new look.

    Where the folder cannot be written to, nothing is recorded and the answer is True: the look is
    new, and will be again.
    """
    line = {"threshold": threshold, "calibration": run.calibration_id(), "at": now()}
    try:
        with _alone(run):
            if _seen(looks(run), line):
                return False
            with seal.changing(run.path, LOOKS):
                append_json_line(run.path / LOOKS, line)
    except (OSError, Refusal):
        return True
    return True


def looks(run: Run) -> list[dict[str, Any]]:
    """Thresholds that were looked at on test, oldest first."""
    return read_json_lines(run.path / LOOKS)


def table(run: Run) -> pd.DataFrame:
    """The ledger as a table, newest first, in words."""
    rows = [
        {
            "locked": str(line.get("chosen_at", ""))[:16].replace("T", " "),
            "by": line.get("by") or "–",
            "name": line.get("name", ""),
            "rule": rule_words(str(line.get("rule", ""))),
            "threshold": line.get("threshold"),
            "sensitivity": line.get("sensitivity"),
            "specificity": line.get("specificity"),
            "patients": line.get("n_patients"),
            "reason": line.get("reason", ""),
            "looks at test": line.get("looks_at_test"),
            "scores": line.get("calibration") or "raw",
            "model": str(line.get("model") or "")[:8],
            "data": str(line.get("data") or "")[:8],
        }
        for line in run.operating_points()
        if isinstance(line, dict)
    ]
    return pd.DataFrame(rows).iloc[::-1].reset_index(drop=True)


def check(run: Run) -> Chain:
    """Follow the ledger from its first line to its last."""
    lines = log_lines(run.path / LEDGER)
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


def newest_rule(run: Run, otherwise: str) -> str:
    """The rule of the newest line that a rule chose, whatever scores it was chosen on."""
    rules = [line.get("rule") for line in run.operating_points() if isinstance(line, dict)]
    known = [str(rule) for rule in rules if rule and rule != BY_HAND]
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


def _fingerprints(run: Run) -> dict[str, str | None]:
    network, predictions = run.path / "model.onnx", run.path / "predictions.parquet"
    return {
        "model": sha256_of(network) if network.is_file() else None,
        "data": (run.info.get("data") or {}).get("fingerprint"),
        "predictions": sha256_of(predictions) if predictions.is_file() else None,
    }


def _append(file: Path, line: dict[str, Any]) -> dict[str, Any]:
    lines = log_lines(file)
    line = line | {"previous": _mark(lines[-1]) if lines else None}
    append_json_line(file, line)
    return line


def _mark(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _seen(known: list[dict[str, Any]], line: dict[str, Any]) -> bool:
    wanted = (line["threshold"], line["calibration"])
    return any((each.get("threshold"), each.get("calibration")) == wanted for each in known)


@contextmanager
def _alone(run: Run) -> Iterator[None]:
    """One writer at a time; others wait a while. A half line is cut off before anything follows."""
    with soon_alone(run.path / ".ledger", "writing the ledger"):
        for name in (LEDGER, LOOKS):
            _mend(run.path / name)
        yield


def _mend(file: Path) -> None:
    """Make a file end with a whole line."""
    if not file.is_file() or file.read_bytes()[-1:] in (b"", b"\n"):
        return
    whole = b"".join(line + b"\n" for line in log_lines(file))
    if len(whole) > file.stat().st_size:
        with file.open("ab") as end:
            end.write(b"\n")
    else:
        with file.open("r+b") as end:
            end.truncate(len(whole))
