"""What limited a training run and what to try next, with the figures behind each finding.

Every rule compares a change with the noise of the same curve, so that random fluctuation is not
reported. Training figures are measured with augmentation and dropout, while the weights still
change: a training loss above the validation loss is not a problem.

| finding | when |
|---|---|
| `too_high_rate` | the training loss, a mean over a whole epoch, rose again and again |
| `over_fit` | the validation loss rose after its lowest while the training loss went on falling |
| `unfinished` | both losses were still falling when the run ended |
| `under_fit` | the training loss ended hardly below that of always predicting the prevalence |
| `unsteady` | the validation loss fluctuated by a seventh of its minimum or more |
| `drifting_threshold` | sensitivity at 0.5 moved a lot, sensitivity at 90 % specificity did not |
| `patients_differ` | none of the above, but the AUC is clearly lower on unseen patients |
| `healthy` | the validation loss converged near its minimum and none of the above |
| `cannot_tell` | fewer than five epochs, no losses, or none of these |
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from idc_core.records.run_info import RunInfo
from idc_core.train.history.epochs import Numbers, best_epoch, one_row_an_epoch, smoothed

FEWEST_EPOCHS = 5
LIMITS = ("too_high_rate", "over_fit", "under_fit", "unfinished")
"""Findings that make it pointless to ask what else could be gained."""
JUMPS = 0.15
"""Noise of the validation loss, relative to its minimum, from which it counts as unstable."""
RANKS = 0.7
"""Validation AUC below which a run is too weak for finer findings."""
WEIGHT = 0.5
"""Smoothing weight of the curve against which noise is measured."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding with its figures, and what to try because of it (may be empty)."""

    kind: str
    said: str
    try_next: str = ""


@dataclass(frozen=True, slots=True)
class _Curve:
    """A curve, smoothed, with its noise: how far single epochs lie from the smoothed curve."""

    raw: Numbers
    smooth: Numbers
    noise: float

    @property
    def lowest(self) -> float:
        return float(np.min(self.smooth))

    @property
    def jumps(self) -> bool:
        """Does it fluctuate instead of converging?"""
        return self.noise > JUMPS * self.lowest


def diagnose(history: pd.DataFrame, info: RunInfo | None = None) -> list[Finding]:
    """The findings, most important first; never empty.

    `history` has one row per epoch with `loss` and `val_loss`, ideally also `auc`, `val_auc` and
    the validation metrics of `nn/validation.py`; `info` is the run's own record.
    """
    table = one_row_an_epoch(history)
    if not {"loss", "val_loss"} <= set(table.columns):
        return [Finding("cannot_tell", "cannot tell: training and validation loss were not logged")]
    table = table.dropna(subset=["loss", "val_loss"]).reset_index(drop=True)
    if len(table) < FEWEST_EPOCHS:
        epochs = "epoch is" if len(table) == 1 else "epochs are"
        return [
            Finding(
                "cannot_tell",
                f"cannot tell: {len(table)} {epochs} too few, at least {FEWEST_EPOCHS} are needed",
            )
        ]
    train, validation = _curve(table["loss"]), _curve(table["val_loss"])
    info = info or RunInfo()
    found = [
        _too_high(table, train, info),
        _over_fit(table, train, validation),
        _under_fit(train, table),
        _unfinished(train, validation, info),
        _unsteady(table, validation, info),
        _drifting(table),
    ]
    known = [finding for finding in found if finding is not None]
    if not any(finding.kind in LIMITS for finding in known):
        known = [*_patients(table, validation, info), *known]
    return known or [
        Finding(
            "cannot_tell",
            "cannot tell what limits it: the losses neither converged nor moved together, and no "
            "rule applies",
        )
    ]


def _curve(values: pd.Series) -> _Curve:
    raw = values.to_numpy(np.float64)
    smooth = smoothed(raw, WEIGHT)
    # second differences: a straight fall has none, however steep
    bends = np.abs(np.diff(raw, 2)) / np.sqrt(6)
    return _Curve(raw, smooth, float(np.median(bends) * 1.4826))


