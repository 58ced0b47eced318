from collections.abc import Callable
from pathlib import Path

import pytest

from idc_core.annotations.areas import areas
from idc_core.annotations.opening import read
from idc_core.annotations.region import UNCLASSIFIED, Frame
from idc_core.io.refusal import Refusal

Write = Callable[[object], Path]

SQUARE = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]
HOLE = [[2, 2], [2, 4], [4, 4], [4, 2], [2, 2]]


def feature(geometry: object = None, **fields: object) -> dict[str, object]:
    polygon = {"type": "Polygon", "coordinates": [SQUARE]}
    return {"type": "Feature", "geometry": geometry or polygon, "properties": fields}


@pytest.mark.parametrize(
    "shape",
    [
        lambda one: one,
        lambda one: [one],
        lambda one: {"type": "FeatureCollection", "features": [one]},
        lambda one: [{"type": "FeatureCollection", "features": [one]}],
    ],
    ids=["feature", "list", "collection", "list of collections"],
)
def test_all_shapes_of_file_say_the_same(written: Write, shape: Callable[..., object]) -> None:
    found = read(written(shape(feature(classification={"name": "Tumor"}))))
    assert areas(found) == {"Tumor": 100}
    assert (found.tool, found.frame) == ("QuPath", Frame.SHOWN)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"classification": {"name": "Tumor", "color": [1, 2, 3]}, "name": "mine"}, "Tumor"),
        ({"classification": {"names": ["Tumor", "Positive"]}}, "Tumor: Positive"),
        (
            {"classification": {"name": "Positive", "parentClass": {"name": "Tumor"}}},
            "Tumor: Positive",
        ),
        ({"classification": "Tumor"}, "Tumor"),
        ({"classification": "{'name': 'Tumor'}"}, "Tumor"),
        ({"classification": '{"name": "Tumor"}'}, "Tumor"),
        ({"classification": "{not a dictionary"}, "{not a dictionary"),
        ({"classification": None, "name": "Tumor"}, "Tumor"),
        ({"objectType": "annotation", "name": "Tumor"}, "Tumor"),
        ({"label": {"value": "Tumor"}, "group": "Other"}, "Tumor"),
        ({"label_num": 1, "label_name": "Tumor"}, "Tumor"),
        ({"classification": {"name": "  Tumor  "}}, "Tumor"),
        ({"classification": {"name": "腫瘍"}}, "腫瘍"),
        ({"objectType": "annotation", "isLocked": True}, UNCLASSIFIED),
        ({}, UNCLASSIFIED),
    ],
)
def test_the_class_is_found_in_every_field_that_tools_use(
    written: Write, fields: dict[str, object], name: str
) -> None:
    assert read(written(feature(**fields))).classes == {name: 1}


def test_the_field_that_named_a_class_is_counted(written: Write) -> None:
    found = read(
        written(
            [feature(classification={"name": "a"}), feature(name="b"), feature(color=[1, 2, 3])]
        )
    )
    assert found.named_by == {"classification": 1, "name": 1, "no field": 1}


@pytest.mark.parametrize(
    "fields", [{"objectType": "cell"}, {"objectType": "detection"}, {"object_type": "tile"}]
)
def test_cells_and_detections_are_regions_only_when_asked_for(
    written: Write, fields: dict[str, object]
) -> None:
    file = written([feature(**fields), feature(objectType="annotation", name="a")])
    assert read(file).left_out == {"a cell or detection": 1}
    assert len(read(file, detections=True).regions) == 2


def test_a_cell_of_old_qupath_is_known_by_its_id_and_has_one_outline(written: Write) -> None:
    cell = feature(classification={"name": "Other"}) | {
        "id": "PathCellObject",
        "nucleusGeometry": {"type": "Polygon", "coordinates": [HOLE]},
    }
    assert read(written([cell])).left_out == {"a cell or detection": 1}
    assert areas(read(written([cell]), detections=True)) == {"Other": 100}


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        ({"type": "Point", "coordinates": [1, 2]}, "a point"),
        ({"type": "MultiPoint", "coordinates": [[1, 2]]}, "a point"),
        ({"type": "LineString", "coordinates": SQUARE}, "a line"),
        ({"type": "MultiLineString", "coordinates": [SQUARE]}, "a line"),
        ({"type": "Polygon", "coordinates": []}, "an object without a geometry"),
        ({"type": "Polygon", "coordinates": [[]]}, "an object without a geometry"),
        ({"type": "MultiPolygon", "coordinates": []}, "an object without a geometry"),
        ({"type": "GeometryCollection", "geometries": []}, "an object without a geometry"),
        (
            {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
            "an outline of fewer than 3 points",
        ),
        ({"type": "Polygon", "coordinates": [[[0, 0]] * 5]}, "an outline without an area"),
        (
            {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 2]]]},
            "an outline without an area",
        ),
    ],
)
def test_what_has_no_area_is_left_out_and_counted(
    written: Write, geometry: object, reason: str
) -> None:
    found = read(written(feature(geometry, name="a")))
    assert (found.regions, found.left_out) == ((), {reason: 1})


