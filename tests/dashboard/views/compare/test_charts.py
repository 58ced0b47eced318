"""Two models in pictures, as data: differences, cells and curves."""

import numpy as np
import pytest

from dashboard.views.compare import charts
from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.curves import Ranked
from idc_core.metrics.paired import BROKEN, CELLS, FIXED, Paired
from idc_core.metrics.uncertainty import Interval
from idc_core.records.raster import USUAL, Raster

COUNTS = np.array([2012, 132, 51, 366, 172, 42, 103, 909])
NAN = float("nan")


def paired(value: float, low: float, high: float) -> Paired:
    return Paired(
        Interval(0.8, 0.7, 0.9), Interval(0.8 + value, 0.7, 0.9), Interval(value, low, high)
    )


def test_every_cell_has_its_place_words_and_count():
    table = charts.cell_table(COUNTS, USUAL).set_index("cell")
    assert set(table.index) == set(CELLS)
    assert table["patches"].sum() == COUNTS.sum()
    assert table.loc["fixed_idc", ["label", "column", "patches"]].tolist() == ["IDC", "B fixes", 42]
    assert table.loc["broken_no_idc", "what"] == "false alarm in B only"
    assert table.loc["both_found", "of"] == "74.1 % of IDC"
    assert not table.duplicated(["label", "column"]).any()


@pytest.mark.parametrize(("names", "column"), [(FIXED, "B fixes"), (BROKEN, "B breaks")])
def test_fixed_and_broken_stand_in_their_columns(names, column):
    table = charts.cell_table(COUNTS, USUAL)
    assert set(table.loc[table["column"] == column, "cell"]) == set(names)
    assert table.loc[table["column"] == column, "moved"].all()


def test_the_colour_is_the_outcome_of_b():
    table = charts.cell_table(COUNTS, USUAL).set_index("cell")
    for name in CELLS:
        number = CELLS.index(name)
        label, call = number // 4, number % 2
        words = {
            (1, 1): "IDC found",
            (1, 0): "missed IDC",
            (0, 1): "false alarm",
            (0, 0): "true negative",
        }
        assert table.loc[name, "outcome"] == words[label, call]


def test_a_share_of_no_patch_is_a_dash():
    table = charts.cell_table(np.array([5, 0, 0, 0, 0, 0, 0, 0]), USUAL).set_index("cell")
    assert table.loc["both_found", "of"] == "– (no IDC)"


def test_a_click_selects_a_cell_and_the_picked_one_is_marked():
    spec = charts.cell_chart(charts.cell_table(COUNTS, USUAL), USUAL, "fixed_idc")
    assert [param["name"] for param in spec["params"]] == [charts.SELECTION]
    assert spec["params"][0]["select"]["fields"] == ["cell"]
    cells = spec["datasets"]["cells"].set_index("cell")
    assert cells.index[cells["picked"]].tolist() == ["fixed_idc"]


def test_differences_are_in_points_and_say_whether_zero_is_in_them():
    table = charts.difference_table(
        {
            "specificity": paired(-0.032, -0.053, -0.013),
            "sensitivity": paired(0.05, -0.03, 0.13),
            "npv": paired(NAN, NAN, NAN),
            "brier": paired(0.02, 0.01, 0.03),
        }
    ).set_index("metric")
    assert list(table.index) == ["Sensitivity", "Specificity"]
    assert table.loc["Specificity", ["difference", "low", "high"]].tolist() == pytest.approx(
        [-3.2, -5.3, -1.3]
    )
    assert table["says"].tolist() == ["interval includes 0", "interval excludes 0"]


def test_figures_of_which_less_is_better_are_not_on_the_common_axis():
    assert not {"brier", "ece"} & set(charts.shown())
    assert set(charts.shown()) <= set(METRICS)


def test_the_chart_of_differences_holds_its_table_and_the_line_of_none():
    table = charts.difference_table({"sensitivity": paired(0.05, -0.03, 0.13)})
    spec = charts.difference_chart(table)
    assert len(spec["datasets"]["figures"]) == 1
    assert spec["datasets"]["zero"]["zero"].tolist() == [0.0]


def test_both_curves_and_both_points_are_drawn():
    labels = [0, 0, 1, 1]
    curves = {
        "A one": Ranked(labels, [0.1, 0.4, 0.35, 0.8]).curve,
        "B two": Ranked(labels, [0.1, 0.2, 0.3, 0.4]).curve,
    }
    table = charts.roc_table(curves)
    assert table["threshold"].max() <= 1
    assert set(table["run"]) == set(curves)
    assert table.groupby("run")["found"].max().tolist() == [1.0, 1.0]
    at = Confusion(tn=1, fp=1, fn=0, tp=2)
    spec = charts.roc_chart(table, {"A one": (at, 0.35), "B two": (at, 0.2)}, USUAL)
    now = spec["datasets"]["now"]
    assert now[["alarms", "found"]].to_numpy().tolist() == [[0.5, 1.0]] * 2
    assert now["threshold"].tolist() == [0.35, 0.2]


def test_a_point_that_is_not_defined_is_left_out():
    at = Confusion(tn=1, fp=1, fn=0, tp=0)
    table = charts.roc_table({"A": Ranked([0, 1], [0.1, 0.4]).curve})
    assert charts.roc_chart(table, {"A": (at, 0.35)}, USUAL)["datasets"]["now"].empty


def test_the_words_of_a_cell_fit_into_it():
    """Seen at 1280 px: 21 letters fit into a cell, 22 ran over its neighbours."""
    assert max(map(len, charts.CELL_WORDS.values())) <= 21
    assert charts.CELL_WORDS["fixed_idc"] == "found by B only"
    assert charts.CELL_WORDS["broken_idc"] == "found by A only"


def test_labels_outcomes_and_axes_are_named_as_the_store_names_its_classes():
    raster = Raster(positive="tumour", negative="stroma")
    table = charts.cell_table(COUNTS, raster).set_index("cell")
    assert table.loc["both_found", "of"] == "74.1 % of tumour"
    assert table.loc["broken_no_idc", ["label", "outcome"]].tolist() == ["stroma", "false alarm"]
    assert table.loc["broken_idc", "outcome"] == "missed tumour"
    square = charts.cell_chart(table.reset_index(), raster)["layer"][1]["encoding"]
    assert square["y"]["sort"] == ["tumour", "stroma"]
    assert square["color"]["scale"]["domain"][:2] == ["tumour found", "missed tumour"]
    at = Confusion(tn=1, fp=1, fn=0, tp=2)
    curves = charts.roc_table({"A": Ranked([0, 1], [0.1, 0.4]).curve})
    drawn = charts.roc_chart(curves, {"A": (at, 0.35)}, raster)["layer"][1]["encoding"]
    assert drawn["y"]["title"] == "share of tumour found (sensitivity)"
