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

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from idc_core.metrics.confusion import ratio

Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.integer[Any]] | Numbers | int

RULES = (
    "f1",
    "youden",
    "sensitivity>=0.9",
    "sensitivity_low>=0.9",
    "specificity>=0.9",
    "precision>=0.8",
    "cost:5",
    "calls<=0.2",
    "fbeta:2",
)
"""One of each kind; the numbers may be others."""

DEFAULT_RULE = "sensitivity>=0.9"
"""What a new run is judged at until somebody says what a clinic needs. A missed cancer weighs more
than a patch looked at in vain, the share can be said aloud and agreed on, and every validation set
reaches it. Best F1 weighs both alike, moves with the prevalence and means nothing in a clinic."""

BY_HAND = "by hand"
"""What a ledger names where no rule chose; it chooses nothing."""

NEAREST = "nearest:"

_WRITTEN = re.compile(
    r"(f1|youden)|"
    r"((?:sensitivity(?:_low)?|specificity|precision)>=|calls<=|fbeta:|cost:)(\d+(?:\.\d+)?)",
    re.ASCII,
)


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
    found = _WRITTEN.fullmatch(rule)
    if not found:
        raise ValueError(f"expected one of the rules {', '.join(RULES)}: found {rule!r}.")
    if found[1]:
        return Rule(found[1])
    kind, value = found[2].rstrip(">=<:"), float(found[3])
    if kind in ("cost", "fbeta"):
        if not 0 < value < 1e6:
            raise ValueError(f"expected a number above 0 and below a million in {rule!r}.")
    elif value > 1:
        raise ValueError(
            f"expected one of the rules {', '.join(RULES)}, with a share from 0 to 1: "
            f"found {rule!r}."
        )
    return Rule(kind, value)


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
    return _WORDS[asked.kind].format(value=f"{asked.value:g}", percent=f"{100 * asked.value:.6g}")


_WORDS = {
    "f1": "best F1",
    "youden": "best sensitivity + specificity (Youden)",
    "fbeta": "best F-beta, where finding IDC counts {value} times as much as precision",
    "sensitivity": "at least {percent} % of the IDC found",
    "sensitivity_low": "at least {percent} % of the IDC found, even at the lower 95 % limit",
    "specificity": "at least {percent} % of the patches without IDC left alone",
    "precision": "at least {percent} % of the calls are IDC",
    "cost": "one missed IDC patch weighs as much as {value} false alarms",
    "calls": "at most {percent} % of the patches called",
}


def worth(rule: Rule, tn: Counts, fp: Counts, fn: Counts, tp: Counts) -> Numbers:
    """What a rule of the best of something makes largest, of counts; the least cost counts
    negative.

    >>> float(worth(read_rule("cost:5"), 90, 6, 2, 8))
    -16.0
    """
    if rule.kind == "youden":
        return ratio(tp, np.asarray(tp) + fn) - ratio(fp, np.asarray(tn) + fp)
    if rule.kind == "cost":
        return -(rule.value * np.asarray(fn) + fp).astype(np.float64)
    weight = rule.value**2
    return ratio((1 + weight) * np.asarray(tp), weight * (np.asarray(tp) + fn) + tp + fp)
