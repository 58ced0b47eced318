"""A template is one text however often it is filled; only tables change."""

import altair as alt
import pandas as pd

from dashboard.charts.template import filled, source, template


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
