"""The diagram of a data set: every count in it, nothing from a name taken for markup."""

import xml.etree.ElementTree as ET

from dashboard.views.data.flow_chart import Split, Step, flow_svg

STEPS = [Step("Files found", "10 in <b>x</b>", ["Not taken: 3"]), Step("Patients", "4")]
SPLITS = [Split("train", ["2 patients"]), Split("validation", ["1 patient"]), Split("test", ["1"])]


def texts(svg):
    return [node.text for node in ET.fromstring(svg).iter() if node.tag.endswith("text")]


def test_every_box_and_every_split_is_there_with_its_counts():
    assert texts(flow_svg(STEPS, SPLITS, "#000000")) == [
        "Files found",
        "10 in <b>x</b>",
        "Not taken: 3",
        "Patients",
        "4",
        "Train",
        "2 patients",
        "Validation",
        "1 patient",
        "Test",
        "1",
    ]


def test_a_line_too_long_for_its_box_goes_on_in_the_next_one():
    steps = [Step("Patches", "9", ["Kept, and padded with white: 199 edge patches"])]
    assert texts(flow_svg(steps, [], "#000000"))[2:] == [
        "Kept, and padded with white: 199",
        "edge patches",
    ]


def test_nothing_is_drawn_outside_the_picture():
    root = ET.fromstring(flow_svg(STEPS, SPLITS, "#000000"))
    wide, high = float(root.get("width")), float(root.get("height"))
    for box in (node for node in root.iter() if node.tag.endswith("rect")):
        x, y, w, h = (float(box.get(name)) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= wide - w
        assert 0 <= y <= high - h


def test_the_ink_is_the_pages():
    svg = flow_svg(STEPS, SPLITS, "#123456")
    assert "#123456" in svg
    assert "currentColor" not in svg


def test_a_line_joins_several_splits_and_one_split_needs_none():
    def lines(splits):
        return flow_svg(STEPS, SPLITS[:splits], "#000000").count("<line ")

    # each split has an arrow; the line that joins them comes with the second
    assert [lines(2) - lines(1), lines(3) - lines(2)] == [2, 1]
