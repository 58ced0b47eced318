"""LabelMe JSON: shapes in pixels of one picture."""

import base64
import binascii
import io
import math
from pathlib import Path, PureWindowsPath

import numpy as np
from PIL import Image
from shapely import transform

from idc_core.annotations.gathered import Gathered, plain
from idc_core.annotations.pixels import outlines
from idc_core.annotations.readers.json_fields import Fields, listed, objects, side
from idc_core.annotations.region import Annotations, Frame, Picture, Shape
from idc_core.annotations.shapes import Points, corners, ellipse, points_in
from idc_core.io.refusal import Refusal

_WITHOUT_AREA = {"point": "a point", "points": "a point", "line": "a line", "linestrip": "a line"}
_MOST_PIXELS = 10_000**2


def read(content: Fields, path: Path) -> Annotations:
    """The polygons, rectangles, circles and masks of a file."""
    found = Gathered()
    for index, each in enumerate(objects(content, "shapes", path), start=1):
        where = f"shape {index} of {path}"
        kind = str(each.get("shape_type") or "polygon").casefold()
        if reason := _WITHOUT_AREA.get(kind):
            found.leave(reason)
            continue
        label = plain(each.get("label"))
        points = points_in(listed(each, "points", where), where)
        if kind == "mask":
            shape = _mask(each, points, where)
            if shape is None:
                found.leave("an outline without an area")
            else:
                found.add(label, shape, by="label", source_id=str(index))
            continue
        found.add_rings(label, [_ring(kind, points)], by="label", source_id=str(index))
    name = PureWindowsPath(str(content.get("imagePath") or "")).name
    picture = Picture(name, side(content, "imageWidth"), side(content, "imageHeight"))
    return found.done("LabelMe", Frame.PICTURE, picture)


def _ring(kind: str, points: Points) -> Points:
    if len(points) == 2 and kind == "rectangle":
        return corners(points[0], points[1])
    if len(points) == 2 and kind == "circle":  # centre, and a point of the rim
        radius = math.dist(points[0], points[1])
        return ellipse(points[0], radius, radius)
    return points


def _mask(each: Fields, points: Points, where: str) -> Shape | None:
    """A PNG of 0 and 1 whose first pixel lies at the first point."""
    try:
        packed = base64.b64decode(str(each.get("mask")), validate=True)
        with Image.open(io.BytesIO(packed), formats=["PNG"]) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise ValueError("too many pixels")
            pixels = np.asarray(picture.convert("L")) > 0
    except (ValueError, OSError, binascii.Error, SyntaxError, Image.DecompressionBombError):
        raise Refusal(f"expected a mask as PNG in {where}: it cannot be read.") from None
    if not len(points):
        raise Refusal(f"expected the corner of a mask in {where}: found no point.")
    shape = outlines(pixels.astype(np.uint8), where, skip=0).get(1)
    return None if shape is None else transform(shape, lambda xy: xy + points[0])
