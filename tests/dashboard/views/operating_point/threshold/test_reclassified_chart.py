"""Reclassified patches per patient, as data."""

import pandas as pd

from dashboard.views.operating_point.threshold.reclassified_chart import patients_chart
from idc_core.facts.names import mark

TABLE = pd.DataFrame({"patient": ["10253", "8863"], "better": [3, 0], "worse": [1, 2]})


def bars(spec):
    drawn = spec["datasets"]["bars"]
    return list(zip(drawn["patient"], drawn["what"], drawn["signed"], strict=True))


def test_right_goes_to_the_right_and_wrong_to_the_left():
    assert sorted(bars(patients_chart(TABLE))) == [
        ("10253", "becomes correct", 3),
        ("10253", "becomes wrong", -1),
        ("8863", "becomes wrong", -2),
    ]


def test_names_in_the_picture_are_hashed_where_exports_are(monkeypatch):
    monkeypatch.setenv("IDC_HASH_IDS", "1")
    drawn = {patient for patient, *_ in bars(patients_chart(TABLE))}
    assert drawn == {mark("10253"), mark("8863")}
