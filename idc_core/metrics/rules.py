"""Rules that choose a threshold, as text, so that the ledger can name them.

| rule | threshold |
|---|---|
| `f1`, `fbeta:2` | highest F1, F-beta (van Rijsbergen 1979): recall counts beta times as much |
| `youden` | highest sensitivity + specificity - 1 (Youden 1950) |
| `sensitivity>=0.9` | highest threshold with at least this sensitivity |
| `sensitivity_low>=0.9` | highest threshold whose sensitivity has at least this lower 95 % limit |
| `specificity>=0.9` | lowest threshold with at least this specificity |
| `precision>=0.8` | of those with at least this precision, the most sensitive threshold |
| `cost:5` | smallest 5 × missed IDC + false alarms: a miss weighs as much as 5 false alarms |
| `calls<=0.2` | lowest threshold that predicts IDC in at most this share of patches |
| `nearest:…` | what the rule chooses, or the nearest threshold where none satisfies it |
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from idc_core.metrics.confusion import ratio

Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.integer[Any]] | Numbers | int
Worth = Callable[[float, Counts, Counts, Counts, Counts], Numbers]
"""From a rule's number and the counts tn, fp, fn, tp to what the rule maximises."""


@dataclass(frozen=True, slots=True)
class Number:
    """The number a rule needs. `sign` stands between the key and the number in its text.

    `asks`: its words in the list beside the field. `usual`: the initial value, from `low` to
    `high`. A `share` is from 0 to 1 in the text and from 0 to 100 % in the field.
    """

    sign: str
    asks: str
    usual: float
    low: float = 1.0
    high: float = 100.0
    share: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of rule.

    `words`: the rule within a sentence, with {value} or {percent}. `example`: one in full. `label`:
    on the button of its example, where it has one. `best`: what it maximises, for a rule that takes
    the best threshold; `operating_point` chooses for the others.
    """

    key: str
    words: str
    example: str
    number: Number | None = None
    label: str = ""
    best: Worth | None = None


def _f(beta: float, tn: Counts, fp: Counts, fn: Counts, tp: Counts) -> Numbers:
    weight = beta**2
    return ratio((1 + weight) * np.asarray(tp), weight * (np.asarray(tp) + fn) + tp + fp)


def _youden(_: float, tn: Counts, fp: Counts, fn: Counts, tp: Counts) -> Numbers:
    return ratio(tp, np.asarray(tp) + fn) - ratio(fp, np.asarray(tn) + fp)


def _cost(weight: float, tn: Counts, fp: Counts, fn: Counts, tp: Counts) -> Numbers:
    return -(weight * np.asarray(fn) + fp).astype(np.float64)


RULE_KINDS = (
    Kind("f1", "best F1", "f1", label="Best F1", best=_f),
    Kind(
        "youden",
        "best sensitivity + specificity (Youden)",
        "youden",
        label="Youden",
        best=_youden,
    ),
    Kind(
        "sensitivity",
        "sensitivity ≥ {percent} %",
        "sensitivity>=0.9",
        Number(">=", "Sensitivity at least (%)", 95.0),
        label="Sensitivity ≥ 90 %",
    ),
    Kind(
        "sensitivity_low",
        "lower 95 % limit of sensitivity ≥ {percent} %",
        "sensitivity_low>=0.9",
        Number(">=", "Lower 95 % limit of sensitivity at least (%)", 85.0),
    ),
    Kind(
        "specificity",
        "specificity ≥ {percent} %",
        "specificity>=0.9",
        Number(">=", "Specificity at least (%)", 95.0),
        label="Specificity ≥ 90 %",
    ),
    Kind(
        "precision",
        "precision ≥ {percent} %",
        "precision>=0.8",
        Number(">=", "Precision at least (%)", 80.0),
    ),
    Kind(
        "cost",
        "one missed IDC patch weighs as much as {value} false alarms",
        "cost:5",
        Number(
            ":",
            "Lowest cost: one missed IDC patch weighs as much as this many false alarms",
            5.0,
            0.1,
            1e4,
            share=False,
        ),
        best=_cost,
    ),
    Kind(
        "calls",
        "at most {percent} % of the patches predicted IDC",
        "calls<=0.2",
        Number("<=", "Patches predicted IDC at most (%)", 20.0),
    ),
    Kind(
        "fbeta",
        "best F-beta, recall counting {value} times as much as precision",
        "fbeta:2",
        Number(
            ":",
            "Best F-beta: recall counts this many times as much as precision",
            2.0,
            0.1,
            20.0,
            share=False,
        ),
        best=_f,
    ),
)
"""Every kind of rule; what a page offers and a command line reads is made from these."""

RULES = tuple(each.example for each in RULE_KINDS)
"""One of each kind, with example numbers."""

DEFAULT_RULE = "sensitivity>=0.9"
"""How a new run is evaluated until somebody says what a clinic needs. A missed cancer weighs more
than an unnecessary review, a sensitivity can be agreed on, and every validation set reaches it.
Best F1 weighs both errors alike, changes with prevalence and has no clinical meaning."""

BY_HAND = "by hand"
"""What the ledger names where no rule chose."""

NEAREST = "nearest:"

_BY_KEY = {each.key: each for each in RULE_KINDS}
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that was read: its kind, and its number where it has one."""

    kind: str
    value: float = 1.0


