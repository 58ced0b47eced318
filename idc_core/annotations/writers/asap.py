"""ASAP XML: level-0 pixels of the whole slide, rings left open, a group for each class.

ASAP knows polygons and no holes: an area with holes is one ring (`one_ring`), which ASAP and
programs that make masks of its files fill as it was drawn. An area of several parts is as many
annotations of its group.
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from idc_core.annotations.readers.asap import ROOT
from idc_core.annotations.shapes import Points
from idc_core.annotations.writers.one_ring import one_ring
from idc_core.annotations.writers.outline import Facts, Outline, colours_of, has_class
from idc_core.annotations.writers.rings import number, parts_of
from idc_core.annotations.writers.xml_text import hexadecimal, plain, text_of


def write(outlines: Sequence[Outline], facts: Facts) -> str:
    """The file as text."""
    colours = {name: hexadecimal(colour) for name, colour in colours_of(outlines).items()}
    root = Element(ROOT)
    listed = SubElement(root, "Annotations")
    for outline in outlines:
        for rings in parts_of(outline.shape):
            name = outline.line() or f"Annotation {len(listed)}"
            _add(listed, outline, name, one_ring(rings), colours[outline.class_name])
    groups = SubElement(root, "AnnotationGroups")
    for name in dict.fromkeys(each.class_name for each in outlines if has_class(each)):
        known = {"Name": plain(name), "PartOfGroup": "None", "Color": colours[name]}
        SubElement(SubElement(groups, "Group", known), "Attributes")
    return text_of(root, facts)


def _add(listed: Element, outline: Outline, name: str, ring: Points, colour: str) -> None:
    group = plain(outline.class_name) if has_class(outline) else "None"
    known = {"Name": plain(name), "Type": "Polygon", "PartOfGroup": group, "Color": colour}
    corners = SubElement(SubElement(listed, "Annotation", known), "Coordinates")
    for order, (x, y) in enumerate(ring.tolist()):
        place = {"Order": str(order), "X": str(number(x)), "Y": str(number(y))}
        SubElement(corners, "Coordinate", place)
