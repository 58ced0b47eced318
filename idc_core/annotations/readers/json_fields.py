"""Fields of JSON objects, checked where they are asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from idc_core.annotations.shapes import FARTHEST, Points, points_in
from idc_core.io.refusal import Refusal

Fields = Mapping[str, Any]


def listed(fields: Fields, name: str, where: object) -> Sequence[Any]:
    """A list; empty where the field is absent or null."""
    value = fields.get(name)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise Refusal(f"expected a list as {name} in {where}: found {str(value)[:40]!r}.")
    return value


def objects(fields: Fields, name: str, where: object) -> Sequence[Fields]:
    """A list of objects; empty where the field is absent or null."""
    values = listed(fields, name, where)
    for value in values:
        if not isinstance(value, Mapping):
            raise Refusal(f"expected objects as {name} in {where}: found {str(value)[:40]!r}.")
    return values


def inner(fields: Fields, name: str) -> Fields:
    """An object; empty where it is none."""
    value = fields.get(name)
    return value if isinstance(value, Mapping) else {}


def numeric(fields: Fields, name: str, where: object) -> float:
    """A number that a coordinate may have."""
    value = fields.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= FARTHEST:
        return float(value)
    raise Refusal(f"expected a number as {name} in {where}: found {str(value)[:40]!r}.")


def side(fields: Fields, name: str) -> int | None:
    """Width or height of a picture in pixels; None where it is unknown."""
    value = fields.get(name)
    is_known = isinstance(value, int | float) and 0 < value <= FARTHEST
    return int(value) if is_known and value is not None else None


def named_points(points: Sequence[Any], where: str) -> Points:
    """Points that are objects with x and y."""
    if not all(isinstance(point, Mapping) for point in points):
        raise Refusal(f"expected points with x and y in {where}: found something else.")
    return points_in([(point.get("x"), point.get("y")) for point in points], where)
