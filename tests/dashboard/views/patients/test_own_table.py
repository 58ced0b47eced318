"""A patient's table says at each threshold what the page's header says there."""

import gzip
import json

import numpy as np
import pandas as pd
import pytest

from dashboard.cache import predictions, runs
from dashboard.state import static_files, streamlit_inside
from dashboard.views.patients import own_table
from dashboard.views.patients.worklist import have_verdict, judged_errors, worklist
from idc_core.facts.patient_words import header
from idc_core.metrics.confusion import confusion_at
from idc_core.threshold_table import of_patient

PATIENT = "10254"


@pytest.fixture
def shown(full_run):
    run = runs.run("small")
    found = predictions.scores(run, "test")
    rows = found.of(PATIENT)
    return run, found, rows, rows[["patient", "x", "y"]].astype({"patient": str}).iloc[::3]


def test_at_every_threshold_it_says_what_the_header_says(shown):
    _, found, rows, standing = shown
    labels, scores = rows["label"].to_numpy(), rows["score"].to_numpy(np.float64)
    table = of_patient.build(labels, scores, have_verdict(rows, standing), "x", found.grid)
    told = {key: each.texts() for key, each in table.texts.items()}
    moved = np.flatnonzero(np.diff(table.tp + table.fp)) + 1
    for at in [0, 1, *moved.tolist(), 1000]:
        threshold = float(table.grid[at])
        judged = judged_errors(found, threshold, standing)
        listed = worklist(found, threshold, {PATIENT}, judged).set_index("patient").loc[PATIENT]
        counts = confusion_at(rows["label"], rows["score"], threshold)
        expected = header(counts, float(listed["predicted"]), int(listed["judged"]))
        assert {key: texts[at] for key, texts in told.items()} == expected, threshold
    assert len({*told["patient.reviewed"]}) > 3


def test_the_browser_gets_another_table_after_another_verdict(shown, monkeypatch):
    run, found, rows, standing = shown
    monkeypatch.setattr(streamlit_inside, "is_served", lambda: False)
    assert own_table.told(run, "test", found, rows, standing) is None  # no browser
    kept = []
    monkeypatch.setattr(streamlit_inside, "is_served", lambda: True)
    monkeypatch.setattr(
        static_files, "address", lambda content, kind, name: kept.append(content) or f"/{name}"
    )
    first = own_table.told(run, "test", found, rows, standing)
    second = own_table.told(run, "test", found, rows, pd.DataFrame(standing.iloc[1:]))
    assert first.of != second.of
    assert [json.loads(gzip.decompress(each))["of"] for each in kept] == [first.of, second.of]
