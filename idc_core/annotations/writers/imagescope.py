"""Aperio ImageScope XML: level-0 pixels of the whole slide, rings left open, a layer for a class.

Holes are regions of their own with NegativeROA="1", which ImageScope cuts out of their layer; two
layers of one name stand for one class (`layers`). LineColor counts red + 256 green + 65536 blue.
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

import shapely

from idc_core.annotations.readers.imagescope import ROOT
from idc_core.annotations.shapes import Points
from idc_core.annotations.writers.layers import layers
from idc_core.annotations.writers.outline import Facts, Outline, colours_of
from idc_core.annotations.writers.rings import number, parts_of
from idc_core.annotations.writers.xml_text import plain, text_of


def write(outlines: Sequence[Outline], facts: Facts) -> str:
    """The file as text."""
    root = Element(ROOT)
    colours = colours_of(outlines)
    for name in dict.fromkeys(each.class_name for each in outlines):
        parts = [
            (each, rings)
            for each in outlines
            if each.class_name == name
            for rings in parts_of(each.shape)
        ]
        for members in layers([rings for _, rings in parts]):
            red, green, blue = colours[name]
            _add_layer(root, name, red + 256 * green + 65536 * blue, [parts[at] for at in members])
    return text_of(root, facts)


def _add_layer(
    root: Element, name: str, colour: int, parts: Sequence[tuple[Outline, Sequence[Points]]]
) -> None:
    known = {
        "Id": str(len(root) + 1),
        "Name": plain(name),
        "ReadOnly": "0",
        "Incremental": "0",
        "Type": "4",
        "LineColor": str(colour),
        "Visible": "1",
        "Selected": "0",
    }
    layer = SubElement(root, "Annotation", known)
    SubElement(layer, "Attributes")
    regions = SubElement(layer, "Regions")
    SubElement(regions, "RegionAttributeHeaders")
    for outline, (exterior, *holes) in parts:
        _add_region(regions, exterior, outline.line(), negative=False)
        for hole in holes:
            _add_region(regions, hole, "", negative=True)
    SubElement(layer, "Plots")


def _add_region(regions: Element, ring: Points, text: str, *, negative: bool) -> None:
    closed = shapely.polygons(ring)
    number_of = str(len(regions))  # the headers come first
    known = {
        "Id": number_of,
        "Type": "0",
        "Zoom": "1",
        "Selected": "0",
        "Length": f"{closed.length:.1f}",
        "Area": f"{closed.area:.1f}",
        "Text": plain(text),
        "NegativeROA": str(int(negative)),
        "InputRegionId": "0",
        "Analyze": str(int(not negative)),
        "DisplayId": number_of,
    }
    region = SubElement(regions, "Region", known)
    SubElement(region, "Attributes")
    corners = SubElement(region, "Vertices")
    for x, y in ring.tolist():
        SubElement(corners, "Vertex", {"X": str(number(x)), "Y": str(number(y)), "Z": "0"})
