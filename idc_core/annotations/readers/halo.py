"""HALO (.annotations, .xml): level-0 pixels of the whole slide, one class a layer.

Looks like ImageScope's XML, but types are words and vertices are `<V X Y>`. Rectangles and ellipses
are stored by two corners. A region with NegativeROA is cut out of its own layer.
"""

from pathlib import Path
from xml.etree.ElementTree import Element

from idc_core.annotations.gathered import Gathered
from idc_core.annotations.readers.xml_points import is_set, points_at
from idc_core.annotations.region import Annotations, Frame
from idc_core.annotations.shapes import Points, corners, ellipse_within

_WITHOUT_AREA = {
    "pin": "a point",
    "point": "a point",
    "ruler": "a line",
    "line": "a line",
    "arrow": "a line",
    "polyline": "a line",
}


def is_halo(root: Element) -> bool:
    """Whether this `<Annotations>` is HALO's and not ImageScope's."""
    if root.find(".//V") is not None:
        return True
    types = [region.get("Type", "") for region in root.iter("Region")]
    return any(kind and not kind.strip().isdigit() for kind in types)


def read(root: Element, path: Path) -> Annotations:
    """The regions of a file, negative ones marked as such in their layer."""
    found = Gathered()
    for at, layer in enumerate(root.iter("Annotation")):
        for number, region in enumerate(layer.iter("Region"), start=1):
            where = f"region {number} of layer {at + 1} of {path}"
            kind = (region.get("Type") or "").casefold()
            points = points_at(region.iter("V"), where)
            if reason := _WITHOUT_AREA.get(kind):
                found.leave(reason)
                continue
            found.add_rings(
                layer.get("Name") or "",
                [_ring(kind, points)],
                by="layer Name",
                negative=is_set(region.get("NegativeROA")),
                source_id=f"{at + 1}.{number}",
                layer=at,
            )
    return found.done("HALO", Frame.CANVAS)


def _ring(kind: str, points: Points) -> Points:
    if len(points) != 2:
        return points
    shape = {"rectangle": corners, "ellipse": ellipse_within, "circle": ellipse_within}.get(kind)
    return shape(points[0], points[1]) if shape else points
