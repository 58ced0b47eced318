"""A blinded reading of fields: as many drawn at random as with the highest scores, none told."""

import numpy as np
import pandas as pd
import pytest

from dashboard.cache import all_patches
from dashboard.views.patients import blinded_fields
from dashboard.widgets import unlabelled_queue
from idc_core.runs.run import open_run


@pytest.fixture
def run(changed_world):
    return open_run(changed_world("without labels") / "models" / "small")


@pytest.fixture
def table(run):
    every = all_patches.of_split(run, "test")
    return unlabelled_queue.described(every.of("10253"), every.stride)


@pytest.fixture
def large():
    """A slide of 30 × 30 squares, the higher the score the farther to the right."""
    row, column = np.divmod(np.arange(900), 30)
    return pd.DataFrame(
        {
            "patient": "A",
            "x": 1 + 50 * column,
            "y": 1 + 50 * row,
            "label": -1,
            "score": column / 30 + 0.01,
        }
    )


def test_the_fields_with_the_highest_scores_are_among_as_many_drawn_at_random(run, large):
    places = blinded_fields.chosen(run, large)
    at = all_patches.highest_fields(large, 50)
    highest = {(int(x), int(y)) for x, y in large.iloc[at][["x", "y"]].to_numpy()}
    assert len(places) == len(set(places)) == 20
    assert highest < set(places)
    drawn = [x for x, y in places if (x, y) not in highest]
    assert min(x for x, _ in highest) > 1300
    assert min(drawn) < 500 < 1000 < max(drawn)
    stride = run.info.raster.stride_px
    apart = [
        max(abs(one[0] - other[0]), abs(one[1] - other[1]))
        for at, one in enumerate(places)
        for other in places[:at]
    ]
    assert min(apart) >= 2 * stride


def test_every_reader_reads_the_same_fields_and_knows_nothing_by_their_order(run, table):
    assert blinded_fields.chosen(run, table) == sorted(blinded_fields.chosen(run, table))
    shuffled = table.sample(frac=1, random_state=1)
    assert blinded_fields.chosen(run, shuffled) == blinded_fields.chosen(run, table)


@pytest.fixture
def opened(run, app):
    page = app(threshold="0.5", blind="1").open("patients", patient="10253")
    return page.read_as("Ada")


def test_neither_score_nor_prediction_is_sent_before_the_verdict(opened, run, table):
    assert not opened.failed
    assert opened.panel()["where"] == f"1 of {len(blinded_fields.chosen(run, table))}"
    assert opened.panel()["said"] == ""
    assert "nobody labelled this patch" not in opened.text
    assert "give your verdict first, then the prediction is shown" in opened.text
    assert "**0 of " in opened.text


def test_afterwards_the_prediction_is_shown_and_that_there_is_no_label(opened):
    opened.act(verdict="no_idc")
    said = opened.panel()["said"]
    assert said.startswith("You said no IDC. The model predicts ")
    assert said.endswith("nobody labelled this patch.")
    assert "**1 of " in opened.text
    assert opened.panel()["buttons"][0]["words"] == "Keep: no IDC"


def test_all_patches_can_be_read_instead(run, table, app):
    page = app(threshold="0.5", blind="1", read="patches").open("patients", patient="10253")
    page.read_as("Ada")
    assert page.panel()["where"] == f"1 of {len(table)}"


def test_with_labels_all_patches_are_read_unless_fields_are_asked_for(full_run, app):
    page = app(threshold="0.5", blind="1").open("patients", patient="10253").read_as("Ada")
    rows = open_run(full_run / "models" / "small").predictions()
    assert page.panel()["where"] == f"1 of {(rows['patient'] == '10253').sum()}"
    page = app(threshold="0.5", blind="1", read="fields").open("patients", patient="10253")
    page.read_as("Ada")
    assert page.panel()["where"] != f"1 of {(rows['patient'] == '10253').sum()}"
    assert "then the prediction and the label are shown" in page.text
