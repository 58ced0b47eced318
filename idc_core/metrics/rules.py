"""Rules that choose a threshold, as texts, so that a ledger can name them.

| rule | threshold |
|---|---|
| `f1`, `fbeta:2` | highest F1, F-beta (van Rijsbergen 1979): recall counts beta times precision |
| `youden` | highest sensitivity + specificity - 1 (Youden 1950) |
| `sensitivity>=0.9` | highest that finds at least this share of the IDC patches |
| `sensitivity_low>=0.9` | highest whose sensitivity has at least this lower 95 % limit |
| `specificity>=0.9` | lowest that leaves at least this share of the others alone |
| `precision>=0.8` | of those where at least this share of calls is IDC, the one finding most IDC |
| `cost:5` | least 5 × missed IDC + false alarms: a miss weighs as much as 5 false alarms |
| `calls<=0.2` | lowest that calls at most this share of the patches |
| `nearest:…` | what the rule chooses, or the nearest to it where none reaches it |
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
"""From a rule's number and the counts tn, fp, fn, tp to what the rule makes largest."""


@dataclass(frozen=True, slots=True)
class Number:
    """What a rule asks a number for. `sign` stands between the key and the number in its text.

    `asks`: the sentence around a field for it. `usual`: what stands in the field, from `low` to
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

    `words`: it as a part of a sentence, with {value} or {percent}. `example`: one in full. `label`:
    on the button of its example, where it has one. `best`: what it makes largest, for a rule that
    takes the best threshold; `operating_point` chooses for the others.
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
        "at least {percent} % of the IDC found",
        "sensitivity>=0.9",
        Number(">=", "find at least this share of the IDC, in %", 95.0),
        label="Find 90 % of IDC",
    ),
    Kind(
        "sensitivity_low",
        "at least {percent} % of the IDC found, even at the lower 95 % limit",
        "sensitivity_low>=0.9",
        Number(">=", "find this share even at the lower 95 % limit, in %", 85.0),
    ),
    Kind(
        "specificity",
        "at least {percent} % of the patches without IDC left alone",
        "specificity>=0.9",
        Number(">=", "leave at least this share of the rest alone, in %", 95.0),
        label="Leave 90 % alone",
    ),
    Kind(
        "precision",
        "at least {percent} % of the calls are IDC",
        "precision>=0.8",
        Number(">=", "make at least this share of the calls IDC, in %", 80.0),
    ),
    Kind(
        "cost",
        "one missed IDC patch weighs as much as {value} false alarms",
        "cost:5",
        Number(
            ":",
            "one missed IDC patch weighs as much as so many false alarms",
            5.0,
            0.1,
            1e4,
            share=False,
        ),
        best=_cost,
    ),
    Kind(
        "calls",
        "at most {percent} % of the patches called",
        "calls<=0.2",
        Number("<=", "call at most this share of the patches, in %", 20.0),
    ),
    Kind(
        "fbeta",
        "best F-beta, where finding IDC counts {value} times as much as precision",
        "fbeta:2",
        Number(
            ":",
            "best F-beta, where finding weighs beta times as much",
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
"""One of each kind; the numbers may be others."""

DEFAULT_RULE = "sensitivity>=0.9"
"""What a new run is judged at until somebody says what a clinic needs. A missed cancer weighs more
than a patch looked at in vain, the share can be said aloud and agreed on, and every validation set
reaches it. Best F1 weighs both alike, moves with the prevalence and means nothing in a clinic."""

BY_HAND = "by hand"
"""What a ledger names where no rule chose; it chooses nothing."""

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
    """A rule from its kind and what stands in its field.

    >>> written(RULE_KINDS[2], 95.0), written(RULE_KINDS[6], 5.0)
    ('sensitivity>=0.95', 'cost:5')
    """
    if kind.number is None:
        return kind.key
    value = number / 100 if kind.number.share else number
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return f"{kind.key}{kind.number.sign}{text if text and math.isfinite(number) else '0'}"


def rule_words(rule: str) -> str:
    """A rule as a part of a sentence; a text that is none stays as it is.

    >>> rule_words("cost:5"), rule_words("sensitivity>=0.9")
    ('one missed IDC patch weighs as much as 5 false alarms', 'at least 90 % of the IDC found')
    """
    if rule == BY_HAND:
        return "set by hand"
    if rule.startswith(NEAREST):
        return f"as near as can be to: {rule_words(rule.removeprefix(NEAREST))}"
    try:
        asked = read_rule(rule)
    except ValueError:
        return rule
    words = _BY_KEY[asked.kind].words
    return words.format(value=f"{asked.value:g}", percent=f"{100 * asked.value:.6g}")


def worth(rule: Rule, tn: Counts, fp: Counts, fn: Counts, tp: Counts) -> Numbers:
    """What a rule of the best of something makes largest, of counts; the least cost counts
    negative.

    >>> float(worth(read_rule("cost:5"), 90, 6, 2, 8))
    -16.0
    """
    best = _BY_KEY[rule.kind].best
    if best is None:
        raise ValueError(f"expected a rule of the best of something: found one of {rule.kind}.")
    return best(rule.value, tn, fp, fn, tp)
