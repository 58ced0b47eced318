"""What whoever brings a table says about it, beyond the names of its columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from idc_core.data.left_out import OPTION
from idc_core.io.refusal import Refusal

SCALES = ("probability", "percent", "logit", "log", "confidence")
"""What a score may be: of IDC in [0, 1], in percent, the logit, the logarithm of the probability,
or the confidence in whatever was called."""

LABELS_FROM = ("file-name", "column", "none")
"""Which label holds where both speak; `none`: the table is unlabelled."""


@dataclass(frozen=True, slots=True)
class Question:
    """What must be answered before a table is taken: a sentence that names the option.

    `of_loss`: it is about rows that would be left out, so that accepting the loss answers it too.
    """

    text: str
    of_loss: bool = True

    def __str__(self) -> str:
        return f"{self.text} Or go on without these rows: {OPTION}." if self.of_loss else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Answers to what cannot be told from a table alone; each is an option of the command line.

    `where`: only rows whose column holds this text. `repeated`: "mean" of the rows of one patch.
    `places`: what x and y are, one of `places.HOW`. `like`: the store or run whose patients and
    places they are. `words`: label words as 1, 0 or `UNLABELLED`; `split_words`: words of the split
    column.
    """

    words: Mapping[str, int] = field(default_factory=dict)
    split_words: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, str] = field(default_factory=dict)
    repeated: str | None = None
    scale: str | None = None
    labels_from: str | None = None
    strip_prefix: str | None = None
    places: str = "auto"
    like: str | None = None
    accept_loss: bool = False

    def facts(self) -> dict[str, Any]:
        """What was said, for `run.json`: only that which was."""
        said = {
            "label_words": dict(self.words),
            "split_words": dict(self.split_words),
            "where": dict(self.where),
            "repeated": self.repeated,
            "score_scale": self.scale,
            "label_from": self.labels_from,
            "strip_prefix": self.strip_prefix,
            "places": self.places * (self.places != "auto"),
            "like": self.like,
            "accept_loss": self.accept_loss,
        }
        return {name: value for name, value in said.items() if value}


def where_of(pairs: list[str]) -> dict[str, str]:
    """Read the option: each `column=value`.

    >>> where_of(["model=a"])
    {'model': 'a'}
    """
    found = {}
    for pair in pairs:
        column, sign, value = pair.partition("=")
        if not (column and sign):
            raise Refusal(f"expected a column and its value, like --where model=a: found {pair!r}.")
        found[column] = value
    return found
