"""What a class of a file means for training: a table of patterns, the same for all slides."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from idc_core.annotations.content import content_of, text_of
from idc_core.annotations.gathered import plain
from idc_core.io.refusal import Refusal

_MOST_NAMED = 12


class Role(Enum):
    """What an outlined area is for."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    ROI = "roi"
    """Region of interest: what is positive in it is outlined, the rest of it is negative."""
    EXCLUDE = "exclude"
    """No square that it touches is used."""
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Rule:
    """Names that `pattern` matches as a whole, in any case, have this role."""

    pattern: str
    role: Role

    def fits(self, name: str) -> bool:
        """Whether the rule speaks of this class.

        >>> Rule("tumou?r( .*)?", Role.POSITIVE).fits("Tumour front")
        True
        """
        return any(
            re.fullmatch(self.pattern, form, re.IGNORECASE) for form in {name, name.casefold()}
        )


@dataclass(frozen=True, slots=True)
class ClassMap:
    """Rules in order: the first that fits decides."""

    rules: tuple[Rule, ...]
    where: str = "the table of classes"

    def roles(self, counts: Mapping[str, int]) -> dict[str, Role]:
        """Class → role, for classes and their numbers of regions as in `Annotations.classes`.

        Raises `Refusal` with the name and number of every class that no rule fits: one that is
        overlooked would become background.
        """
        found = {name: self._role(name) for name in counts}
        unmapped = {name: counts[name] for name, role in found.items() if role is None}
        if unmapped:
            ordered = sorted(unmapped.items(), key=lambda each: (-each[1], each[0]))
            listed = ", ".join(f"{name} ({count:,})" for name, count in ordered[:_MOST_NAMED])
            more = len(ordered) - _MOST_NAMED
            raise Refusal(
                f"expected a row in {self.where} for every class: found none for {listed}"
                f"{f' and {more} more' if more > 0 else ''}. Add a row for each, with the class "
                "ignore where it does not matter."
            )
        return {name: role for name, role in found.items() if role is not None}

    def _role(self, name: str) -> Role | None:
        return next((rule.role for rule in self.rules if rule.fits(name)), None)


def read_class_map(path: Path) -> ClassMap:
    """The rules of a CSV with the columns `pattern` and `class`, one row a rule.

    A pattern is a regular expression for the whole name; a class is one of `Role`. Comma, semicolon
    or tab; quotes around a pattern that holds the separator. Raises `Refusal` naming the row.
    """
    if not path.is_file():
        raise Refusal(f"expected a table of classes in {path}: there is no such file. Name it.")
    text = text_of(content_of(path))
    first = text.lstrip().splitlines()[:1]
    sign = next((sign for sign in ",;\t" if first and sign in first[0]), ",")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True))
    except csv.Error as broken:
        raise Refusal(
            f"expected a table of classes in {path}: it cannot be read ({broken}). "
            "Close every quote."
        ) from None
    filled = [(at, row) for at, row in enumerate(rows, start=1) if any(map(str.strip, row))]
    header = [cell.strip().casefold() for cell in filled[0][1]] if filled else []
    if header != ["pattern", "class"]:
        raise Refusal(
            f"expected the columns pattern and class in {path}: found "
            f"{', '.join(header)[:60] or 'nothing'}. Write pattern,class as its first line."
        )
    if len(filled) < 2:
        raise Refusal(f"expected a row for every class in {path}: found none. Add them.")
    return ClassMap(tuple(_rule(row, at, path) for at, row in filled[1:]), str(path))


def _rule(row: list[str], at: int, path: Path) -> Rule:
    if len(row) != 2:
        raise Refusal(
            f"expected a pattern and a class in line {at} of {path}: found {len(row)} cells. "
            "Put a pattern that holds the separator into quotes."
        )
    pattern, word = plain(row[0]), row[1].strip().casefold()
    if word not in {role.value for role in Role}:
        raise Refusal(
            f"expected {', '.join(role.value for role in Role)} as class in line {at} of {path}: "
            f"found {word[:40]!r}. Write one of them."
        )
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as broken:
        raise Refusal(
            f"expected a regular expression in line {at} of {path}: found {pattern[:40]!r}, which "
            f"is none ({broken}). Write \\ before a sign that is meant as itself."
        ) from None
    if not pattern:
        raise Refusal(f"expected a pattern in line {at} of {path}: found none. Write the name.")
    return Rule(pattern, Role(word))
