"""A table of a few rows is plain HTML; what is in it is text."""

import pandas as pd

from dashboard.components.metric_table import as_html


def test_every_row_and_head_is_there():
    said = as_html(pd.DataFrame({"rate": ["F1", "MCC"], "value": ["0.76", "–"]}))
    assert said.count("<tr>") == 3
    assert "<td>MCC</td><td>–</td>" in said
    assert '<th scope="col">rate</th>' in said


def test_markup_in_a_cell_stays_text():
    assert "<b>" not in as_html(pd.DataFrame({"rate": ["<b>x</b>"]}))
