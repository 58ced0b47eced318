"""Does the network answer as it is kept as it did when it came?

What it declares is `model.predict`, or the ONNX file run as it came; what is kept is the graph
that this product scores with. They are compared as logits, relative to the largest, and as
probabilities.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idc_core.io.refusal import Refusal

Numbers = npt.NDArray[np.float64]

MOST_OFF = 1e-4
"""Largest difference of a logit, as a share of the largest logit (of 1 where all are smaller)."""

MOST_SCORE = 1e-3
"""Largest difference of a probability."""

MOST_HALF = 2e-2
"""Both of a network that computed in half precision when it came."""

OF_ONNX_RUNTIME = 2e-7
"""How far a sigmoid of ONNX Runtime may be off: it is approximated, near 0 too."""

_NEAR_ONE = 0.999
"""Above it a single-precision probability no longer tells its logit."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What a network answers, of IDC: `probability` (n,), and `logit` (n,), NaN where the answer
    does not tell it."""

    probability: Numbers
    logit: Numbers


def declared(answers: npt.ArrayLike, kind: str, idc_class: int, rounding: float = 0.0) -> Declared:
    """What answers (n, 1) or (n, 2) of `kind` say of IDC; `idc_class` as in `Reading`.

    `rounding`: how far a probability may be off, as ONNX Runtime's are; one too near to 0 or 1 for
    that does not tell its logit.

    >>> declared([[0.25]], "sigmoid", 0).probability.tolist()
    [0.75]
    """
    given = np.asarray(answers, np.float64)
    one = given.shape[1] == 1
    mine = given[:, 0] if one else given[:, idc_class]
    flipped = one and idc_class == 0
    if kind == "logits":
        logit = (-mine if flipped else mine) if one else mine - given[:, 1 - idc_class]
        return Declared(_sigmoid(logit), logit)
    probability = 1 - mine if flipped else mine
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == "softmax" and not one:
            logit = np.log(mine) - np.log(given[:, 1 - idc_class])
        else:
            logit = np.log(mine) - np.log1p(-mine)
            logit[mine > _NEAR_ONE] = np.nan
    blurred = probability * (1 - probability) * MOST_OFF < rounding
    logit[~np.isfinite(logit) | (np.abs(logit) > 60) | blurred] = np.nan
    return Declared(probability, -logit if flipped else logit)


def difference(said: Declared, scores: Numbers, logits: Numbers) -> tuple[float, float]:
    """The largest difference of a logit as a share of the largest, and of a probability."""
    known = np.isfinite(said.logit)
    largest = max(float(np.abs(logits).max(initial=0)), 1.0)
    of_logits = float(np.abs(said.logit - logits)[known].max(initial=0)) / largest
    return of_logits, float(np.abs(said.probability - scores).max(initial=0))


def refuse_disagreement(
    said: Declared, scores: Numbers, logits: Numbers, *, half: bool = False
) -> float:
    """The largest difference of a probability; raises `Refusal` where one is too large."""
    off, of_scores = difference(said, scores, logits)
    most, most_score = (MOST_HALF, MOST_HALF) if half else (MOST_OFF, MOST_SCORE)
    if not (off <= most and of_scores <= most_score):
        raise Refusal(
            "expected the same answers from the network as it came and as it is kept: they differ "
            f"by {off:.2g} of the largest logit, and by {of_scores:.2g} as probabilities."
        )
    return of_scores


def refuse_no_numbers(answers: npt.ArrayLike) -> None:
    """Raise `Refusal` where a network answers with NaN or infinity."""
    if not np.isfinite(np.asarray(answers, np.float64)).all():
        raise Refusal(
            "expected numbers from the network: it answers with NaN or infinity, as networks do "
            "whose training diverged."
        )


def refuse_no_probabilities(answers: npt.ArrayLike) -> None:
    """Raise `Refusal` where what is said to be probabilities lies outside 0–1."""
    given = np.asarray(answers, np.float64)
    if given.min() < -1e-6 or given.max() > 1 + 1e-6:
        raise Refusal(
            "expected probabilities between 0 and 1 from the network: it answers with "
            f"{given.min():.3g} to {given.max():.3g}. If these are logits: --answers logits."
        )


def notes(
    said: Declared, logits: Numbers, answers: npt.ArrayLike, kind: str, auto: bool
) -> list[str]:
    """What has to be said of the answers to the pictures that were tried.

    Raises `Refusal` where all answers are one and the same.
    """
    largest = max(float(np.abs(logits).max()), 1.0)
    if float(np.ptp(logits)) < 1e-6 * largest:
        raise Refusal(
            "expected different answers to different pictures: this network answers "
            f"{said.probability[0]:.3g} to all. Was it trained on another range of pixels? See "
            "--pixels."
        )
    found = []
    given = np.asarray(answers, np.float64)
    if kind == "logits" and auto and given.min() >= 0 and given.max() <= 1:
        found.append(
            f"Note: it ends without a sigmoid or softmax, so that its answers are taken for "
            f"logits; those that were tried all lie between 0 and 1 ({given.min():.2g} to "
            f"{given.max():.2g}). If they are probabilities, say so: --answers probabilities."
        )
    if ((said.probability < 1e-4) | (said.probability > 1 - 1e-4)).mean() > 0.9:
        found.append(
            "Note: it is sure of nearly every picture, noise too, as networks are that are fed "
            "another range of pixels than they learnt. Try --pixels 0-1."
        )
    return found


def _sigmoid(logit: Numbers) -> Numbers:
    with np.errstate(over="ignore"):
        found: Numbers = 1 / (1 + np.exp(-logit))
    return found
