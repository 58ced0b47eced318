"""The tab Subgroups, driven."""

import re

import numpy as np
import pandas as pd
import pytest

from dashboard.widgets import slice_pixels
from idc_core.runs.run import open_run

LACKING = [("sensitivity", 0), ("specificity", 1), ("f1", 0), ("roc_auc", 1)]
"""A figure, and the one class without which it is not defined."""


def widget(page, kind, key):
    return next(each for each in getattr(page.at, kind) if each.key == key)


def slices_drawn(page):
    """The rows of the chart that was sent, by key."""
    import pyarrow as pa

    charts = [chart for chart in page.at.get("vega_lite_chart") if "slices_" in chart.proto.id]
    proto = next(chart.proto for chart in charts if "slices_grid" not in chart.proto.id)
    data = next(each for each in proto.datasets if each.name == "slices")
    table = pa.ipc.open_stream(data.data.data).read_pandas()
    return table.dropna(subset=["key"]).set_index("key")


def of_split(drawn):
    """Without the other splits, which are drawn below."""
    return drawn[~drawn.index.str.startswith("split:")]


def test_the_page_measures_a_small_store_and_shows_every_attribute(own_run, app):
    page = app().open("failures/subgroups")
    assert not page.failed
    attributes = {key.partition(":")[0] for key in slices_drawn(page).index}
    assert attributes == {
        "burden",
        "place",
        "edge",
        "white",
        "brightness",
        "saturation",
        "haematoxylin",
        "eosin",
        "split",
    }
    assert list((own_run / "analysis").glob("*.parquet"))


def test_figures_are_those_of_the_predictions(own_run, app):
    page = app(threshold="0.4", metric="sensitivity").open(
        "failures/subgroups", threshold="0.4", metric="sensitivity"
    )
    rows = open_run(own_run).predictions()
    rows = rows[rows["split"] == "test"]
    share = rows.groupby("patient")["label"].transform("mean")
    own = rows[(share > 0.3) & (share <= 0.6) & (rows["label"] == 1)]
    found = slices_drawn(page).loc["burden:30–60 %", "value"]
    assert found == pytest.approx((own["score"] >= 0.4).mean())


def test_a_move_of_the_threshold_moves_the_slices(own_run, app):
    page = app(threshold="0.2").open("failures/subgroups", metric="sensitivity")
    low = slices_drawn(page)["value"]
    page.move_threshold(0.8)
    assert (slices_drawn(page)["value"] < low).any()
    assert not (slices_drawn(page)["value"] > low).any()


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["specificity", "roc_auc"])
def test_every_figure_can_be_compared_by(own_run, app, metric):
    page = app().open("failures/subgroups", metric="f1" if metric != "f1" else "sensitivity")
    page.at.segmented_control(key="slices_metric").set_value(metric).run()
    assert not page.failed
    assert page.query["metric"] == metric
    again = app(metric=metric).open("failures/subgroups", metric=metric)
    assert slices_drawn(again)["value"].equals(slices_drawn(page)["value"])


def test_an_opened_slice_shows_exactly_its_misses_and_stands_in_the_address(own_run, app):
    page = app(threshold="0.6").open("failures/subgroups", slice="edge:full 50×50")
    widget(page, "selectbox", "slice_open").select("Patient's share of IDC: 30–60 %").run()
    assert page.query["slice"] == "burden:30–60 %"
    rows = open_run(own_run).predictions()
    rows = rows[rows["split"] == "test"]
    share = rows.groupby("patient")["label"].transform("mean")
    own = rows[(share > 0.3) & (share <= 0.6)]
    missed = int(((own["label"] == 1) & (own["score"] < 0.6)).sum())
    alarms = int(((own["label"] == 0) & (own["score"] >= 0.6)).sum())
    headings = [heading.value for heading in page.at.header]
    assert f"Missed IDC in this subgroup: {missed} patches, most confident first" in headings
    page.at.segmented_control(key="slices_errors").set_value("fp").run()
    headings = [heading.value for heading in page.at.header]
    assert f"False alarms in this subgroup: {alarms} patches, most confident first" in headings
    assert page.query["errors"] == "fp"


def test_a_patient_of_the_slice_is_a_click_away(own_run, app):
    page = app(threshold="0.6").open("failures/subgroups", slice="burden:30–60 %")
    button = widget(page, "button", "slice_patient_0")
    patient = button.label.partition(":")[0]
    button.click().run()
    assert page.title == "Patients"
    assert page.query["patient"] == patient


