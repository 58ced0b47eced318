"""HistomicsUI (Digital Slide Archive) JSON: elements of a Girder annotation, level-0 pixels."""

import math
from collections.abc import Mapping
from pathlib import Path

from idc_core.annotations.gathered import Gathered, plain
from idc_core.annotations.readers.json_fields import Fields, inner, listed, numeric, objects
from idc_core.annotations.region import Annotations, Frame
from idc_core.annotations.shapes import Points, corners, ellipse, points_in
from idc_core.io.refusal import Refusal

_WITHOUT_AREA = {
    "point": "a point",
    "arrow": "a line",
    "heatmap": "a heat map",
    "griddata": "a heat map",
    "image": "a picture",
    "pixelmap": "a picture",
}


def is_girder(content: object) -> bool:
    """Whether this is an annotation document, or its inner part alone."""
    return isinstance(content, Mapping) and (
        "elements" in content or "elements" in inner(content, "annotation")
    )


def read(content: list[Fields], path: Path) -> Annotations:
    """The closed shapes of all documents; the class is the label, else the group."""
    found = Gathered()
    for document in content:
        if not is_girder(document):
            raise Refusal(f"expected annotations of HistomicsUI in {path}: found something else.")
        holder = document if "elements" in document else inner(document, "annotation")
        for index, element in enumerate(objects(holder, "elements", path), start=1):
            _take(found, element, f"element {index} of {path}")
    return found.done("HistomicsUI", Frame.CANVAS)


def _take(found: Gathered, element: Fields, where: str) -> None:
    kind = str(element.get("type")).casefold()
    if reason := _WITHOUT_AREA.get(kind):
        found.leave(reason)
        return
    if kind == "polyline" and not element.get("closed"):
        found.leave("a line")
        return
    label, group = plain(inner(element, "label").get("value")), plain(element.get("group"))
    rings = _rings(kind, element, where)
    if rings is None:
        found.leave(f"an element of type {kind[:40]}")
        return
    by = "label" if label else "group"
    found.add_rings(label or group, rings, by=by, source_id=plain(element.get("id")))


def _rings(kind: str, element: Fields, where: str) -> list[Points] | None:
    if kind == "polyline":
        holes = [points_in(hole, where) for hole in listed(element, "holes", where)]
        return [points_in(listed(element, "points", where), where), *holes]
    if kind not in {"rectangle", "rectanglegrid", "ellipse", "circle"}:
        return None
    centre = points_in([listed(element, "center", where)], where)[0]
    if kind == "circle":
        radius = abs(numeric(element, "radius", where))
        return [ellipse(centre, radius, radius)]
    across, down = (abs(numeric(element, side, where)) / 2 for side in ("width", "height"))
    turn = float(numeric(element, "rotation", where)) if element.get("rotation") else 0.0
    if kind == "ellipse":
        return [ellipse(centre, across, down, turn)]
    box = corners((-across, -down), (across, down))
    cosine, sine = math.cos(turn), math.sin(turn)
    turned = [(x * cosine - y * sine, x * sine + y * cosine) for x, y in box.tolist()]
    return [points_in(turned, where) + centre]
