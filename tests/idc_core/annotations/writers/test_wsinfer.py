import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from shapely import box

from idc_core.annotations.opening import read
from idc_core.annotations.region import UNCLASSIFIED
from idc_core.annotations.writers import wsinfer
from idc_core.annotations.writers.outline import Outline
from idc_core.io.refusal import Refusal

Write = Callable[[object], Path]


def square(left: float, tumour: float, **more: object) -> Outline:
    chances = {"stroma": 1 - tumour, "tumour": tumour}
    shape = box(left, 10, left + 224.5, 234.5)
    return Outline(class_name="any", shape=shape, chances=chances, **more)  # type: ignore[arg-type]


SQUARES = [
    square(0, 0.25),
    square(224.5, 0.75, texts={"reader": "=Bo"}, measures={"score": 0.75}),
    square(500, float("nan")),
]


def test_places_probabilities_texts_and_facts_have_a_column_each() -> None:
    table = pd.read_csv(io.StringIO(wsinfer.write(SQUARES, {"export_run": "first"})))
    assert list(table) == [
        *("minx", "miny", "width", "height", "prob_stroma", "prob_tumour"),
        *("class", "score", "reader", "export_run"),
    ]
    assert table["minx"].tolist() == [0, 224.5, 500]
    assert table["width"].tolist() == [224.5] * 3
    assert table["prob_tumour"].tolist()[:2] == [0.25, 0.75]
    assert table["reader"].tolist()[1] == "'=Bo"
    assert set(table["export_run"]) == {"first"}


def test_the_boxes_come_back_with_their_class(written: Write) -> None:
    found = read(written(wsinfer.write(SQUARES, {})))
    assert [region.class_name for region in found.regions] == ["any"] * 3
    for region, outline in zip(found.regions, SQUARES, strict=True):
        assert region.shape.equals(outline.shape)


def test_of_a_table_of_wsinfers_own_the_most_probable_class_is_taken(written: Write) -> None:
    table = pd.read_csv(io.StringIO(wsinfer.write(SQUARES, {})))
    found = read(written(table.iloc[:, :6].to_csv(index=False)))
    assert [region.class_name for region in found.regions] == ["stroma", "tumour", UNCLASSIFIED]


def test_what_is_no_box_or_has_no_probability_is_refused() -> None:
    round_one = Outline(class_name="a", shape=box(0, 0, 9, 9).buffer(2), chances={"a": 1})
    with pytest.raises(Refusal, match="expected upright rectangles for WSInfer's table"):
        wsinfer.write([round_one], {})
    with pytest.raises(Refusal, match="expected squares with a probability"):
        wsinfer.write([Outline(class_name="a", shape=box(0, 0, 9, 9))], {})
