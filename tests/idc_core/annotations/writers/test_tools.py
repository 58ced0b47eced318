"""Each tool's reader gives back what its writer wrote, wherever the tool counts from."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import shapely
from shapely import MultiPolygon, Polygon, box

from idc_core.annotations.areas import by_class, solid
from idc_core.annotations.frames import in_level0
from idc_core.annotations.opening import read
from idc_core.annotations.region import UNCLASSIFIED, Annotations
from idc_core.annotations.writers.outline import Outline
from idc_core.annotations.writers.tools import TOOLS, Tool, written
from idc_core.records.slide_frame import SlideFrame

Write = Callable[[object], Path]

SLIDE = SlideFrame(size=(4000, 3000), bounds_x=300, bounds_y=200, bounds_size=(3000, 2500))
HOSTILE = "<Tumör & \"Co\" 'x'>]]> --> ; =1+1 \U0001f52c"
RING = Polygon(
    box(1000.25, 1000.125, 1200, 1200).exterior, [box(1050, 1050.5, 1100, 1100).exterior]
)
ISLAND = box(1060, 1060, 1080, 1080)
PARTS = MultiPolygon([box(400, 400, 500, 500), box(600, 400, 700, 500)])
DRAWN = (
    Outline(class_name="Tumor", shape=RING),
    Outline(class_name="Tumor", shape=ISLAND),
    Outline(class_name="Stroma: Positive", shape=PARTS),
    Outline(class_name=HOSTILE, shape=box(2000.000001, 2000.1, 2100, 2300)),
    Outline(class_name=UNCLASSIFIED, shape=box(310, 210, 320, 220)),
)
OF_AREAS = [TOOLS["qupath"], TOOLS["asap"], TOOLS["imagescope"]]


@pytest.fixture(params=OF_AREAS, ids=lambda tool: tool.key)
def tool(request: pytest.FixtureRequest) -> Tool:
    return request.param


def again(tool: Tool, write: Write, *outlines: Outline) -> Annotations:
    """What the tool's file says, in the slide's canvas."""
    found = read(write(written(tool, outlines, SLIDE, {"run": "a--b"})), detections=True)
    assert found.tool == tool.title
    assert found.frame is tool.frame
    assert not found.left_out
    return in_level0(found, SLIDE)


def test_classes_areas_and_holes_come_back(tool: Tool, written: Write) -> None:
    found = by_class(again(tool, written, *DRAWN))
    expected = {each.class_name: each.shape for each in DRAWN[2:]}
    expected["Tumor"] = shapely.union(RING, ISLAND)
    assert found.keys() == expected.keys()
    for name, shape in expected.items():
        assert shapely.symmetric_difference(found[name], shape).area < 1e-3, name


def test_an_island_in_a_hole_is_not_cut_out_with_it(tool: Tool, written: Write) -> None:
    found = by_class(again(tool, written, *DRAWN[:2]))["Tumor"]
    assert found.area == pytest.approx(RING.area + ISLAND.area)


def test_a_hole_over_another_outline_of_the_class_leaves_it_whole(
    tool: Tool, written: Write
) -> None:
    over = Outline(class_name="Tumor", shape=box(1040, 1040, 1110, 1110))
    regions = solid(again(tool, written, DRAWN[0], over))
    assert sorted(round(region.shape.area) for region in regions) == sorted(
        (round(RING.area), 4900)
    )


def test_signs_that_no_xml_may_hold_are_replaced(tool: Tool, written: Write) -> None:
    bad = Outline(class_name="a\x00b", shape=ISLAND, texts={"reader": "B\x1bo \ud800"})
    (name,) = again(tool, written, bad).classes
    assert name in {"a\x00b", "a\ufffdb"}


def test_qupath_counts_from_the_corner_of_what_it_shows_and_others_from_the_canvas() -> None:
    (outline,) = DRAWN[1:2]
    shown = json.loads(written_(TOOLS["qupath"], outline))["features"][0]["geometry"]
    assert shown["coordinates"][0][0] == [780, 860]
    assert 'X="1080" Y="1060"' in written_(TOOLS["asap"], outline)
    assert 'X="1080" Y="1060"' in written_(TOOLS["imagescope"], outline)


def test_without_a_frame_coordinates_stay_as_they_are() -> None:
    text = written(TOOLS["qupath"], DRAWN[1:2], None, {})
    assert json.loads(text)["features"][0]["geometry"]["coordinates"][0][0] == [1080, 1060]


def written_(tool: Tool, *outlines: Outline) -> str:
    return written(tool, outlines, SLIDE, {})


SAID = Outline(
    class_name="missed tumour",
    shape=ISLAND,
    id="00000000-0000-4000-8000-000000000001",
    name="x1_y1: unsure (Bo & <Ann>)",
    colour=(213, 94, 0),
    is_detection=True,
    measures={"score": 0.25, "gone": float("nan")},
    texts={"verdict": "unsure", "reader": "Bo & <Ann>"},
)


def test_qupath_shows_class_colour_score_and_who_said_what() -> None:
    (feature,) = json.loads(written_(TOOLS["qupath"], SAID))["features"]
    assert feature["id"] == SAID.id
    assert feature["properties"] == {
        "objectType": "detection",
        "name": "x1_y1: unsure (Bo & <Ann>)",
        "classification": {"name": "missed tumour", "color": [213, 94, 0]},
        "measurements": {"score": 0.25},
        "metadata": {"verdict": "unsure", "reader": "Bo & <Ann>"},
    }


def test_qupath_gets_closed_rings_that_turn_as_the_standard_asks() -> None:
    (feature,) = json.loads(written_(TOOLS["qupath"], DRAWN[0]))["features"]
    exterior, hole = feature["geometry"]["coordinates"]
    assert exterior[0] == exterior[-1]
    assert shapely.LinearRing(exterior).is_ccw
    assert not shapely.LinearRing(hole).is_ccw


def test_asap_shows_the_same_in_the_name_and_lists_each_group_once() -> None:
    root = ElementTree.fromstring(written_(TOOLS["asap"], SAID, SAID, DRAWN[-1]))
    first, _, last = root.iter("Annotation")
    assert first.get("Name") == ("x1_y1: unsure (Bo & <Ann>); score: 0.25")
    assert first.get("PartOfGroup") == "missed tumour"
    assert last.get("PartOfGroup") == "None"
    (group,) = root.iter("Group")
    assert (group.get("Name"), group.get("Color")) == ("missed tumour", "#d55e00")


def test_imagescope_shows_the_same_as_text_and_its_colour_counts_red_first() -> None:
    root = ElementTree.fromstring(written_(TOOLS["imagescope"], SAID))
    (layer,) = root.iter("Annotation")
    (region,) = root.iter("Region")
    assert int(layer.get("LineColor", "")) == 213 + 256 * 94
    assert region.get("Text") == SAID.line()
    assert region.get("Area") == "400.0"


def test_facts_stand_in_the_file_and_end_no_comment(tool: Tool) -> None:
    text = written(tool, [SAID], SLIDE, {"run": "a --> b", "split": None})
    assert "a " in text
    assert "split" not in text
    if tool.ending == "xml":
        assert "- -> b" in text
        ElementTree.fromstring(text)


def test_a_colour_of_one_outline_is_its_class(tool: Tool) -> None:
    both = written(tool, [replace(SAID, colour=None), SAID], SLIDE, {})
    one = written(tool, [SAID, SAID], SLIDE, {})
    assert both == one


def test_no_outlines_are_a_file_too(tool: Tool, written: Write) -> None:
    assert again(tool, written).regions == ()