def _too_high(table: pd.DataFrame, train: _Curve, info: RunInfo) -> Finding | None:
    steps = np.diff(train.raw) / train.raw[:-1]
    rises = steps > 0.03
    exploded = train.raw[-1] > 1.1 * train.raw[0]
    if not exploded and rises.sum() < max(3, 0.2 * len(steps)):
        return None
    worst = int(np.argmax(steps))
    epochs = table["epoch"].to_numpy()
    rate = info.setting("learning_rate")
    least = "a third of it" if rate is None else f"{rate / 3:.1e} instead of {rate:.1e}"
    return Finding(
        "too_high_rate",
        f"the learning rate looks too high: the training loss (mean over the epoch) rose by "
        f"more than 3 % in {rises.sum()} of {len(steps)} epochs, most in epoch {epochs[worst + 1]} "
        f"({train.raw[worst]:.3f} to {train.raw[worst + 1]:.3f})",
        f"a lower rate, {least}; the learning-rate finder shows where the loss diverges",
    )


def _over_fit(table: pd.DataFrame, train: _Curve, validation: _Curve) -> Finding | None:
    at = int(np.argmin(validation.smooth))
    if len(table) - 1 - at < 3:
        return None
    end = slice(-3, None)
    lowest = float(validation.smooth[at])
    rise = float(np.mean(validation.raw[end])) - lowest
    fall = float(train.smooth[at] - np.mean(train.raw[end]))
    if rise < max(3 * validation.noise, 0.05 * lowest) or fall < max(train.noise, 0.02 * lowest):
        return None
    epoch = int(table["epoch"].to_numpy()[at])
    last = float(np.mean(validation.raw[end]))
    said = (
        f"from epoch {epoch} on it memorises the training patients (overfits): the validation loss "
        f"rose from {lowest:.3f} to {last:.3f} while the training loss fell from "
        f"{train.smooth[at]:.3f} to {np.mean(train.raw[end]):.3f}"
    )
    return Finding(
        "over_fit",
        said + _ranking_since(table, at),
        "stronger augmentation, label smoothing or a smaller network; more patients help most; "
        "more epochs do not help",
    )


def _ranking_since(table: pd.DataFrame, at: int) -> str:
    """Did discrimination suffer, or only calibration?"""
    if "val_auc" not in table:
        return ""
    area = table["val_auc"].to_numpy(np.float64)
    before, after = float(area[at]), float(np.mean(area[-3:]))
    if before - after < 0.01:
        return f"; AUC held ({before:.3f} to {after:.3f}), but the scores became overconfident"
    return f"; AUC fell too ({before:.3f} to {after:.3f})"


def _under_fit(train: _Curve, table: pd.DataFrame) -> Finding | None:
    last = float(np.mean(train.raw[-3:]))
    first = float(train.raw[0])
    auc = float(np.mean(table["auc"].to_numpy(np.float64)[-3:])) if "auc" in table else np.nan
    barely = last > 0.93 * first and last > 0.45
    if not barely and not auc < 0.75:
        return None
    ranks = f"; even on the training patients the AUC is only {auc:.3f}" if auc == auc else ""
    return Finding(
        "under_fit",
        f"it has hardly learned anything: the training loss went from {first:.3f} to {last:.3f} in "
        f"{len(table)} epochs{ranks}",
        "a higher learning rate (the finder shows how high), a larger network or weaker "
        "augmentation",
    )


