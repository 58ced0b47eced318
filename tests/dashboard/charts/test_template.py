"""A template is one text however often it is filled; only tables change."""

import altair as alt
import pandas as pd

from dashboard.charts.template import (
    filled,
    in_arrow,
    outcome_fills,
    outcome_scale,
    outcome_shapes,
    source,
    template,
)
from idc_core.records.raster import Raster


def drawn():
    return template(alt.Chart(source("points")).mark_point().encode(x="a:Q"), height=100)


def test_a_template_names_its_table_and_holds_none():
    spec = drawn()
    assert spec["data"] == {"name": "points"}
    assert "datasets" not in spec


def test_filling_leaves_the_template_as_it_was():
    spec = drawn()
    table = pd.DataFrame({"a": [1]})
    full = filled(spec, points=table)
    assert full["datasets"]["points"] is table
    assert "datasets" not in spec
    assert {name: full[name] for name in spec} == spec


def test_a_table_is_sent_without_the_names_of_patients_that_it_does_not_show():
    patients = pd.Categorical(["P7", "P2"], [f"P{at}" for at in range(100)])
    full = filled(drawn(), points=pd.DataFrame({"a": [1, 2], "patient": patients}))
    shown = full["datasets"]["points"]["patient"]
    assert shown.tolist() == ["P7", "P2"]
    assert shown.cat.categories.tolist() == ["P2", "P7"]


def test_the_scales_of_outcomes_go_from_the_words_of_the_store():
    raster = Raster(positive="tumour", negative="stroma")
    named = ["tumour found", "missed tumour", "false alarm", "true negative"]
    for scale in (outcome_scale(raster), outcome_shapes(raster), outcome_fills(raster)):
        assert scale.to_dict()["domain"] == named
    whole = outcome_scale(raster, unknown=True).to_dict()["domain"]
    assert whole == [*named, "label unknown", "no score"]


def test_tables_in_arrow_say_the_same_without_an_index():
    table = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}, index=[7, 3])
    full = filled(drawn(), points=table)
    there = in_arrow(full)["datasets"]["points"]
    assert there.to_pydict() == {"a": [1, 2], "b": ["x", "y"]}
    assert in_arrow(in_arrow(full))["datasets"]["points"] is not table
    assert full["datasets"]["points"] is table
