"""Of many patients the worst are drawn, in the order of all."""

import numpy as np
import pandas as pd

from dashboard.charts import farthest


def test_the_worst_are_drawn_in_the_order_of_all(monkeypatch):
    monkeypatch.setattr(farthest, "MOST", 3)
    table = pd.DataFrame({"gap": [-0.9, 0.1, 0.5, -0.2, 0.7]})
    assert farthest.farthest(table, "gap")["gap"].tolist() == [-0.9, 0.5, 0.7]
    said = "Drawn: the 3 of 5 patients farthest from 0; the CSV has all. "
    assert farthest.said(table, "0") == said
    assert farthest.said(table.head(3), "0") == ""


def test_as_many_as_can_be_seen_are_all_drawn():
    table = pd.DataFrame({"gap": np.linspace(-1, 1, farthest.MOST)})
    assert farthest.farthest(table, "gap") is table
