"""Numbers in attributes and elements of XML."""

import re
from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element

from idc_core.annotations.shapes import Points, points_in
from idc_core.io.refusal import Refusal

_COMMA = re.compile(r"-?\d+,\d+")


def number(text: str | None, where: str) -> float:
    """A coordinate, a comma for the point too; raises `Refusal` for what is none.

    >>> number("12,5", "a.xml"), number("1e3", "a.xml")
    (12.5, 1000.0)
    """
    plain = (text or "").strip()
    if _COMMA.fullmatch(plain):
        plain = plain.replace(",", ".")
    try:
        return float(plain)
    except ValueError:
        raise Refusal(
            f"expected a number as coordinate in {where}: found {plain[:40]!r}. Export it again."
        ) from None


def points_at(elements: Iterable[Element], where: str) -> Points:
    """The points whose X and Y are attributes of elements; in any case of letters."""
    return points_in([_point(element.attrib, where) for element in elements], where)


def _point(fields: Mapping[str, str], where: str) -> tuple[float, float]:
    x, y = (fields.get(name, fields.get(name.lower())) for name in "XY")
    return number(x, where), number(y, where)


def is_set(text: str | None) -> bool:
    """Whether a flag says yes: "1", "true"."""
    return (text or "").strip().casefold() in {"1", "true", "yes"}
