"""ASAP, ImageScope, HALO, NDPA and VOC: what only a hand-made file shows."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from idc_core.annotations.areas import areas, by_class
from idc_core.annotations.opening import read
from idc_core.annotations.region import UNCLASSIFIED, Frame, Picture
from idc_core.io.refusal import Refusal

Write = Callable[[object], Path]
Sides = tuple[float, float, float, float]


def vertices(tag: str, *points: tuple[object, object]) -> str:
    return "<Vertices>" + "".join(f'<{tag} X="{x}" Y="{y}"/>' for x, y in points) + "</Vertices>"


def square(tag: str, left: float, top: float, side: float) -> str:
    right, bottom = left + side, top + side
    return vertices(tag, (left, top), (right, top), (right, bottom), (left, bottom))


def aperio(regions: str, name: str = "", attribute: str = "", colour: str = "255") -> str:
    return (
        f'<Annotation Id="1" Name="{name}" LineColor="{colour}">'
        f"<Attributes>{attribute}</Attributes><Regions>{regions}</Regions></Annotation>"
    )


def region(shape: str, kind: str = "0", text: str = "", negative: str = "0", more: str = "") -> str:
    return (
        f'<Region Id="7" Type="{kind}" Text="{text}" NegativeROA="{negative}" {more}>'
        f"<Attributes/>{shape}</Region>"
    )


def file(*layers: str) -> str:
    return f'<Annotations MicronsPerPixel="0">{"".join(layers)}</Annotations>'


SMALL = square("Vertex", 0, 0, 10)


@pytest.mark.parametrize(
    ("layer", "name", "by"),
    [
        (aperio(region(SMALL, text="b"), name="a"), "a", "layer Name"),
        (
            aperio(region(SMALL, text="b"), attribute='<Attribute Name="CaP" Value=""/>'),
            "CaP",
            "Attribute",
        ),
        (
            aperio(region(SMALL), attribute='<Attribute Name="Description" Value="CaP"/>'),
            "CaP",
            "Attribute",
        ),
        (
            aperio(region(SMALL, text="b"), attribute='<Attribute Name="Description" Value=""/>'),
            "b",
            "region Text",
        ),
        (aperio(region(SMALL, text="null"), colour="65280"), "colour 65280", "layer LineColor"),
    ],
)
def test_imagescope_names_a_class_in_the_first_field_that_says_something(
    written: Write, layer: str, name: str, by: str
) -> None:
    found = read(written(file(layer)))
    assert (found.tool, found.classes, found.named_by) == ("ImageScope", {name: 1}, {by: 1})


def test_imagescope_cuts_negative_regions_out_of_their_own_layer_only(written: Write) -> None:
    hole = region(square("Vertex", 2, 2, 4), negative="1", text="hole")
    found = read(
        written(file(aperio(region(SMALL) + hole, name="a"), aperio(region(SMALL), name="b")))
    )
    assert areas(found) == {"a": 84, "b": 100}
    assert (found.holes, found.classes) == (1, {"a": 1, "b": 1})


def test_layers_of_one_name_keep_their_own_negative_regions(written: Write) -> None:
    hole = region(square("Vertex", 2, 2, 4), negative="1")
    other = aperio(region(square("Vertex", 0, 0, 5)), name="a")
    assert areas(read(written(file(aperio(region(SMALL) + hole, name="a"), other)))) == {
        "a": 84 + 9
    }


@pytest.mark.parametrize(
    ("kind", "shape", "area"),
    [
        ("1", vertices("Vertex", (0, 0), (10, 20)), 200),
        ("1", SMALL, 100),
        ("2", vertices("Vertex", (10, 0), (0, 20)), math.pi * 50),
        ("2", SMALL, math.pi * 25),
        ("5", SMALL, 100),
    ],
)
def test_imagescope_types_are_shapes(written: Write, kind: str, shape: str, area: float) -> None:
    found = areas(read(written(file(aperio(region(shape, kind), name="a")))))
    assert found == {"a": pytest.approx(area, rel=1e-4)}


@pytest.mark.parametrize("kind", ["3", "4"])
def test_arrows_and_rulers_have_no_area(written: Write, kind: str) -> None:
    line = vertices("Vertex", (0, 0), (10, 10), (20, 0))
    assert read(written(file(aperio(region(line, kind), name="a")))).left_out == {"a line": 1}


def test_types_of_another_tool_that_states_the_shape_are_outlines(written: Write) -> None:
    shaped = region(SMALL, "4", more='GeoShape="Polygon"')
    assert areas(read(written(file(aperio(shaped, name="a"))))) == {"a": 100}


def test_a_comma_for_the_point_is_read_and_other_texts_are_refused(written: Write) -> None:
    shape = vertices("Vertex", ("0", "0"), ("10,5", "0"), ("10,5", "10"))
    assert areas(read(written(file(aperio(region(shape), name="a"))))) == {"a": 52.5}
    for wrong in ("nan", "1e300", "ten", ""):
        shape = vertices("Vertex", ("0", "0"), (wrong, "0"), ("10", "10"))
        with pytest.raises(Refusal, match="region 1 of layer 1"):
            read(written(file(aperio(region(shape), name="a"))))


def halo(*regions: tuple[str, str, str], name: str = "Layer 1") -> str:
    inner = "".join(
        f'<Region Type="{kind}" NegativeROA="{negative}">{shape}</Region>'
        for kind, negative, shape in regions
    )
    return f'<Annotation Name="{name}" Visible="False"><Regions>{inner}</Regions></Annotation>'


def test_halo_is_known_by_its_vertices_and_words(written: Write) -> None:
    found = read(
        written(
            "<Annotations>"
            + halo(
                ("Rectangle", "0", vertices("V", (0, 40), (10, 0))),
                ("Ellipse", "1", vertices("V", (2, 2), (4, 6))),
                ("Ellipse", "1", vertices("V", (200, 200), (400, 600))),
                ("Pin", "0", vertices("V", (1, 1))),
                ("Ruler", "0", vertices("V", (1, 1), (5, 5))),
            )
            + "</Annotations>"
        )
    )
    assert (found.tool, found.frame, found.holes) == ("HALO", Frame.CANVAS, 2)
    assert areas(found) == {"Layer 1": pytest.approx(400 - 2 * math.pi, rel=1e-5)}
    assert found.left_out == {
        "a point": 1,
        "a line": 1,
        "a negative region with nothing to cut out of": 1,
    }


def test_a_negative_region_cuts_nothing_out_of_another_layer_and_is_counted(written: Write) -> None:
    whole = halo(("Polygon", "0", square("V", 0, 0, 10)), name="a")
    cut = halo(("Polygon", "1", square("V", 2, 2, 4)), name="b")
    found = read(written(f"<Annotations>{whole}{cut}</Annotations>"))
    assert areas(found) == {"a": 100}
    assert found.left_out == {"a negative region with nothing to cut out of": 1}


def asap(kind: str, group: str, *points: tuple[int, int], by_text: bool = False) -> str:
    """An annotation; `by_text`: its points sorted as 0, 1, 10, 11, 2, as other programs save it."""
    listed = [f'<Coordinate Order="{at}" X="{x}" Y="{y}"/>' for at, (x, y) in enumerate(points)]
    return (
        f'<Annotation Name="n" Type="{kind}" PartOfGroup="{group}"><Coordinates>'
        f"{''.join(sorted(listed) if by_text else listed)}</Coordinates></Annotation>"
    )


def in_asap(annotations: str) -> str:
    return f"<ASAP_Annotations><Annotations>{annotations}</Annotations></ASAP_Annotations>"


def test_asap_takes_points_in_their_stated_order(written: Write) -> None:
    points = [(x, x * (11 - x)) for x in range(12)]
    plain, sorted_as_text = (
        read(written(in_asap(asap("Spline", "a", *points, by_text=by_text))))
        for by_text in (False, True)
    )
    assert by_class(plain)["a"].equals(by_class(sorted_as_text)["a"])
    assert sorted_as_text.repaired == 0


def test_asap_without_a_group_is_unclassified_and_points_are_counted(written: Write) -> None:
    inner = asap("Rectangle", "None", (0, 0), (4, 0), (4, 2), (0, 2)) + asap("Dot", "a", (1, 1))
    found = read(written(in_asap(inner)))
    assert areas(found) == {UNCLASSIFIED: 8}
    assert found.left_out == {"a point": 1}


def ndpa(annotation: str, unit: str = "nanometers") -> str:
    return (
        f'<annotations><ndpviewstate id="1"><title>a</title><coordformat>{unit}</coordformat>'
        f"{annotation}</ndpviewstate></annotations>"
    )


OUTLINE = "<pointlist>" + "".join(
    f"<point><x>{x}</x><y>{y}</y></point>" for x, y in [(0, 0), (1000, 0), (1000, 1000)]
)


@pytest.mark.parametrize(
    ("annotation", "area"),
    [
        (f'<annotation type="freehand"><closed>1</closed>{OUTLINE}</pointlist></annotation>', 5e5),
        (f'<annotation type="freehand">{OUTLINE}</pointlist></annotation>', 5e5),
        (
            '<annotation type="circle"><x>0</x><y>0</y><radius>2000</radius></annotation>',
            math.pi * 4e6,
        ),
    ],
)
def test_ndpa_has_closed_outlines_and_circles(written: Write, annotation: str, area: float) -> None:
    found = read(written(ndpa(annotation)))
    assert found.frame is Frame.NANOMETRES
    assert areas(found) == {"a": pytest.approx(area, rel=1e-4)}


@pytest.mark.parametrize(
    ("annotation", "reason"),
    [
        (
            f'<annotation type="freehand"><closed>0</closed>{OUTLINE}</pointlist></annotation>',
            "a line",
        ),
        (
            f'<annotation type="freehand" displayname="AnnotateFreehandLine">{OUTLINE}</pointlist>'
            "</annotation>",
            "a line",
        ),
        ('<annotation type="circle"><x>0</x><y>0</y><radius>155</radius></annotation>', "a point"),
        ('<annotation type="pin"><x>0</x><y>0</y></annotation>', "a point"),
        ("", "an object without a geometry"),
    ],
)
def test_ndpa_marks_and_lines_are_counted(written: Write, annotation: str, reason: str) -> None:
    assert read(written(ndpa(annotation))).left_out == {reason: 1}


def test_ndpa_in_another_unit_is_refused(written: Write) -> None:
    with pytest.raises(Refusal, match="expected nanometres"):
        read(written(ndpa("", unit="pixels")))


def test_voc_boxes_lie_on_a_picture_of_a_stated_size(written: Write) -> None:
    found = read(
        written(
            "<annotation><filename>a.png</filename><size><width>90</width><height>0</height></size>"
            "<object><name>g</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>11</xmax>"
            "<ymax>5</ymax></bndbox></object><object><name>h</name></object></annotation>"
        )
    )
    assert areas(found) == {"g": 30}
    assert found.picture == Picture("a.png", 90, None)
    assert found.left_out == {"an object without a geometry": 1}