def test_a_feature_whose_geometry_is_null_is_counted(written: Write) -> None:
    nothing = {"type": "Feature", "geometry": None, "properties": None}
    assert read(written([nothing])).left_out == {"an object without a geometry": 1}


def test_holes_are_cut_out_also_of_parts(written: Write) -> None:
    far = [[x + 20, y] for x, y in SQUARE]
    found = read(written(feature({"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [far]]})))
    assert found.holes == 1
    assert areas(found) == {UNCLASSIFIED: 96 + 100}


def test_a_hole_that_leaves_the_outline_takes_only_what_is_within(written: Write) -> None:
    over = [[8, 2], [8, 4], [12, 4], [12, 2], [8, 2]]
    found = read(written(feature({"type": "Polygon", "coordinates": [SQUARE, over]})))
    assert areas(found) == {UNCLASSIFIED: 96}
    assert found.repaired == 1


def test_parts_that_overlap_count_once(written: Write) -> None:
    moved = [[x + 5, y] for x, y in SQUARE]
    found = read(written(feature({"type": "MultiPolygon", "coordinates": [[SQUARE], [moved]]})))
    assert areas(found) == {UNCLASSIFIED: 150}
    assert found.repaired == 1


@pytest.mark.parametrize("ring", [SQUARE, SQUARE[:-1], [*SQUARE[:3], *SQUARE[2:]], SQUARE[::-1]])
def test_rings_may_be_open_closed_repeated_or_turned(written: Write, ring: object) -> None:
    found = read(written(feature({"type": "Polygon", "coordinates": [ring]})))
    assert areas(found) == {UNCLASSIFIED: 100}
    assert found.repaired == 0


def test_an_outline_that_crosses_itself_is_repaired_and_counted(written: Write) -> None:
    bow = [[0, 0], [10, 10], [10, 0], [0, 10]]
    found = read(written(feature({"type": "Polygon", "coordinates": [bow]})))
    assert (areas(found), found.repaired) == ({UNCLASSIFIED: 50}, 1)


def test_heights_are_left_out(written: Write) -> None:
    ring = [[x, y, 0] for x, y in SQUARE]
    assert areas(read(written(feature({"type": "Polygon", "coordinates": [ring]}))))


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        ({"type": "Polygon", "coordinates": SQUARE}, "one bracket too few"),
        ({"type": "MultiPolygon", "coordinates": [SQUARE]}, "one bracket too few"),
        (
            {"type": "Polygon", "coordinates": [[["a", "b"], [1, 2], [3, 4]]]},
            "points of two numbers",
        ),
        ({"type": "Polygon", "coordinates": [[[0], [1, 2], [3, 4]]]}, "points of two numbers"),
        ({"type": "Polygon", "coordinates": [[[None, 0], [1, 2], [3, 4]]]}, "expected"),
        (
            {"type": "Polygon", "coordinates": [[[1e300, 0], [1, 2], [3, 4]]]},
            "at most 1,000,000,000",
        ),
        ({"type": "Circle"}, "a geometry of GeoJSON"),
        ({"type": "Polygon"}, "a list of coordinates"),
        ("POLYGON ((0 0))", "a geometry of GeoJSON"),
    ],
)
def test_malformed_geometry_is_refused_with_the_feature(
    written: Write, geometry: object, said: str
) -> None:
    with pytest.raises(Refusal, match=said) as refusal:
        read(written([feature(name="fine"), feature(geometry, name="bad")]))
    assert "feature 2" in str(refusal.value)


def test_a_number_that_is_none_is_refused(written: Write) -> None:
    text = '{"type": "Polygon", "coordinates": [[[NaN, 0], [1, 2], [3, 4]]]}'
    with pytest.raises(Refusal, match="NaN is no number"):
        read(written(text))


def test_geojson_of_other_tools_starts_at_the_whole_slide(written: Write) -> None:
    assert read(written(feature(label="Tumor"))).frame is Frame.CANVAS
