"""Where a table of text begins and what separates its columns, seen from its first lines.

The header decides on the separator: names hold none, and the paths below it may hold any.
"""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from idc_core.io.tabular.header import looks_like_header

SPACES = " "
"""Any number of spaces or tabs."""

_SIGNS = ("\t", ";", "|", ",")
"""The likelier first where two fit equally: texts hold commas more often than tabs."""

_WORDS = {"\t": "tabs", ";": "semicolons", "|": "bars (|)", SPACES: "spaces"}
_ANNOUNCED = re.compile(r'"?sep=(?P<sign>[,;|\t ])"?\s*', re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?\d*[.,]?\d+(e[-+]?\d+)?%?", re.IGNORECASE)

MOST_ABOVE = 10
"""Lines of a title that may stand above the header."""

_AGREE = 0.8
"""Share of the lines with as many fields as most from which on a header may be short by one."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`first`: fields of the first row, which may be a header; `rows`: those of some lines below;
    `width`: fields of most rows; `skip`: lines above the first row. `comment` is the last line that
    began with #, without it."""

    sign: str
    first: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    width: int
    skip: int
    comment: str = ""
    notes: tuple[str, ...] = ()


def layout_of(lines: Sequence[str]) -> Layout | None:
    """Judge the first lines of a table; None if there is nothing but comments and empty lines."""
    start, announced = 0, None
    if lines and (match := _ANNOUNCED.fullmatch(lines[0])):
        start, announced = 1, match["sign"]
    comments = []
    while start < len(lines) and (not lines[start].strip() or _is_comment(lines, start)):
        if lines[start].strip():
            comments.append(lines[start].lstrip().lstrip("#").strip())
        start += 1
    if start == len(lines):
        return None
    sign, above = _judged(lines[start:], announced)
    rows = [fields(line, sign) for line in lines[start + above :] if line.strip()]
    if len(rows) > 1 and _is_title(*rows[:3]):
        above += _lines_until(lines[start + above :], 1)
        rows = rows[1:]
    width = len(rows[0])
    if rows[1:] and not any(len(row) == width for row in rows[1:]):
        width = _most(rows[1:])
    notes = [f"Columns are separated by {_WORDS[sign]}."] if sign in _WORDS else []
    if comments or above:
        count = len(comments) + above
        kind = "comment" if not above else "line"
        many = f"{count} {kind}s" if count > 1 else f"One {kind}"
        notes.append(f"{many} above the table left out.")
    comment = comments[-1] if comments and not above else ""
    return Layout(
        sign,
        tuple(rows[0]),
        tuple(map(tuple, rows[1:])),
        width,
        start + above,
        comment,
        tuple(notes),
    )


def fields(line: str, sign: str) -> list[str]:
    """The fields of one line."""
    if sign == SPACES:
        found = next(csv.reader([re.sub(r"[ \t]+", " ", line.strip())], delimiter=" "), [])
    else:
        found = next(csv.reader([line], delimiter=sign), [])
    return [field.strip() for field in found]


def _is_comment(lines: Sequence[str], at: int) -> bool:
    """A line that begins with # – unless it is a header whose first name does: `#file,score`."""
    if not lines[at].lstrip().startswith("#"):
        return False
    below = next((line for line in lines[at + 1 :] if line.strip()), "")
    for sign in (*_SIGNS, SPACES):
        own, next_ = fields(lines[at], sign), fields(below, sign)
        if len(own) > 1 and len(own) == len(next_) and not looks_like_header(next_):
            return lines[at].lstrip().startswith("# ")  # numpy.savetxt: read as the header later
    return True


def _judged(lines: Sequence[str], announced: str | None) -> tuple[str, int]:
    """The separator, and how many lines stand above the first row."""
    texts = [line for line in lines[:100] if line.strip()]
    if announced is not None:
        return announced, 0
    for above in range(min(MOST_ABOVE, max(len(texts) - 1, 0)) + 1):
        if above and _holds_a_row(texts[above - 1]):
            break  # no title, whatever comes below
        fitting = {}
        for place, sign in enumerate(_SIGNS):
            found = _fit([fields(line, sign) for line in texts[above:]])
            longest = max((len(fields(line, sign)) for line in texts[:above]), default=0)
            if found is not None and longest < found:
                fitting[sign] = (found, -place)
        if fitting:
            sign = max(fitting, key=lambda one: fitting[one])
            return sign, _lines_until(lines, above)
        if _are_columns_of_spaces([fields(line, SPACES) for line in texts[above:]]):
            return SPACES, _lines_until(lines, above)
    return ",", 0


def _is_title(first: list[str], second: list[str], third: Sequence[str] = ("",)) -> bool:
    """One cell, and nothing in the others, above names: what a spreadsheet makes of a title; or
    fewer words than there are names, and no names below those."""
    alone = len(first) > 2 and sum(map(bool, first)) == 1 and len(second) == len(first)
    fewer = len(first) < len(second) == len(third) and not looks_like_header(third)
    names = all(second) and looks_like_header(second)
    return (alone or fewer) and names and looks_like_header([word for word in first if word])


def _holds_a_row(line: str) -> bool:
    """Whether a line is a row of the table, with whatever separates its columns."""
    return not looks_like_header([part for part in re.split(r"[\t;|,]", line) if part.strip()])


def _lines_until(lines: Sequence[str], texts: int) -> int:
    """Place of a line that is not empty among all lines."""
    places = [at for at, line in enumerate(lines) if line.strip()]
    return places[texts]


def _fit(rows: list[list[str]]) -> int | None:
    """How many columns the first row has, if the rows below agree with it."""
    first = len(rows[0])
    most = _most(rows[1:]) if len(rows) > 1 else first
    agree = sum(len(row) == most for row in rows[1:])
    enough = agree >= min(_AGREE * len(rows), len(rows) - 2)
    if min(first, most) < 2 or abs(first - most) > (1 if enough else 0):
        return None
    return first


def _are_columns_of_spaces(rows: list[list[str]]) -> bool:
    """Words with spaces between are no table: some column has to hold numbers."""
    if _fit(rows) is None:
        return False
    body = rows[1:] or rows
    return any(
        all(_NUMBER.fullmatch(row[at].strip("[]()")) for row in body if len(row) > at)
        for at in range(1, _most(body))
    ) or (len(rows[0]) == 2 and looks_like_header(rows[0]) and "split" in rows[0][1].lower())


def _most(rows: list[list[str]]) -> int:
    return Counter(map(len, rows)).most_common(1)[0][0]
