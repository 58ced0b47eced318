"""What the clinic's charts draw, as the browser's own library draws it."""

import re
from collections import Counter

import pandas as pd
import vl_convert

from dashboard.charts.theme import COLOURS
from dashboard.views.operating_point.clinic.charts import thousand_chart
from idc_core.records.raster import USUAL


def test_of_a_thousand_patches_only_false_alarms_are_hollow():
    spec = thousand_chart({"tp": 250, "fn": 61, "fp": 87, "tn": 602}, USUAL)
    tables = {name: as_rows(table) for name, table in spec["datasets"].items()}
    drawn = vl_convert.vegalite_to_svg({**spec, "datasets": tables})
    filled = {}
    for outcome, colour in COLOURS.items():
        marks = re.findall(rf'<path [^>]*stroke="{colour}"[^>]*>', drawn)
        filled[outcome] = Counter(f'fill="{colour}"' in each for each in marks)
    # one more of each in the legend
    assert [filled[each] for each in ("tp", "fn", "fp", "tn")] == [
        {True: 251},
        {True: 62},
        {False: 88},
        {True: 603},
    ]


def as_rows(table):
    return table.to_dict("records") if isinstance(table, pd.DataFrame) else table
