"""The charts of slices hold what was judged, and say what is undefined or too small."""

from xml.etree import ElementTree

import numpy as np
import pytest

from dashboard.charts.printed import printed, svg
from dashboard.views.failures.subgroups.charts import (
    STATES,
    apart,
    grid_chart,
    grid_table,
    slices_chart,
    slices_table,
)
from idc_core.evaluate.slices.attributes import Attribute
from idc_core.evaluate.slices.table import Slice
from idc_core.metrics.uncertainty import Interval

NAN = float("nan")
NOTHING = Interval(NAN, NAN, NAN)


def made(title, value, figure=0.8, **changed):
    found = Interval(figure, figure - 0.1, figure + 0.1) if figure == figure else NOTHING
    given = {
        "attribute": title.lower(),
        "title": title,
        "value": value,
        "label": f"{value} (x)",
        "patches": 1900,
        "patients": 30,
        "idc": 300,
        "counted_patches": 300,
        "counted_patients": 30,
        "metric": "f1",
        "figure": found,
        "difference": NOTHING,
        "rates": {},
    }
    return Slice(**given | changed)


SLICES = [
    made("White", "low", 0.5),
    made("White", "high"),
    made("Edge", "cut off", NAN),
    made("Edge", "full", 0.9, counted_patients=4),
]


def test_each_attribute_has_a_heading_and_its_slices_in_order():
    table = slices_table(SLICES)
    assert table["row"].tolist() == [
        "White|",
        "White|low (x)",
        "White|high (x)",
        "Edge|",
        "Edge|cut off (x)",
        "Edge|full (x)",
    ]
    assert table["at"].tolist() == list(range(6))


def test_states_say_weakest_small_and_of_other_patients():
    table = slices_table(SLICES, [made("Split", "train")], "white:low", "white:high")
    states = dict(zip(table["row"], table["state"], strict=True))
    assert states["White|low (x)"] == STATES["weakest"][0]
    assert states["White|high (x)"] == STATES["judged"][0]
    assert states["Edge|full (x)"] == STATES["small"][0]
    assert states["Split|train (x)"] == STATES["split"][0]
    assert table.loc[table["picked"], "row"].tolist() == ["White|high (x)"]


def test_n_stands_beside_every_slice_and_undefined_is_said():
    table = slices_table(SLICES).set_index("row")
    assert table.loc["White|low (x)", "said"] == "1,900 · 30"
    assert table.loc["Edge|cut off (x)", "said"] == "1,900 · 30 · not defined"
    assert table.loc["Edge|cut off (x)", "figure"] == "– not defined"


def test_the_drawn_dots_are_the_defined_slices_only():
    spec = slices_chart(slices_table(SLICES), SLICES[1])
    assert spec["datasets"]["known"]["row"].tolist() == [
        "White|low (x)",
        "White|high (x)",
        "Edge|full (x)",
    ]
    assert spec["datasets"]["whole"]["value"].tolist() == [0.8]


def test_every_field_of_the_specification_is_in_its_tables():
    spec = slices_chart(slices_table(SLICES), SLICES[1])
    fields = {
        channel["field"]
        for layer in spec["layer"]
        for channel in layer["encoding"].values()
        if isinstance(channel, dict) and "field" in channel
    }
    columns = {name for table in spec["datasets"].values() for name in table.columns}
    assert fields <= columns


def test_few_rows_are_as_far_apart_as_many():
    """Legend and axis are part of the height: without room of their own they squeezed few rows."""
    heights = {}
    for count in (2, 4):
        table = slices_table(SLICES[:count])
        heights[len(table)] = slices_chart(table, SLICES[1])["height"]
    (few, low), (many, high) = sorted(heights.items())
    assert high - low == 23 * (many - few)
    assert low - 23 * few == 100


def test_a_moved_threshold_keeps_the_specification():
    one = slices_chart(slices_table(SLICES), SLICES[1])
    other = slices_chart(slices_table(SLICES[::-1][::-1], weakest="white:low"), SLICES[0])
    drop = lambda spec: {name: part for name, part in spec.items() if name != "datasets"}  # noqa: E731
    assert drop(one) == drop(other)


def test_a_difference_carries_its_signs():
    assert apart(Interval(0.1, -0.05, 0.25)) == "+0.10 [−0.05 to +0.25]"
    assert apart(NOTHING) == "– not defined"


@pytest.fixture
def two():
    a = Attribute("a", "A", ("low", "high"), np.int8([]), "")
    b = Attribute("b", "B", ("no", "yes"), np.int8([]), "", ("< 1", "≥ 1"))
    return a, b


def test_the_grid_has_a_cell_for_every_pair(two):
    slices = [made("A × B", "low, no", 0.3), made("A × B", "high, yes", 0.9, counted_patients=1)]
    cells = grid_table(slices, *two).set_index(["a", "b"])
    assert len(cells) == 4
    assert cells.loc[("low", "no (< 1)"), "said"] == "0.30"
    assert cells.loc[("low", "no (< 1)"), "state"] == "judged"
    assert cells.loc[("high", "yes (≥ 1)"), "state"] == "small"
    assert cells.loc[("low", "yes (≥ 1)"), "n"] == "no patch"


def test_only_judged_cells_are_coloured(two):
    slices = [made("A × B", "low, no", 0.3), made("A × B", "high, no", NAN)]
    spec = grid_chart(grid_table(slices, *two), *two, "f1")
    assert spec["datasets"]["judged"]["a"].tolist() == ["low"]
    assert len(spec["datasets"]["cells"]) == 4


def test_a_title_with_a_bar_in_it_stands_whole_above_its_values():
    """A class may be called so, and the title of an attribute holds the name of a class."""
    only = made("Share of a|b", "low")
    spec = printed(slices_chart(slices_table([only]), only), width=470)
    texts = {each.text for each in ElementTree.fromstring(svg(spec)).iter() if each.text}
    assert {"Share of a|b", "low (x)"} <= texts
