"""NDP.view (.ndpa): nanometres from the centre of the slide; useless without the slide's offset."""

from pathlib import Path
from xml.etree.ElementTree import Element

from idc_core.annotations.gathered import Gathered
from idc_core.annotations.readers.xml_points import is_set, number
from idc_core.annotations.region import Annotations, Frame
from idc_core.annotations.shapes import Points, ellipse, points_in
from idc_core.io.refusal import Refusal

ROOT = "annotations"
ENTRY = "ndpviewstate"
MARK_NM = 500.0
"""A circle of a smaller radius, two pixels at 40x, marks a point: NDP.view draws one at a click."""

_WITHOUT_AREA = {
    "pin": "a point",
    "pointer": "a line",
    "linearmeasure": "a line",
    "arrow": "a line",
}


def read(root: Element, path: Path) -> Annotations:
    """The closed outlines and circles of a file; the class is the title."""
    found = Gathered()
    for index, state in enumerate(root.iter(ENTRY), start=1):
        where = f"annotation {index} of {path}"
        unit = (state.findtext("coordformat") or "nanometers").strip().casefold()
        if not unit.startswith("nanomet"):
            raise Refusal(f"expected nanometres in {where}: found {unit[:30]!r}.")
        annotation = state.find("annotation")
        kind = "" if annotation is None else (annotation.get("type") or "").casefold()
        if annotation is None or kind in _WITHOUT_AREA:
            found.leave(_WITHOUT_AREA.get(kind, "an object without a geometry"))
            continue
        ring = _circle(annotation, where) if kind == "circle" else _outline(annotation, where)
        if isinstance(ring, str):
            found.leave(ring)
            continue
        found.add_rings(
            state.findtext("title") or "", [ring], by="title", source_id=state.get("id") or ""
        )
    return found.done("NDP.view", Frame.NANOMETRES)


def _circle(annotation: Element, where: str) -> Points | str:
    x, y, radius = (number(annotation.findtext(tag), where) for tag in ("x", "y", "radius"))
    if not abs(radius) >= MARK_NM:
        return "a point"
    ring = ellipse((x, y), abs(radius), abs(radius))
    return points_in(ring.tolist(), where)


def _outline(annotation: Element, where: str) -> Points | str:
    points = annotation.findall(".//point")
    if not points:
        return "an object without a geometry"
    closed = annotation.findtext("closed")
    is_line = "line" in (annotation.get("displayname") or "").casefold()
    if is_line if closed is None else not is_set(closed):
        return "a line"
    return points_in(
        [(number(p.findtext("x"), where), number(p.findtext("y"), where)) for p in points], where
    )
