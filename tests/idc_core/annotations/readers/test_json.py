"""LabelMe, COCO, Darwin, Sectra and HistomicsUI: what only a hand-made file shows."""

import base64
import io
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from shapely import Point

from idc_core.annotations.areas import areas, by_class
from idc_core.annotations.opening import pictures_in, read
from idc_core.annotations.readers.run_lengths import decoded
from idc_core.annotations.region import UNCLASSIFIED, Frame, Picture
from idc_core.io.refusal import Refusal

Write = Callable[[object], Path]
SQUARE = [[0, 0], [10, 0], [10, 10], [0, 10]]


def labelme(*shapes: object) -> dict[str, object]:
    return {"shapes": shapes, "imagePath": "..\\a\\b.jpg", "imageWidth": 40, "imageHeight": None}


@pytest.mark.parametrize(
    ("kind", "points", "area"),
    [
        ("polygon", SQUARE, 100),
        (None, SQUARE, 100),
        ("rectangle", [[10, 20], [0, 0]], 200),
        ("circle", [[5, 5], [5, 9]], 16 * math.pi),
    ],
)
def test_labelme_shapes(written: Write, kind: str | None, points: object, area: float) -> None:
    found = read(written(labelme({"label": "g", "points": points, "shape_type": kind})))
    assert areas(found) == {"g": pytest.approx(area, rel=1e-4)}
    assert (found.frame, found.picture) == (Frame.PICTURE, Picture("b.jpg", 40, None))


def test_a_labelme_mask_lies_at_its_corner(written: Write) -> None:
    packed = io.BytesIO()
    Image.fromarray(np.array([[1, 0], [1, 1]], np.uint8)).save(packed, "PNG")
    shape = {
        "label": "g",
        "points": [[5, 6], [6, 7]],
        "shape_type": "mask",
        "mask": base64.b64encode(packed.getvalue()).decode(),
    }
    found = by_class(read(written(labelme(shape))))["g"]
    assert (found.area, found.bounds) == (3, (5, 6, 7, 8))
    with pytest.raises(Refusal, match="a mask as PNG"):
        read(written(labelme(shape | {"mask": "AAAA"})))


def test_labelme_lines_and_points_are_counted(written: Write) -> None:
    found = read(
        written(labelme(*({"points": SQUARE, "shape_type": k} for k in ("line", "point"))))
    )
    assert found.left_out == {"a line": 1, "a point": 1}


def coco(*objects: dict[str, object], pictures: int = 1) -> dict[str, object]:
    return {
        "images": [
            {"id": n, "file_name": f"folder/slide{n}.JPG", "width": 4, "height": 3}
            for n in range(pictures)
        ],
        "categories": [{"id": 7, "name": "g"}],
        "annotations": [{"id": 1, "image_id": 0, "category_id": 7, **each} for each in objects],
    }


@pytest.mark.parametrize(
    ("fields", "area"),
    [
        ({"segmentation": [[0, 0, 10, 0, 10, 10, 0, 10]]}, 100),
        ({"segmentation": [[0, 0, 10, 0, 10, 10], [20, 0, 30, 0, 30, 10]]}, 100),
        ({"segmentation": [], "bbox": [1, 2, 3, 4]}, 12),
        ({"segmentation": {"size": [3, 4], "counts": [3, 2, 1, 6]}}, 8),
        ({"segmentation": {"size": [3, 4], "counts": "3214"}}, 8),
    ],
)
def test_coco_objects(written: Write, fields: dict[str, object], area: float) -> None:
    found = read(written(coco(fields)))
    assert areas(found) == {"g": area}
    assert found.picture == Picture("slide0.JPG", 4, 3)


