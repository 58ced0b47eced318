"""A saved slide has no labels: no page makes one up, and none fails for it."""

import json

import numpy as np
import pandas as pd
import pytest

from idc_core.io.files import write_parquet
from idc_core.records.run_info import Origin
from idc_core.runs.run import UNLABELLED, open_run
from idc_core.score.save_as_run import save_as_run

LABELLED = (
    "labelled no IDC",
    "Labelled no IDC",
    "labelled IDC",
    "left alone",
    "correctly classified",
)


@pytest.fixture
def kept_run(own_world, own_run):
    """Nine squares of a slide, scored and kept."""
    patches = np.random.default_rng(0).integers(90, 200, (9, 50, 50, 3)).astype(np.uint8)
    rows = pd.DataFrame(
        {
            "patient": "slide",
            "x": [1, 51, 101] * 3,
            "y": np.repeat([1, 51, 101], 3),
            "label": UNLABELLED,
            "score": np.linspace(0.1, 0.9, 9, dtype=np.float32),
        }
    )
    return save_as_run(
        "kept",
        open_run(own_run),
        rows,
        patches,
        Origin(kind="slide", file="a.svs"),
        data=own_world / "data",
        models=own_world / "models",
    )


def sent(page):
    nodes = page.at.get("bidi_component")
    return [json.loads(node.proto.json) for node in nodes if node.proto.json]


def test_its_patches_are_drawn_on_predict_without_a_label_or_an_outcome(kept_run, app):
    page = app(run="kept", threshold="0.5").open("score/patches")
    assert not page.failed
    assert "of 9 patches predicted IDC" in page.text
    assert not any(word in page.text for word in LABELLED)
    [cards] = [each["cards"] for each in sent(page) if "cards" in each]
    assert {card["label"] for card in cards} == {"Label unknown"}
    assert {card["colour"] for card in cards} == {"transparent"}


def test_the_data_page_counts_no_label_and_no_negative_one(kept_run, app):
    page = app(run="kept").open("data")
    assert not page.failed
    [counts] = [each.value for each in page.at.dataframe if "share of IDC" in each.value]
    assert counts["patches"].tolist() == [9]
    assert counts["IDC patches"].isna().all()
    assert counts["share of IDC"].isna().all()
    assert "1 patient has no label" in page.text


@pytest.mark.parametrize(
    "view", ["network/evidence", "robustness", "network/pair", "network/maps", "network/channels"]
)
def test_one_of_its_patches_is_looked_into_as_unlabelled(kept_run, app, view):
    page = app(run="kept", threshold="0.5", patient="slide", patch="x51_y51").open(view)
    assert not page.failed
    assert "label unknown" in page.text + "".join(each.value for each in page.at.info)
    assert not any(word in page.text for word in LABELLED)


def test_patches_without_a_label_are_left_out_of_figures_and_counted(own_run, app):
    file = own_run / "predictions.parquet"
    table = pd.read_parquet(file)
    test = table.index[table["split"] == "test"]
    labels = table["label"].astype("Int64")
    labels[test[:5]] = pd.NA
    write_parquet(file, table.assign(label=labels))
    page = app(run="small", split="test").open("labels")
    assert not page.failed
    assert f"5 of {len(test)} patches of this split have no label" in page.text