def read_rule(rule: str) -> Rule:
    """A rule from its text; raises `ValueError` naming what can be asked for.

    >>> read_rule("cost:5")
    Rule(kind='cost', value=5.0)
    """
    for kind in RULE_KINDS:
        if kind.number is None and rule == kind.key:
            return Rule(kind.key)
        if kind.number is not None and rule.startswith(start := kind.key + kind.number.sign):
            text = rule.removeprefix(start)
            if _NUMBER.fullmatch(text):
                return Rule(kind.key, _value(rule, kind.number, float(text)))
    raise ValueError(f"expected one of the rules {', '.join(RULES)}: found {rule!r}.")


def _value(rule: str, number: Number, value: float) -> float:
    if not number.share:
        if not 0 < value < 1e6:
            raise ValueError(f"expected a number above 0 and below a million in {rule!r}.")
    elif value > 1:
        raise ValueError(
            f"expected one of the rules {', '.join(RULES)}, with a share from 0 to 1: "
            f"found {rule!r}."
        )
    return value


def written(kind: Kind, number: float) -> str:
    """A rule from its kind and the number in its field.

    >>> written(RULE_KINDS[2], 95.0), written(RULE_KINDS[6], 5.0)
    ('sensitivity>=0.95', 'cost:5')
    """
    if kind.number is None:
        return kind.key
    value = number / 100 if kind.number.share else number
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return f"{kind.key}{kind.number.sign}{text if text and math.isfinite(number) else '0'}"


def rule_words(rule: str, say: Callable[[str], str] = str) -> str:
    """A rule within a sentence; any other text stays as it is.

    `say` names the classes as a store does (`Raster.say`).

    >>> rule_words("cost:5"), rule_words("sensitivity>=0.9")
    ('one missed IDC patch weighs as much as 5 false alarms', 'sensitivity ≥ 90 %')
    """
    if rule == BY_HAND:
        return "set by hand"
    if rule.startswith(NEAREST):
        return f"nearest to {rule_words(rule.removeprefix(NEAREST), say)}"
    try:
        asked = read_rule(rule)
    except ValueError:
        return rule
    words = _BY_KEY[asked.kind].words
    return say(words.format(value=f"{asked.value:g}", percent=f"{100 * asked.value:.6g}"))


def worth(rule: Rule, tn: Counts, fp: Counts, fn: Counts, tp: Counts) -> Numbers:
    """What a rule with a best value maximises, from counts; cost is negative.

    >>> float(worth(read_rule("cost:5"), 90, 6, 2, 8))
    -16.0
    """
    best = _BY_KEY[rule.kind].best
    if best is None:
        raise ValueError(
            f"expected a rule with a best value, such as f1 or youden: found {rule.kind}."
        )
    return best(rule.value, tn, fp, fn, tp)
