"""Pascal VOC XML: boxes in pixels of one picture, and the polygons of the old LabelMe."""

from pathlib import Path
from xml.etree.ElementTree import Element

from idc_core.annotations.gathered import Gathered
from idc_core.annotations.readers.xml_points import is_set, number
from idc_core.annotations.region import Annotations, Frame, Picture
from idc_core.annotations.shapes import Points, corners, points_in

ROOT = "annotation"
_SIDES = ("xmin", "ymin", "xmax", "ymax")


def read(root: Element, path: Path) -> Annotations:
    """The boxes of a file, from corner to corner as they are written."""
    found = Gathered()
    for index, each in enumerate(root.iter("object"), start=1):
        where = f"object {index} of {path}"
        if is_set(each.findtext("deleted")):
            found.leave("an object that was deleted")
            continue
        ring = _ring(each, where)
        if ring is None:
            found.leave("an object without a geometry")
            continue
        found.add_rings(each.findtext("name") or "", [ring], by="name", source_id=str(index))
    sides = [_side(root, *names) for names in (("width", "ncols"), ("height", "nrows"))]
    name = (root.findtext("filename") or "").strip()
    return found.done("Pascal VOC", Frame.PICTURE, Picture(name, *sides))


def _ring(each: Element, where: str) -> Points | None:
    if (box := each.find("bndbox")) is not None:
        left, top, right, bottom = (number(box.findtext(side), where) for side in _SIDES)
        return points_in(corners((left, top), (right, bottom)).tolist(), where)
    if (polygon := each.find("polygon")) is not None:
        points = polygon.findall("pt")
        return points_in(
            [(number(p.findtext("x"), where), number(p.findtext("y"), where)) for p in points],
            where,
        )
    return None


def _side(root: Element, *names: str) -> int | None:
    """Of the picture, in pixels; None where it is absent or 0, as some tools write."""
    for place in ("size", "imagesize"):
        for name in names:
            text = (root.findtext(f"{place}/{name}") or "").strip()
            if text.isascii() and text.isdigit() and int(text[:9]) > 0:
                return int(text[:9])
    return None