def test_two_attributes_are_crossed_as_chosen(own_run, app):
    page = app().open("failures/subgroups")
    widget(page, "selectbox", "slices_rows").select("White share").run()
    widget(page, "selectbox", "slices_columns").select("Size of the patch").run()
    assert (page.query["rows"], page.query["columns"]) == ("white", "edge")
    said = [chart.proto.alt for chart in page.at.get("vega_lite_chart")]
    assert "Balanced accuracy for each value of White share and Size of the patch" in said
    widget(page, "selectbox", "slices_rows").select("Size of the patch").run()
    assert widget(page, "selectbox", "slices_columns").value != "edge"


def test_a_strange_address_is_answered_with_what_there_is(own_run, app):
    page = app().open(
        "failures/subgroups", metric="magic", slice="x:y", rows="?", columns="?", errors="tn"
    )
    assert not page.failed
    assert widget(page, "selectbox", "slice_open").value in slices_drawn(page).index


@pytest.mark.slow
def test_choices_survive_a_change_of_page(own_run, app):
    page = app().open("failures/subgroups")
    page.at.segmented_control(key="slices_metric").set_value("f1").run()
    page.open("operating-point/threshold")
    for name in ("metric",):
        del page.at.query_params[name]
    page.open("failures/subgroups")
    assert page.at.segmented_control(key="slices_metric").value == "f1"


def test_an_imported_run_says_what_is_missing_and_the_command(imported_run, app):
    page = app().open("failures/subgroups")
    assert not page.failed
    assert "Not shown: white share, brightness" in page.text.replace("\\", "")
    assert "python train_cli.py prepare SOURCE" in page.text
    assert {key.partition(":")[0] for key in slices_drawn(page).index} == {
        "burden",
        "place",
        "split",
    }


def test_without_pixels_the_command_that_makes_them_is_named(no_pixels, app):
    page = app().open("failures/subgroups")
    assert not page.failed
    assert "python train_cli.py prepare SOURCE --name tiny" in page.text
    assert "edge:full 50×50" in slices_drawn(page).index


def test_a_table_that_was_kept_serves_without_pixels(own_world, own_run, app):
    app().open("failures/subgroups")
    (own_world / "data" / "tiny" / "patches.npy").unlink()
    page = app().open("failures/subgroups")
    assert "eosin:highest quarter" in slices_drawn(page).index
    assert "Not shown" not in page.text


def test_a_large_store_is_measured_when_the_button_says_so(own_run, app, monkeypatch):
    monkeypatch.setattr(slice_pixels, "AT_ONCE", 10)
    page = app().open("failures/subgroups")
    assert "Not shown until the pixels are measured" in page.text
    widget(page, "button", "measure_pixels").click().run()
    assert not page.failed
    assert "white:up to 5 %" in slices_drawn(page).index
    assert not [each for each in page.at.button if each.key == "measure_pixels"]


def one_class(run, label):
    rows = pd.read_parquet(run / "predictions.parquet")
    test = rows["split"] == "test"
    rows.loc[test, "label"] = np.int8(label)
    rows.to_parquet(run / "predictions.parquet", index=False)


@pytest.mark.slow
@pytest.mark.parametrize(("metric", "label"), LACKING)
def test_one_class_is_said_to_be_undefined_not_drawn_as_zero(own_run, app, metric, label):
    one_class(own_run, label)
    page = app(metric=metric).open("failures/subgroups", metric=metric)
    assert not page.failed
    own = of_split(slices_drawn(page))
    assert len(own)
    assert own["value"].isna().all()
    assert own["said"].str.endswith("not defined").all()


def test_one_class_leaves_what_needs_only_it(own_run, app):
    one_class(own_run, 1)
    page = app(metric="sensitivity").open("failures/subgroups", metric="sensitivity")
    assert of_split(slices_drawn(page))["value"].notna().all()


def test_a_fresh_start_is_said(app, empty_models):
    assert "No run yet" in app().open("failures/subgroups").text


def test_a_split_without_patches_is_said(own_run, app):
    page = app(split="unused").open("failures/subgroups", split="unused")
    assert "holds no patch" in page.text


def test_the_number_of_slices_compared_is_said(own_run, app):
    page = app().open("failures/subgroups")
    assert re.search(r"subgroups were compared|A subgroup is compared", page.text)


def test_every_slice_is_in_the_table(own_run, app):
    page = app(metric="roc_auc").open("failures/subgroups", metric="roc_auc")
    table = page.at.dataframe[-1].value
    drawn = slices_drawn(page)
    assert len(table) == len(of_split(drawn))
    assert "ROC-AUC" in table
