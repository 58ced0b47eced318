"""The second map of a slide: another run at its own threshold, or why there is none."""

import json
import shutil

import pytest

from idc_core.io.files import read_parquet, write_parquet
from idc_core.runs import ledger
from idc_core.runs.run import open_run


@pytest.fixture
def other(own_world):
    """A second run on the same patches, its scores squared; its folder."""
    run = own_world / "models" / "other"
    shutil.copytree(own_world / "models" / "small", run)
    table = read_parquet(run / "predictions.parquet")
    write_parquet(run / "predictions.parquet", table.assign(score=table["score"] ** 2))
    (run / "operating_points.jsonl").unlink()
    return run


def opened(app, threshold="0.7"):
    return app(run="small", patient="10253", threshold=threshold).open(
        "patients", beside="run:other"
    )


def said(page):
    return page.text.replace("\\", "")


def maps(page):
    """The maps that the slide viewer is given, and the page's threshold."""
    found = page.at.get("bidi_component")
    data = json.loads(next(e.proto.json for e in found if e.proto.id.endswith("-slide_viewer")))
    return data["maps"], data["threshold"]


def test_another_run_is_outlined_at_its_own_operating_point(other, app):
    run = open_run(other)
    ledger.lock(run, run.predictions(), rule="by hand", name="n", reason="r", threshold=0.3, by="A")
    page = opened(app)
    (first, second), threshold = maps(page)
    assert (threshold, first["threshold"], second["threshold"]) == (0.7, None, 0.3)
    assert second["name"] == "other: score, 0.300"
    assert "Run other is outlined at 0.300, its operating point." in said(page)
    assert second["squares"] != first["squares"]


def test_without_an_operating_point_the_outline_is_said_to_be_assumed(other, app):
    page = opened(app)
    (_, second), _ = maps(page)
    assert second["threshold"] == 0.5
    assert "Run other is outlined at 0.500, as it has no operating point." in said(page)


def test_a_patient_that_the_other_run_never_scored_is_said_and_no_bare_tissue_shown(other, app):
    file = other / "predictions.parquet"
    table = read_parquet(file)
    write_parquet(file, table[table["patient"] != "10253"].reset_index(drop=True))
    page = opened(app)
    assert len(maps(page)[0]) == 1
    assert "Run other has no scores for patient 10253" in said(page)


def test_a_patient_of_another_split_there_is_said_to_be(other, app):
    file = other / "predictions.parquet"
    table = read_parquet(file)
    table.loc[table["patient"] == "10253", "split"] = "train"
    write_parquet(file, table)
    page = opened(app)
    assert len(maps(page)[0]) == 1
    assert "Patient 10253 is in the train split of run other, not in test." in said(page)
