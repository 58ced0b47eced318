"""Aperio ImageScope XML: level-0 pixels of the whole slide, rings left open.

The class stands where the laboratory put it: in the layer's Name, in an Attribute, in the region's
Text, or only in the layer's LineColor. The first that says something is taken, and counted in
`named_by`. MicronsPerPixel is not read: tools that make such files write 0.
"""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np

from idc_core.annotations.gathered import Gathered, plain
from idc_core.annotations.readers.xml_points import is_set, points_at
from idc_core.annotations.region import Annotations, Frame
from idc_core.annotations.shapes import Points, corners, ellipse_within

ROOT = "Annotations"
NAME, ATTRIBUTE, TEXT, COLOUR = "layer Name", "Attribute", "region Text", "layer LineColor"
_RECTANGLE, _ELLIPSE, _ARROW, _RULER = "1", "2", "3", "4"
_SAYS_NOTHING = {"description", "name", "text"}
"""Names of attributes that ImageScope writes into every file."""


def read(root: Element, path: Path) -> Annotations:
    """The regions of a file, negative ones (NegativeROA) marked as such in their layer."""
    found = Gathered()
    for at, layer in enumerate(root.iter("Annotation")):
        for number, region in enumerate(layer.iter("Region"), start=1):
            where = f"region {number} of layer {at + 1} of {path}"
            points = points_at(region.iter("Vertex"), where)
            if reason := _without_area(region, points):
                found.leave(reason)
                continue
            name, by = next(_names(layer, region))
            found.add_rings(
                name,
                [_ring(region, points)],
                by=by,
                negative=is_set(region.get("NegativeROA")),
                source_id=region.get("Id") or "",
                layer=at,
            )
    return found.done("ImageScope", Frame.CANVAS)


def _names(layer: Element, region: Element) -> Iterator[tuple[str, str]]:
    """What the fields say of the class, the first the best."""
    if name := plain(layer.get("Name")):
        yield name, NAME
    for path in ("Attributes/Attribute",):
        for element in (*layer.findall(path), *region.findall(path)):
            if said := _said(element):
                yield said, ATTRIBUTE
    if text := plain(region.get("Text")):
        yield text, TEXT
    yield f"colour {plain(layer.get('LineColor')) or 'unknown'}", COLOUR


def _said(attribute: Element) -> str:
    """An attribute's value; its name where it has no value and the name is not ImageScope's own."""
    name = plain(attribute.get("Name"))
    value = plain(attribute.get("Value"))
    return value or ("" if name.casefold() in _SAYS_NOTHING else name)


def _without_area(region: Element, points: Points) -> str | None:
    # GeoShape: files of other tools, in which the types mean other shapes.
    if region.get("Type") in {_ARROW, _RULER} and not region.get("GeoShape"):
        return "a line"
    return None


def _ring(region: Element, points: Points) -> Points:
    kind = region.get("Type")
    if kind == _RECTANGLE and len(points) == 2:
        return corners(points[0], points[1])
    if kind == _ELLIPSE and len(points) == 2:
        return ellipse_within(points[0], points[1])
    if kind == _ELLIPSE and not region.get("GeoShape") and _is_box(points):
        return ellipse_within(points.min(axis=0), points.max(axis=0))
    return points


def _is_box(points: Points) -> bool:
    """Whether these are the four corners of an upright rectangle, in order."""
    if len(points) != 4:
        return False
    return all(np.ptp(points, axis=0) > 0) and all(
        len(np.unique(points[:, axis])) == 2 for axis in (0, 1)
    )
