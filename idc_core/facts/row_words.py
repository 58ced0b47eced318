"""What the list of patients says of one at a threshold, a cell each.

The server writes a page of the list with these; the browser, which follows the threshold with the
counts of `threshold_table/of_rows.py`, writes the same (`widgets/paged_rows.js`): tests/web holds
one against the other.
"""

from idc_core.io.digits import UNDEFINED, many


def number(count: int) -> str:
    """A count.

    >>> number(1203)
    '1,203'
    """
    return many(count)


def rate(right: int, every: int) -> str:
    """A rate in four digits; `UNDEFINED` where there is nothing that it could be counted on.

    >>> rate(2, 3), rate(4, 4), rate(0, 0)
    ('0.6667', '1', '–')
    """
    return four(right / every) if every else UNDEFINED


def four(value: float) -> str:
    """Four digits that count; `UNDEFINED` for what is not defined.

    >>> four(0.91236), four(float("nan"))
    ('0.9124', '–')
    """
    return f"{value:.4g}" if value == value else UNDEFINED


def share(value: float) -> str:
    """A share; empty where it is not defined.

    >>> share(1 / 3), share(float("nan"))
    ('33.3 %', '')
    """
    return f"{100 * value:.1f} %" if value == value else ""
