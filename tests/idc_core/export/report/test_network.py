"""The network as boxes: one per layer that changes something, joined by arrows."""

from xml.etree import ElementTree

from idc_core.export.report.network import A_ROW, boxes, draw_network, standalone
from idc_core.score.scoring import Layer


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
    drawn = ElementTree.fromstring(f"<svg>{draw_network(layers).content}</svg>")
    assert sum(rect.get("class") == "box" for rect in drawn.iter("rect")) == A_ROW + 1
    assert sum(path.get("marker-end") is not None for path in drawn.iter("path")) == A_ROW


def test_a_layer_cannot_break_out_of_its_box() -> None:
    drawn = standalone([Layer("</text><script>", "<b>", (1,), 0)], {})
    ElementTree.fromstring(drawn)
    assert "<script" not in drawn
    assert "<b>" not in drawn
