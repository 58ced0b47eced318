from collections.abc import Callable
from pathlib import Path

import pytest

from idc_core.annotations.areas import areas, by_class
from idc_core.annotations.opening import read
from idc_core.annotations.region import UNCLASSIFIED, Frame
from idc_core.io.refusal import Refusal

Write = Callable[[object], Path]


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("x_coord,y_coord,xy_extent\n5,6,10\n25,6,10\n", {UNCLASSIFIED: 200}),
        ("X;Y;Width;Height;Class\n5;6;10;20;a\n5;6;1;1;b\n", {"a": 200, "b": 1}),
        ("xmin,ymin,xmax,ymax,label\n5,6,15,26,a\n9,9,19,29,a\n", {"a": 400 - 6 * 17}),
    ],
)
def test_boxes_are_read_by_the_names_of_their_columns(
    written: Write, text: str, area: dict[str, float]
) -> None:
    found = read(written(text))
    assert areas(found) == area
    assert found.frame is Frame.CANVAS


def test_rows_of_one_polygon_are_its_points_in_order(written: Write) -> None:
    rows = [
        "polygon,label,x,y",
        *(
            f"{n},a,{x + 20 * n},{y}"
            for n in (1, 2)
            for x, y in ((0, 0), (10, 0), (10, 10), (0, 10))
        ),
    ]
    found = read(written("\n".join(rows)))
    assert areas(found) == {"a": 200}
    assert by_class(found)["a"].bounds == (20, 0, 50, 10)


def test_polygons_that_no_column_tells_apart_are_refused(written: Write) -> None:
    rows = [f"a,{x + far},{y}" for far in (0, 50) for x, y in ((0, 0), (10, 0), (10, 10), (0, 10))]
    with pytest.raises(Refusal, match="a column that tells polygons apart"):
        read(written("label,x,y\n" + "\n".join(rows)))
    assert areas(read(written("label,x,y\n" + "\n".join(rows[:4])))) == {"a": 100}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Image,Centroid X µm,Centroid Y µm\na,5,6\n", "expected columns x and y"),
        ("x,y,extent\n5,,10\n", "a number as y in row 1"),
        ("x,y,extent\n5,6,0\n", "a width and a height above 0 in row 1"),
        ("x,y,extent\n5,6,1e12\n", "at most 1,000,000,000"),
        ("class,x,y\n", "the table has no row"),
    ],
)
def test_tables_without_boxes_are_refused(written: Write, text: str, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        read(written(text))
