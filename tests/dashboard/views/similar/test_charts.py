"""The map of the embeddings names outcomes and labels as the store does; a name is text."""

import pandas as pd
import pytest

from dashboard.charts.theme import LABEL_COLOURS
from dashboard.views.similar.charts import embedding_map
from idc_core.records.raster import USUAL, Raster

TABLE = pd.DataFrame(
    {
        "right": 0.1,
        "up": 0.2,
        "row": [0, 1, 2],
        "patient": ["08863", "08863", "10253"],
        "outcome": ["fn", "tn", "tp"],
        "label": [1, 0, 1],
        "score": [0.2, 0.3, 0.9],
    }
)


@pytest.mark.parametrize(
    ("raster", "labels", "missed"),
    [
        (USUAL, ["no IDC (1)", "IDC (2)"], "missed IDC"),
        (
            Raster(positive="tumour", negative="stroma"),
            ["stroma (1)", "tumour (2)"],
            "missed tumour",
        ),
        (Raster(positive="<b>", negative="n"), ["n (1)", "&lt;b&gt; (2)"], "missed &lt;b&gt;"),
    ],
)
def test_labels_and_outcomes_have_the_names_of_the_store(raster, labels, missed):
    drawn = embedding_map(TABLE, "label", None, None, raster)
    assert [trace.name for trace in drawn.data] == labels
    colours = [trace.marker.color for trace in drawn.data]
    assert colours == [LABEL_COLOURS[0], LABEL_COLOURS[1]]
    assert drawn.data[1].text[0] == f"08863<br>{missed}, score 0.200"
    named = [trace.name for trace in embedding_map(TABLE, "outcome", None, None, raster).data]
    assert f"{missed} (1)" in named
