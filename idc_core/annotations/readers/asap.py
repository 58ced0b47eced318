"""ASAP XML: level-0 pixels of the whole slide, rings left open, a class for each group."""

from pathlib import Path
from xml.etree.ElementTree import Element

from idc_core.annotations.gathered import Gathered
from idc_core.annotations.readers.xml_points import number, points_at
from idc_core.annotations.region import Annotations, Frame

ROOT = "ASAP_Annotations"
_WITHOUT_AREA = {
    "dot": "a point",
    "pointset": "a point",
    "none": "an object without a geometry",
    "measurement": "a line",
}
"""Type → reason; Polygon, Rectangle and Spline are outlines. A spline's curve between its points is
not stored: its points are joined by straight lines, as ASAP's own masks do."""


def read(root: Element, path: Path) -> Annotations:
    """The regions of a file; class "unclassified" where the group is None."""
    found = Gathered()
    for index, annotation in enumerate(root.iter("Annotation"), start=1):
        where = f"annotation {index} of {path}"
        if reason := _WITHOUT_AREA.get((annotation.get("Type") or "").casefold()):
            found.leave(reason)
            continue
        corners = sorted(
            annotation.iter("Coordinate"), key=lambda each: number(each.get("Order", "0"), where)
        )
        group = annotation.get("PartOfGroup") or ""
        name = annotation.get("Name") or ""
        found.add_rings(group, [points_at(corners, where)], by="PartOfGroup", source_id=name)
    return found.done("ASAP", Frame.CANVAS)
