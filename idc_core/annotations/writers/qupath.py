"""GeoJSON that QuPath opens (0.4 and later), in level-0 pixels from the corner of what it shows.

QuPath reads a FeatureCollection of polygons, with `objectType`, `classification`, `measurements`
and `metadata` among their properties
(https://qupath.readthedocs.io/en/stable/docs/advanced/exporting_annotations.html). Rings are closed
and turn as RFC 7946 asks.
"""

import json
import uuid
from collections.abc import Sequence
from typing import Any

from idc_core.annotations.shapes import Points
from idc_core.annotations.writers.outline import Colour, Facts, Outline, colours_of, has_class
from idc_core.annotations.writers.rings import Number, number, parts_of

_SPACE = uuid.UUID("0f6c7a5b-6b1c-4d1e-8a55-3f2f5d0a9b11")  # names outlines alike at every writing


def write(outlines: Sequence[Outline], facts: Facts) -> str:
    """The FeatureCollection as text; `facts` stand once on top."""
    colours = colours_of(outlines)
    features = [_feature(each, at, colours) for at, each in enumerate(outlines)]
    known = {name: value for name, value in facts.items() if value is not None}
    content = {"type": "FeatureCollection", "properties": known, "features": features}
    return json.dumps(content, allow_nan=False, separators=(",", ":"))


def _feature(outline: Outline, at: int, colours: dict[str, Colour]) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "objectType": "detection" if outline.is_detection else "annotation"
    }
    if outline.name:
        properties["name"] = outline.name
    if has_class(outline):
        colour = list(colours[outline.class_name])
        properties["classification"] = {"name": outline.class_name, "color": colour}
    if outline.numbers:
        properties["measurements"] = outline.numbers
    if outline.texts:
        properties["metadata"] = dict(outline.texts)
    return {
        "type": "Feature",
        "id": outline.id or str(uuid.uuid5(_SPACE, f"{at} {outline.class_name}")),
        "geometry": _geometry(outline),
        "properties": properties,
    }


def _geometry(outline: Outline) -> dict[str, Any]:
    polygons = [list(map(_closed, rings)) for rings in parts_of(outline.shape)]
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}


def _closed(ring: Points) -> list[list[Number]]:
    points = [[number(x), number(y)] for x, y in ring.tolist()]
    return [*points, points[0]]
