"""Inline SVG: what is drawn lies where the numbers say."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from idc_core.export.report.drawing import Frame, Line, confusion_matrix, line_chart, ticks
from idc_core.export.report.network import A_ROW, boxes, draw_network
from idc_core.metrics.confusion import Confusion
from idc_core.score.scoring import Layer


def points(drawing: str) -> list[list[tuple[float, float]]]:
    return [
        [(float(x), float(y)) for x, y in (pair.split(",") for pair in line.split())]
        for line in re.findall(r'points="([^"]*)"', drawing)
    ]


def test_a_line_runs_from_corner_to_corner_of_its_frame() -> None:
    frame = Frame("across", "up", x=(1, 3), y=(10, 20))
    (drawn,) = points(line_chart([Line("rising", [1, 3], [10, 20])], frame, title="A rise"))
    left, right = drawn
    assert left == (frame.across(1), frame.down(10))
    assert right == (frame.across(3), frame.down(20))
    assert right[0] > left[0]
    assert right[1] < left[1]  # y grows downwards in a drawing


def test_a_value_that_is_unknown_breaks_the_line() -> None:
    line = Line("gap", [0, 0.2, 0.4, 0.6], [0.1, np.nan, 0.3, 0.4])
    assert [len(piece) for piece in points(line_chart([line], Frame("x", "y"), title=""))] == [2, 2]


def test_an_axis_of_one_value_is_drawn_and_not_divided_by_zero() -> None:
    drawn = line_chart(
        [Line("flat", [1], [0.5])], Frame("epoch", "loss", (1, 1), (0.4, 0.6)), title=""
    )
    assert "nan" not in drawn


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (1, 30), (0.61, 0.93), (-3, 4), (0.38, 0.3801), (0, 1e5), (1, 2)]
)
def test_ticks_are_few_round_and_inside(low: float, high: float) -> None:
    found = ticks(low, high)
    assert 3 <= len(found) <= 11
    assert low - 1e-9 <= found[0]
    assert found[-1] <= high + 1e-9


def test_the_matrix_lies_as_the_dashboard_lays_it() -> None:
    drawn = ElementTree.fromstring(confusion_matrix(Confusion(tn=1111, fp=22, fn=33, tp=44)))
    big = {
        text.text: (float(text.get("x", 0)), float(text.get("y", 0)))
        for text in drawn.iter("text")
        if text.get("class") == "big"
    }
    assert set(big) == {"1,111", "22", "33", "44"}
    assert big["44"][1] == big["33"][1] < big["22"][1] == big["1,111"][1]
    assert big["44"][0] == big["22"][0] < big["33"][0] == big["1,111"][0]


def test_a_matrix_without_idc_shows_a_dash_for_the_share() -> None:
    assert "– % of row" in confusion_matrix(Confusion(tn=5, fp=0, fn=0, tp=0))


def test_the_network_has_a_box_a_layer_that_changes_something() -> None:
    layers = [Layer("scale", "Rescaling", (50, 50, 3), 0)]
    for number in range(A_ROW):
        layers += [
            Layer(f"conv{number}", "Conv2D", (25, 25, 8), 10),
            Layer(f"norm{number}", "BatchNormalization", (25, 25, 8), 4),
            Layer(f"relu{number}", "ReLU", (25, 25, 8), 0),
        ]
    gathered = boxes(layers)
    assert [box.name for box in gathered] == ["scale", *(f"conv{n}" for n in range(A_ROW))]
    assert gathered[1].does == "Conv2D + norm + ReLU"
    assert gathered[1].parameters == 14
    drawn = ElementTree.fromstring(draw_network(layers))
    assert sum(rect.get("class") == "box" for rect in drawn.iter("rect")) == A_ROW + 1
    assert sum(path.get("marker-end") is not None for path in drawn.iter("path")) == A_ROW


def test_a_layer_cannot_break_out_of_its_box() -> None:
    drawn = draw_network([Layer("</text><script>", "<b>", (1,), 0)])
    assert "<script" not in drawn
    assert "<b>" not in drawn