def test_run_lengths_go_down_the_columns() -> None:
    found = decoded({"size": [3, 4], "counts": [3, 2, 7]}, "a")
    assert found.tolist() == [[0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]


def test_run_lengths_as_text_are_differences_from_the_fourth_on() -> None:
    """Packed by hand: 3, 2, 5, then 2 - 2 and 8 - 5, with 40 as two letters."""
    assert decoded({"size": [4, 5], "counts": "32503"}, "a").sum() == 4
    assert decoded({"size": [40, 1], "counts": "X1"}, "a").sum() == 0


@pytest.mark.parametrize(
    "packed",
    [
        {"size": [3, 4], "counts": [3, 2]},
        {"size": [3, 4], "counts": [13, -1]},
        {"size": [3], "counts": [3]},
        {"size": [10**6, 10**6], "counts": [10**12]},
        {"size": [3, 4], "counts": None},
        {"size": [3, 4], "counts": "éé"},
    ],
)
def test_run_lengths_that_do_not_fill_the_mask_are_refused(packed: dict[str, object]) -> None:
    with pytest.raises(Refusal, match="mask"):
        decoded(packed, "a")


def test_coco_of_several_pictures_needs_the_name_of_one(written: Write) -> None:
    file = written(coco({"bbox": [0, 0, 1, 1]}, {"image_id": 1, "bbox": [0, 0, 2, 2]}, pictures=3))
    assert pictures_in(file) == ["slide0.JPG", "slide1.JPG", "slide2.JPG"]
    assert areas(read(file, picture="SLIDE1.svs")) == {"g": 4}
    assert read(file, picture="slide2").regions == ()
    with pytest.raises(Refusal, match="one of the 3 pictures"):
        read(file)
    with pytest.raises(Refusal, match="expected slide9 among the 3 pictures"):
        read(file, picture="slide9")


def test_coco_with_an_unknown_category_is_refused(written: Write) -> None:
    with pytest.raises(Refusal, match="a category of the list in annotation 1"):
        read(written(coco({"category_id": 8, "bbox": [0, 0, 1, 1]})))


def darwin(*annotations: object) -> dict[str, object]:
    slot = {"width": 50, "height": 60}
    return {
        "version": "2.0",
        "item": {"name": "a.tif", "slots": [slot]},
        "annotations": annotations,
    }


def path(points: list[list[int]]) -> list[dict[str, int]]:
    return [{"x": x, "y": y} for x, y in points]


def test_darwin_rings_within_rings_are_holes(written: Write) -> None:
    inner = [[2, 2], [4, 2], [4, 4], [2, 4]]
    found = read(
        written(
            darwin(
                {"name": "a", "polygon": {"paths": [path(SQUARE), path(inner)]}},
                {"name": "b", "polygon": {"path": path(SQUARE)}},
                {"name": "c", "bounding_box": {"x": 1, "y": 2, "w": 3, "h": 4}},
                {"name": "d", "keypoint": {"x": 1, "y": 2}},
            )
        )
    )
    assert areas(found) == {"a": 96, "b": 100, "c": 12}
    assert found.left_out == {"a point": 1}
    assert found.picture == Picture("a.tif", 50, 60)


def test_sectra_areas_are_fractions(written: Write) -> None:
    area = {"slideId": "s", "type": "Area", "name": None, "content": path(SQUARE[:3])}
    found = read(written([area, area | {"type": "Length"}]))
    assert (found.frame, found.classes) == (Frame.FRACTION, {UNCLASSIFIED: 1})
    assert found.left_out == {"a line": 1}


def girder(*elements: object) -> dict[str, object]:
    return {"annotation": {"name": "x", "elements": elements}}


@pytest.mark.parametrize(
    ("element", "area"),
    [
        ({"type": "polyline", "closed": True, "points": [[*p, 0] for p in SQUARE]}, 100),
        (
            {
                "type": "polyline",
                "closed": True,
                "points": SQUARE,
                "holes": [[[2, 2], [4, 2], [4, 4], [2, 4]]],
            },
            96,
        ),
        ({"type": "circle", "center": [5, 5, 0], "radius": 2}, 4 * math.pi),
        ({"type": "ellipse", "center": [5, 5, 0], "width": 4, "height": 2}, 2 * math.pi),
        ({"type": "rectangle", "center": [5, 5, 0], "width": 4, "height": 2, "rotation": 1}, 8),
    ],
)
def test_histomicsui_elements(written: Write, element: dict[str, object], area: float) -> None:
    found = read(written(girder(element | {"label": {"value": "g"}, "group": "h"})))
    assert areas(found) == {"g": pytest.approx(area, rel=1e-4)}
    assert read(written([girder(element | {"group": "h"})])).classes == {"h": 1}


def test_a_rectangle_is_turned_from_x_towards_y(written: Write) -> None:
    element = {
        "type": "rectangle",
        "center": [0, 0, 0],
        "width": 4,
        "height": 0.002,
        "rotation": math.pi / 4,
        "group": "h",
    }
    shape = by_class(read(written(girder(element))))["h"]
    assert shape.contains(Point(1, 1))


def test_histomicsui_lines_and_heat_maps_are_counted(written: Write) -> None:
    found = read(
        written(
            girder({"type": "polyline", "closed": False, "points": SQUARE}, {"type": "heatmap"})
        )
    )
    assert found.left_out == {"a line": 1, "a heat map": 1}
