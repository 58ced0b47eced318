"""Figures and recorded values as a report writes them: text, which the templates make safe."""

import math
from collections.abc import Mapping
from typing import Any

from idc_core.export.blocks import Cell, Noted
from idc_core.io import intervals
from idc_core.metrics.coverage import note
from idc_core.metrics.leave_one_out import Interval

UNKNOWN = "not recorded"
UNDEFINED = "–"


def recorded(value: object) -> str:
    """A value of `run.json`, or that it was not recorded."""
    missing = value is None or value == "" or value == {}
    return UNKNOWN if missing else str(value)


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


def noted(text: str, name: str, patients: int) -> Cell:
    """The same as a cell of a table."""
    said = note(name, patients)
    return Noted(text, said) if said else text
