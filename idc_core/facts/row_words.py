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
    """A rate with three decimals; `UNDEFINED` where there is nothing that it could be counted on.

    >>> rate(2, 3), rate(4, 4), rate(0, 0)
    ('0.667', '1.000', '–')
    """
    return three(right / every) if every else UNDEFINED


def three(value: float) -> str:
    """Three decimals, so that a column is read downwards; `UNDEFINED` for what is not defined.

    >>> three(0.93), three(float("nan"))
    ('0.930', '–')
    """
    return f"{value:.3f}" if value == value else UNDEFINED


def share(value: float) -> str:
    """A share; empty where it is not defined.

    >>> share(1 / 3), share(float("nan"))
    ('33.3 %', '')
    """
    return f"{100 * value:.1f} %" if value == value else ""
