"""All patches of a split with what kind of error they are."""

import numpy as np
import pandas as pd

from dashboard.cache import predictions, runs, spatial
from dashboard.views.patients.cache import describe, described
from dashboard.widgets import queue

SAME = ["x", "y", "outcome", "kind", "border_distance", "isolation", "suspicion"]


def test_the_split_says_of_each_patient_what_the_patient_says_alone(full_run):
    run = runs.run("small")
    found, where = predictions.scores(run, "test"), spatial.places(run, "test")
    table = described(run, "test", 0.5)
    assert len(table) == len(found.rows)
    for patient in found.names:
        alone = queue.described(found, patient, 0.5, where)
        own = table[table["patient"] == patient]
        pd.testing.assert_frame_equal(
            own[SAME[:-1]].reset_index(drop=True),
            alone[SAME[:-1]].reset_index(drop=True),
            check_dtype=False,
        )


def test_another_threshold_is_another_table(full_run):
    run = runs.run("small")
    low, high = described(run, "test", 0.0), described(run, "test", 1.0)
    assert set(low["outcome"]) == {"tp", "fp"}
    assert {"fn", "tn"} <= set(high["outcome"])


def test_without_places_nothing_is_known_of_the_neighbours():
    rows = pd.DataFrame({"label": [1, 0], "score": [0.1, 0.9]})
    table = describe(rows, 0.5, None, None)
    assert table["outcome"].tolist() == ["fn", "fp"]
    assert (table["kind"] == "unknown").all()
    assert np.isnan(table[["border_distance", "isolation", "suspicion"]]).all(axis=None)


def test_a_split_without_patches_has_no_rows(full_run):
    table = described(runs.run("small"), "unused", 0.5)
    assert table.empty
    assert list(table) == ["patient", "x", "y", "outcome", "kind"]
