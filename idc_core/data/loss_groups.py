"""Groups that a loss may fall on – a class, a split, a patient, the errors – and when it does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.known_labels import in_words, is_known

CONCENTRATED = 0.05
"""Below this share of a class, of a split or of the errors, a loss hardly moves a figure."""

TIMES = 3.0
"""How many times the rate of the rest is far above it …"""

CHANCE = 3.0
"""… if that is also more standard errors than chance makes: a handful of rows proves nothing."""

ERRORS, RIGHT = "wrong predictions", "correct predictions"


@dataclass(frozen=True, slots=True)
class Group:
    """One class, split, patient or kind of prediction: how many of its `total` were left out."""

    name: str
    lost: int
    total: int

    @property
    def share(self) -> float:
        return self.lost / self.total


def class_words(labels: "pd.Series[Any]") -> "pd.Series[Any]":
    """The known ones in words."""
    numbers = pd.to_numeric(labels, errors="coerce")
    known = numbers[is_known(numbers)]
    return pd.Series(np.where(known == 1, in_words(1), in_words(0)), index=known.index)


def call_words(right: "pd.Series[Any]") -> "pd.Series[Any]":
    """Which predictions are errors, where that is known."""
    known = right.dropna()
    return pd.Series(np.where(known.astype(bool), RIGHT, ERRORS), index=known.index)


def texts(names: "pd.Series[Any]") -> "pd.Series[Any]":
    """Names of splits and patients, where they are known."""
    return names.dropna().astype(str)


GROUP_WORDS: dict[str, Callable[["pd.Series[Any]"], "pd.Series[Any]"]] = {
    "label": class_words,
    "split": texts,
    "right": call_words,
    "patient": texts,
}
"""What a value of each column is called."""


def groups(kept: pd.DataFrame, left: pd.DataFrame, column: str) -> tuple[Group, ...]:
    """The groups of a column, the one that lost the largest share first; () without it."""
    lost, rest = (_named(frame, column).value_counts() for frame in (left, kept))
    total = rest.add(lost, fill_value=0).astype(int)
    made = [Group(str(name), int(lost.get(name, 0)), int(of)) for name, of in total.items()]
    return tuple(sorted(made, key=lambda group: (-group.share, -group.lost, group.name)))


def members(frame: pd.DataFrame, column: str, names: list[str]) -> pd.DataFrame:
    """The rows that belong to one of these groups."""
    found = _named(frame, column).isin(names)
    mask: npt.NDArray[np.bool_] = found.reindex(frame.index, fill_value=False).to_numpy(bool)
    return frame[mask]


def rest_of(all_: tuple[Group, ...], one: Group) -> Group:
    """All the other groups as one."""
    others = [group for group in all_ if group is not one]
    return Group("", sum(g.lost for g in others), sum(g.total for g in others))


def falls_on(group: Group, rest: Group, least: float = CONCENTRATED) -> bool:
    """Whether the group is lost whole, or at a rate far above the rest's and above chance.

    >>> falls_on(Group("IDC", 3, 3), Group("", 0, 9)), falls_on(Group("", 1, 3), Group("", 0, 9))
    (True, False)
    """
    if group.lost == group.total:
        return rest.total > rest.lost
    if not rest.total or group.share <= least or group.share < TIMES * rest.share:
        return False
    together = (group.lost + rest.lost) / (group.total + rest.total)
    spread = np.sqrt(together * (1 - together) * (1 / group.total + 1 / rest.total))
    return bool(group.share - rest.share > CHANCE * spread)


def _named(frame: pd.DataFrame, column: str) -> "pd.Series[Any]":
    return GROUP_WORDS[column](frame[column] if column in frame else pd.Series(dtype=object))
