"""Text, numbers and tables as HTML. Everything that comes from a file goes through `plain`."""

import html
import math
from collections.abc import Iterable, Mapping
from typing import Any

from idc_core.io import intervals
from idc_core.metrics.coverage import note
from idc_core.metrics.leave_one_out import Interval

UNKNOWN = "not recorded"
UNDEFINED = "–"


def plain(text: object) -> str:
    """Text that a browser shows as it is and never runs.

    >>> plain("<b>9036</b>")
    '&lt;b&gt;9036&lt;/b&gt;'
    """
    return html.escape(str(text), quote=True)


def recorded(value: object) -> str:
    """A value of `run.json`, or that it was not recorded."""
    missing = value is None or value == "" or value == {}
    return UNKNOWN if missing else plain(value)


def number(value: Any, digits: int = 2) -> str:
    """A figure, an en dash where it is not defined.

    >>> number(0.834), number(None)
    ('0.83', '–')
    """
    if not isinstance(value, int | float) or not math.isfinite(value):
        return UNDEFINED
    return f"{value:.{digits}f}"


def interval(found: Mapping[str, Any] | None) -> str:
    """A figure with its interval.

    >>> interval({"value": 0.834, "low": 0.78, "high": 0.88})
    '0.83 [0.78–0.88]'
    """
    if not found:
        return UNDEFINED
    return intervals.interval(found.get("value"), found.get("low"), found.get("high"), number)


def written(found: Interval, digits: int = 2) -> str:
    """A figure that may lie below 0, with its interval where that is known.

    >>> written(Interval(-0.5, -0.72, 0.1)), written(Interval(0.5, math.nan, math.nan))
    ('−0.50 [−0.72 to 0.10]', '0.50')
    """
    write = intervals.decimals(digits, minus="−")
    return intervals.interval(found.value, found.low, found.high, write, intervals.TO)


def with_note(text: str, name: str, patients: int) -> str:
    """A figure, and what its interval from so many patients falls short by, if by anything.

    >>> with_note("0.90 [0.81–0.95]", "specificity", 28)
    '0.90 [0.81–0.95] (interval holds about 91 % with so few patients)'
    """
    said = note(name, patients)
    return f"{text} ({said})" if said else text


def noted(text: str, name: str, patients: int) -> str:
    """The same as a cell of a table, the note in lines of its own: it is longer than any figure."""
    said = note(name, patients)
    return f"{text} <small>({plain(said)})</small>" if said else text


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of cells that are HTML already; the first cell of a row names it."""
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = []
    for row in rows:
        first, *others = row
        cells = "".join(f"<td>{cell}</td>" for cell in others)
        body.append(f'<tr><th scope="row">{first}</th>{cells}</tr>')
    return (
        '<div class="wide"><table><thead><tr>'
        f"{top}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def pairs(rows: Iterable[tuple[str, str]]) -> str:
    """Terms and what they are, as a list; the second of each pair is HTML already."""
    items = "".join(f"<dt>{plain(term)}</dt><dd>{text}</dd>" for term, text in rows)
    return f"<dl>{items}</dl>"


def figure(drawing: str, caption: str) -> str:
    """A drawing over its caption, both HTML already."""
    return f"<figure>{drawing}<figcaption>{caption}</figcaption></figure>"


def sentence(text: str) -> str:
    """What stands where something is missing."""
    return f'<p class="missing">{plain(text)}</p>'


def section(identity: str, title: str, body: str) -> str:
    """A part of the page that its table of contents leads to."""
    return f'<section id="{plain(identity)}"><h2>{plain(title)}</h2>{body}</section>'
