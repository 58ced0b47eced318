"""The decision curve names what is looked for as the store does."""

import pandas as pd

from dashboard.charts.decision import decision_chart, policies_of
from idc_core.records.raster import USUAL, Raster

TUMOUR = Raster(positive="tumour", negative="stroma")
CURVE = pd.DataFrame(
    {"chance": [0.1, 0.2], "model": 0.2, "low": 0.1, "high": 0.3, "all": [0.2, 0.1]}
)


def test_policies_and_axes_are_named_as_the_store_names_its_classes():
    assert policies_of(USUAL) == [
        "model",
        "treat all (IDC everywhere)",
        "treat none (no IDC anywhere)",
    ]
    spec = decision_chart(CURVE, 0.2, TUMOUR)
    lines = spec["layer"][1]["encoding"]
    assert lines["x"]["title"] == "threshold probability (chance of tumour)"
    assert lines["y"]["title"] == "net benefit (tumour found per patch)"
    assert lines["color"]["scale"]["domain"] == policies_of(TUMOUR)
    assert set(spec["datasets"]["policies"]["policy"]) == set(policies_of(TUMOUR))
