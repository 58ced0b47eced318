"""A figure with its interval, written in one way everywhere: `0.83 [0.78–0.88]`.

What differs from place to place is given: how a number is written (`decimals`, points, per cent)
and what stands between the ends (those of a difference may have signs: there it is "to").
"""

import math
from collections.abc import Callable

from idc_core.io.digits import UNDEFINED

Write = Callable[[float | None], str]
"""Writes a number; `UNDEFINED` for one that is not defined."""

DASH, TO = "–", " to "


def interval(
    value: float | None,
    low: float | None,
    high: float | None,
    write: Write,
    between: str = DASH,
    *,
    one_sided: bool = False,
) -> str:
    """The figure, with its ends where both are known; `one_sided`: or where one is without bound.

    >>> interval(0.834, 0.78, 0.881, decimals(2)), interval(0.5, math.nan, math.nan, decimals(2))
    ('0.83 [0.78–0.88]', '0.50')
    >>> interval(-0.12, -0.17, 0.002, decimals(2, "+", minus="−"), TO)
    '−0.12 [−0.17 to +0.00]'
    >>> interval(4.5, 3.2, math.inf, decimals(2), one_sided=True)
    '4.50 [at least 3.20]'
    """
    said = write(value)
    if said == UNDEFINED:
        return UNDEFINED
    around = (one_sided and _one_end(low, high, write)) or ends(low, high, write, between)
    return f"{said} [{around}]" if around else said


def ends(low: float | None, high: float | None, write: Write, between: str = DASH) -> str:
    """The two ends alone; empty where they are not known.

    >>> ends(0.2, 0.4, decimals(2)), ends(math.nan, math.nan, decimals(2))
    ('0.20–0.40', '')
    """
    both = write(low), write(high)
    return "" if UNDEFINED in both else between.join(both)


def rate(value: float | None) -> str:
    """A figure to two digits, an en dash where it is not defined.

    >>> rate(0.834), rate(-0.1), rate(float("nan"))
    ('0.83', '−0.10', '–')
    """
    return decimals(2, minus="−")(value)


def _one_end(low: float | None, high: float | None, write: Write) -> str:
    """The end that is known where the other is without bound."""
    if high == math.inf and write(low) != UNDEFINED:
        return f"at least {write(low)}"
    if low == -math.inf and write(high) != UNDEFINED:
        return f"at most {write(high)}"
    return ""


def decimals(count: int, sign: str = "", *, minus: str = "-") -> Write:
    """Write a number with so many decimals; `sign`: "+" for one in front of a number above 0.

    >>> decimals(1)(-0.25), decimals(2, "+", minus="−")(0.5), decimals(2)(None)
    ('-0.2', '+0.50', '–')
    """

    def write(value: float | None) -> str:
        if value is None or not math.isfinite(value):
            return UNDEFINED
        return f"{value:{sign}.{count}f}".replace("-", minus)

    return write
