"""The names of the columns: from a header, long or short by one, or by position without one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from idc_core.io.refusal import Refusal

_PATCH = re.compile(r"_x\d{1,7}(\.\d+)?_y\d{1,7}", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(\d+[.,]?\d*|[.,]\d+)(e[-+]?\d+)?%?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Header:
    """`names` of the columns, as many as the rows have fields; whether the first row is one."""

    names: tuple[str, ...]
    is_row: bool
    notes: tuple[str, ...] = ()


_LARGEST_CLASS = 99


class Misfit(Refusal):
    """A header that has not as many names as its rows have fields, for no reason that is known."""


def looks_like_header(fields: Sequence[str]) -> bool:
    """Whether these are names of columns: no patch, and not numbers only, unless they count up."""
    if any(_PATCH.search(field) or _is_value(field) for field in fields):
        return False
    if sum(field.isdecimal() and int(field) > _LARGEST_CLASS for field in fields) > 1:
        return False
    if not all(_NUMBER.fullmatch(field) for field in fields):
        return True
    return len(fields) > 1 and list(fields) == [str(at) for at in range(len(fields))]


def _is_value(field: str) -> bool:
    """A number with decimals: no name, but for the classes 0.0 and 1.0."""
    return _NUMBER.fullmatch(field) is not None and (
        any(sign in field for sign in ".,%") and field.strip("0") not in {"", ".", "1."}
    )


def header_of(
    first: Sequence[str], rows: Sequence[Sequence[str]], width: int, *, has_header: bool | None
) -> Header:
    """Names for rows of `width` fields, of which `rows` are some; `has_header` is None where it is
    to be judged. Raises `Misfit` where the header and the rows do not fit together."""
    if not (looks_like_header(first) if has_header is None else has_header):
        width = len(first) if not rows else width
        note = "There is no header: columns are called by their place."
        return Header(tuple(map(_by_place, range(1, width + 1))), False, (note,))
    names, notes = list(first), list[str]()
    if rows and width == len(names) + 1:
        if all(row[-1] == "" for row in rows if len(row) == width):
            names.append("")
        elif (torn := _torn_number(rows, width)) is not None:
            raise Misfit(
                f"it has {len(names)} names and rows of {width} fields: numbers like "
                f"{torn} are written with a decimal comma, and commas separate the columns too. "
                "Save it with semicolons between the columns, or with decimal points"
            )
        else:
            names.insert(0, "")
            notes.append(
                "The header is one name short: the first column, without a name, holds the names "
                "of the rows."
            )
    elif rows and width == len(names) - 1:
        if names[-1] == "":
            names.pop()
        elif names[0].lower() in {"", "index", "unnamed: 0"}:
            names.pop(0)
        else:
            raise _misfit(first, rows, width)
    elif rows and width != len(names):
        raise _misfit(first, rows, width)
    return Header(*_different(names, notes))


def _misfit(first: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Misfit:
    many = f"{width} fields" if width > 1 else "1 field"
    return Misfit(
        f"it has {len(first)} names and rows of {many}: "
        f"{', '.join(first)[:80]!r} above {', '.join(rows[0])[:80]!r}"
    )


def unnamed(name: str) -> bool:
    """Whether a column has its name from its place."""
    return re.fullmatch(r"column \d+", name) is not None


def _by_place(place: int) -> str:
    return f"column {place}"


def _different(names: list[str], notes: list[str]) -> tuple[tuple[str, ...], bool, tuple[str, ...]]:
    """Every name once: the second `score` is `score.1`, as pandas has it."""
    found: list[str] = []
    for place, name in enumerate(names, 1):
        if place == 1:
            name = name.strip().removeprefix("#")
        plain = name.strip().lstrip("\ufeff") or _by_place(place)
        own, again = plain, 0
        while own in found:
            again += 1
            own = f"{plain}.{again}"
        if again == 1:
            notes.append(f"Several columns are called “{plain}”: the second is read as “{own}”.")
        found.append(own)
    return tuple(found), True, tuple(notes)


def _torn_number(rows: Sequence[Sequence[str]], width: int) -> str | None:
    """A number like 0,93 that its comma has torn into two fields in every row."""
    whole = [row for row in rows if len(row) == width]
    if _counts_up([row[0] for row in whole]):
        return None
    for at in range(1, width - 1):
        pairs = [(row[at], row[at + 1]) for row in whole]
        if all(one in {"0", "1", "-0"} and two.isdecimal() for one, two in pairs) and any(
            len(two) > 1 for _, two in pairs
        ):
            longest = max(pairs, key=lambda pair: len(pair[1]))
            return ",".join(longest)
    return None


def _counts_up(texts: list[str]) -> bool:
    """An index: 0, 1, 2 … from anywhere."""
    if not all(text.isdecimal() for text in texts):
        return False
    numbers = list(map(int, texts))
    return len(set(numbers)) == len(numbers) and len(numbers) > 1 and numbers == sorted(numbers)
