"""The slide as data: squares, strengths, the outline, the image under them."""

import base64

import cv2
import numpy as np
import pandas as pd
import pytest

from dashboard.charts.slide_map import (
    OVERLAYS,
    SELECTION,
    outcome_of,
    outline,
    picture,
    slide_chart,
    squares,
)  # fmt: skip


@pytest.fixture
def rows():
    return pd.DataFrame(
        {
            "x": [101, 151, 201, 101],
            "y": [51, 51, 51, 101],
            "label": [1, 1, 0, 0],
            "score": np.array([0.9, 0.2, 0.8, 0.1], np.float32),
        }
    )


def test_each_patch_has_its_outcome():
    assert outcome_of([1, 1, 0, 0], [0.5, 0.4, 0.5, 0.4], 0.5).tolist() == ["tp", "fn", "fp", "tn"]


def test_squares_stand_on_the_grid(rows):
    table = squares(rows, 0.5)
    assert table["col"].tolist() == [2, 3, 4, 2]
    assert table["row"].tolist() == [1, 1, 1, 2]
    assert table["outcome"].tolist() == ["found", "missed IDC", "false alarm", "left alone"]


def test_a_higher_threshold_calls_no_more_squares(rows):
    called = [
        squares(rows, threshold)["outcome"].isin(["found", "false alarm"]).sum()
        for threshold in (0.0, 0.15, 0.5, 0.85, 1.0)
    ]
    assert called == sorted(called, reverse=True)
    assert called[0] == 4


def test_missing_tissue_has_no_square(rows):
    spec = slide_chart(squares(rows, 0.5), overlay="outcome", opacity=0.6)
    places = spec["datasets"]["squares"][["col", "row"]]
    assert len(places) == 4
    assert (3, 2) not in set(places.itertuples(index=False, name=None))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_what_is_negative_is_fainter_than_what_is_not(rows, overlay):
    spec = slide_chart(squares(rows, 0.5), overlay=overlay, opacity=0.6)
    strength = spec["datasets"]["squares"]["strength"]
    assert strength.between(0, 0.6).all()
    if overlay == "tissue only":
        assert (strength == 0).all()
    else:
        assert strength.iloc[3] < strength.iloc[0]


def test_a_click_selects_a_place(rows):
    spec = slide_chart(squares(rows, 0.5), overlay="outcome", opacity=0.6)
    assert [param["name"] for param in spec["params"]] == [SELECTION]
    assert spec["params"][0]["select"]["fields"] == ["x", "y"]


def test_the_picked_square_is_outlined(rows):
    table = squares(rows, 0.5)
    picked = slide_chart(table, overlay="label", opacity=1, picked=(151, 51))["datasets"]["picked"]
    assert picked[["x", "y"]].values.tolist() == [[151, 51]]
    nothing = slide_chart(table, overlay="label", opacity=1)["datasets"]["picked"]
    assert nothing.empty


def test_the_outline_of_one_called_square_has_four_sides(rows):
    assert len(outline(squares(rows, 0.85))) == 4


def test_the_outline_of_two_called_neighbours_has_no_line_between_them():
    two = pd.DataFrame({"x": [1, 51], "y": [1, 1], "label": [1, 1], "score": [0.9, 0.9]})
    lines = outline(squares(two, 0.5))
    assert len(lines) == 6
    inner = lines[(lines["col"] == 1) & (lines["right"] == 1)]
    assert inner.empty


def test_moving_the_threshold_leaves_the_specification_as_it_is(rows):
    specs = [
        slide_chart(squares(rows, threshold), overlay="score", opacity=0.6)
        for threshold in (0.15, 0.85)
    ]
    texts = [{k: v for k, v in spec.items() if k != "datasets"} for spec in specs]
    assert texts[0] == texts[1]


def test_the_grid_is_that_of_the_picture_where_more_was_exported_than_scored(rows):
    more = pd.DataFrame({"x": [1, 401], "y": [1, 301]})
    spec = slide_chart(
        squares(rows, 0.5), overlay="outcome", opacity=0.6, tissue="data:", places=more
    )
    middle = spec["datasets"]["tissue"].iloc[0]
    assert (middle["col"], middle["row"]) == (4.5, 3.5)


def test_the_picture_is_transparent_where_nothing_was_exported_and_covers_whole_squares():
    image = np.full((70, 100, 3), (200, 120, 160), np.uint8)  # the last row is cut to 20 px
    present = np.array([[True, False], [True, True]])
    address = picture(image, present)
    coded = np.frombuffer(base64.b64decode(address.split(",")[1]), np.uint8)
    shown = cv2.imdecode(coded, cv2.IMREAD_UNCHANGED)
    assert shown.shape == (100, 100, 4)
    assert (shown[:50, 50:, 3] == 0).all()
    assert (shown[:50, :50, 3] == 255).all()
    assert np.abs(shown[25, 25, :3].astype(int) - [160, 120, 200]).max() < 12
