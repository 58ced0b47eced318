"""V7 Darwin JSON, 1.0 and 2.0: polygons and boxes in pixels of one picture."""

from collections.abc import Iterator
from functools import reduce
from pathlib import Path

import shapely

from idc_core.annotations.gathered import Gathered, plain
from idc_core.annotations.readers.json_fields import (
    Fields,
    inner,
    listed,
    named_points,
    numeric,
    objects,
    side,
)
from idc_core.annotations.region import Annotations, Frame, Picture
from idc_core.annotations.shapes import Points, area_of, corners, polygons_of

_WITHOUT_AREA = {
    "keypoint": "a point",
    "line": "a line",
    "skeleton": "a point",
    "tag": "a tag",
    "cuboid": "a cuboid",
    "mask": "a raster layer",
    "raster_layer": "a raster layer",
    "string": "a link",
}


def read(content: Fields, path: Path) -> Annotations:
    """The regions of a file; rings within rings of one object are holes."""
    found = Gathered()
    for index, each in enumerate(objects(content, "annotations", path), start=1):
        where = f"annotation {index} of {path}"
        name, source = plain(each.get("name")), plain(each.get("id"))
        if reason := next((said for key, said in _WITHOUT_AREA.items() if key in each), None):
            found.leave(reason)
            continue
        rings = list(_rings(each, where))
        if len(rings) == 1:
            found.add_rings(name, rings, by="name", source_id=source)
            continue
        parts = [shape for shape, _ in (area_of([ring]) for ring in rings) if shape is not None]
        whole = polygons_of(reduce(shapely.symmetric_difference, parts)) if parts else None
        if whole is None:
            found.leave("an object without a geometry")
        else:
            found.add(name, whole, by="name", source_id=source)
    return found.done("Darwin", Frame.PICTURE, _picture(content, path))


def _rings(each: Fields, where: str) -> Iterator[Points]:
    shape = inner(each, "polygon") or inner(each, "complex_polygon")
    paths = listed(shape, "paths", where) or listed(shape, "path", where)
    paths = [*paths, *listed(shape, "additional_paths", where)]
    if paths and isinstance(paths[0], dict):
        paths = [paths]
    if paths:
        yield from (named_points(path if isinstance(path, list) else [], where) for path in paths)
    elif box := inner(each, "bounding_box"):
        left, top, width, height = (numeric(box, name, where) for name in "xywh")
        yield corners((left, top), (left + width, top + height))


def _picture(content: Fields, path: Path) -> Picture:
    item = inner(content, "item") or inner(content, "image")
    slots = objects(item, "slots", path)
    sized = slots[0] if slots else item
    name = item.get("name") or item.get("original_filename") or ""
    return Picture(str(name), side(sized, "width"), side(sized, "height"))