def _unfinished(train: _Curve, validation: _Curve, info: RunInfo) -> Finding | None:
    span = max(3, len(train.raw) // 5)
    falls = [
        (float(curve.smooth[-1 - span] - curve.smooth[-1]), curve) for curve in (train, validation)
    ]
    if any(fall < max(2 * curve.noise, 0.015 * curve.smooth[-1]) for fall, curve in falls):
        return None
    said = (
        f"it had not converged: in the last {span} epochs the validation loss still fell by "
        f"{falls[1][0]:.3f} and the training loss by {falls[0][0]:.3f}"
    )
    reason = info.stop_reason
    if reason:
        said += f" (stop reason: {reason})"
    return Finding("unfinished", said, "more epochs, or a higher learning rate for the same number")


def _drifting(table: pd.DataFrame) -> Finding | None:
    needed = ("val_sensitivity", "val_sensitivity_at_90_specificity", "val_best_threshold")
    if not set(needed) <= set(table.columns):
        return None
    at_half, fixed, threshold = (table[name].to_numpy(np.float64) for name in needed)
    high = int(np.nanargmax(at_half))
    later = high + int(np.nanargmin(at_half[high:]))
    drop = at_half[high] - at_half[later]
    kept = fixed[high] - fixed[later]
    if not (drop > 0.1 and abs(kept) < drop / 3 and fixed[later] > 0.3):
        return None
    epochs = table["epoch"].to_numpy()
    return Finding(
        "drifting_threshold",
        f"sensitivity at 0.5 fell from {at_half[high]:.2f} (epoch {epochs[high]}) to "
        f"{at_half[later]:.2f} (epoch {epochs[later]}), but at 90 % specificity it went from "
        f"{fixed[high]:.2f} to {fixed[later]:.2f}: the threshold drifted (best "
        f"{threshold[high]:.2f} to {threshold[later]:.2f}), not the ranking",
        "judge by AUC or at a chosen operating point, not at 0.5",
    )


def _unsteady(table: pd.DataFrame, validation: _Curve, info: RunInfo) -> Finding | None:
    if not validation.jumps:
        return None
    half = slice(len(table) // 2, None)
    raw = validation.raw[half]
    said = (
        f"the validation loss fluctuated from epoch to epoch, between {raw.min():.3f} and "
        f"{raw.max():.3f} in the second half of training"
    )
    if "val_auc" in table:
        area = table["val_auc"].to_numpy(np.float64)[half]
        if np.isfinite(area).any():
            said += f" (AUC between {np.nanmin(area):.3f} and {np.nanmax(area):.3f})"
    averaged = info.setting("average")
    cure = "averaged weights (--average 0.995), " if not averaged else ""
    return Finding(
        "unsteady",
        said + ": which epoch is selected is partly chance",
        f"{cure}a schedule that ends at a low rate, or larger batches",
    )


def _patients(table: pd.DataFrame, validation: _Curve, info: RunInfo) -> list[Finding]:
    """Once converged or fluctuating about a level: is generalisation to new patients the limit?"""
    if "val_auc" in table and not float(np.max(table["val_auc"].to_numpy())) >= RANKS:
        return []
    lowest, last = validation.lowest, float(np.mean(validation.raw[-3:]))
    if last - lowest > max(3 * validation.noise, 0.05 * lowest):
        return []
    rests = f"the validation loss converged at {last:.3f} (minimum {lowest:.3f})"
    gap = _gap(table)
    if gap is not None:
        seen, unseen, when = gap
        left = (
            f"the remaining gap is generalisation to new patients: AUC {seen:.3f} on training "
            f"patients, {unseen:.3f} on validation patients ({when})"
        )
        more = ["more patients", "stronger stain augmentation"]
        if info.teacher is None and info.pretrained is None:
            more.append("a pretrained network or teacher")
        said = left if validation.jumps else f"{rests}; {left}"
        return [Finding("patients_differ", said, ", ".join(more))]
    if validation.jumps:
        return []
    return [Finding("healthy", f"{rests}, and training patients do no better")]


def _gap(table: pd.DataFrame) -> tuple[float, float, str] | None:
    """AUC on training and on validation patients where they differ most: in the best epoch or over
    the last three; None where they hardly differ."""
    best = best_epoch(table, "val_auc")
    if best is None or "auc" not in table:
        return None
    pairs = table[["auc", "val_auc"]].to_numpy(np.float64)
    row = int(np.argmax(table["epoch"].to_numpy() == best))
    candidates = [
        (*pairs[row], f"epoch {best}"),
        (*pairs[-3:].mean(axis=0), "mean of the last 3 epochs"),
    ]
    seen, unseen, when = max(candidates, key=lambda each: each[0] - each[1])
    return (seen, unseen, when) if seen - unseen > 0.03 else None
