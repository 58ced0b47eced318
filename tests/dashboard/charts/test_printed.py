"""Charts on paper: what the pointer asked for is written, and nothing is asked of a network."""

import re
from xml.etree import ElementTree

import altair as alt
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from dashboard.charts import curves
from dashboard.charts.printed import VEGA_LITE, Named, label, printed, records, svg
from dashboard.charts.theme import ACCENT, QUIET
from idc_core.metrics.curves import Ranked
from idc_core.records.raster import USUAL

RANKED = Ranked(np.array([0, 1, 0, 1, 1]), np.array([0.1, 0.4, 0.5, 0.8, 0.9]))
HOSTILE = '<script>a()</script><img src="http://evil.example/x.png">'


@pytest.fixture(scope="module")
def spec():
    drawn = curves.with_point(curves.roc(RANKED.curve, USUAL), 0.5, 0.75, 0.4)
    legend = [Named(HOSTILE, ACCENT, "line"), Named("chance", QUIET, "dashed")]
    return printed(drawn, width=470, legend=legend, labels=[label("threshold 0.4", x=0.5, y=0.75)])


@pytest.fixture(scope="module")
def drawn(spec):
    return svg(spec)


def test_the_renderer_reads_the_version_that_altair_writes():
    assert alt.SCHEMA_VERSION.removeprefix("v").startswith(f"{VEGA_LITE}.")


def test_the_same_figure_is_the_same_text_and_asks_for_nothing(spec, drawn):
    assert svg(spec) == drawn
    elements = list(ElementTree.fromstring(drawn).iter())
    assert {each.tag.split("}")[1] for each in elements} <= {
        "svg",
        "g",
        "path",
        "rect",
        "line",
        "text",
    }
    for name, value in (pair for each in elements for pair in each.attrib.items()):
        assert not re.search(r"href|^on", name)
        assert not re.search(r"url\(|https?:", value)
    fonts = set(re.findall(r'font-family="([^"]*)"', drawn))
    assert fonts == {"Helvetica, Arial, Liberation Sans, sans-serif"}


def test_every_word_stands_in_the_figure_as_text(drawn):
    words = [
        text.text for text in ElementTree.fromstring(drawn).iter() if text.tag.endswith("text")
    ]
    for each in (HOSTILE, "chance", "threshold 0.4", "share of IDC found (sensitivity)"):
        assert each in words


def test_the_figure_is_as_wide_as_asked_for(drawn):
    assert 'viewBox="0 0 470 ' in drawn


@pytest.mark.parametrize(("named", "more"), [(0, 0), (1, 50), (2, 50), (3, 70)])
def test_a_legend_adds_its_rows_of_two_to_the_height(named, more):
    chart = curves.with_point(curves.roc(RANKED.curve, USUAL), 0.5, 0.75, 0.4)
    legend = [Named(f"name {at}", ACCENT, "line") for at in range(named)]
    made = printed(chart, width=470, legend=legend)
    assert made["height"] == chart["height"] + more


def test_the_page_keeps_its_chart_and_the_print_drops_what_only_a_pointer_meets(spec):
    page = curves.with_point(curves.roc(RANKED.curve, USUAL), 0.5, 0.75, 0.4)
    assert page["width"] == "container"
    assert "usermeta" in page
    unseen = [layer for layer in page["layer"] if layer["mark"].get("opacity") == 0]
    assert len(unseen) == 1
    added = len(("halo", "label", "legend"))
    assert len(spec["layer"]) == len(page["layer"]) - 1 + added


def test_what_is_no_number_is_null_in_a_table():
    table = pd.DataFrame({"a": [1.5, np.nan], "b": ["x", None]})
    assert records(table) == [{"a": 1.5, "b": "x"}, {"a": None, "b": None}]
    assert records(pa.table({"a": [1, 2]})) == [{"a": 1}, {"a": 2}]


def test_a_chart_of_one_mark_is_refused():
    with pytest.raises(ValueError, match="expected a specification with layers"):
        printed({"mark": "bar", "datasets": {}, "height": 9}, width=9)
