"""The page Data: what was found, what leaks, what drifts, what colour alone says."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from dashboard.views.data import cache, drift_figures, flow, left_out
from idc_core.data.drift import drifts
from idc_core.data.stores.store import open_store
from idc_core.facts import names
from idc_core.io.files import read_json, read_parquet, write_json, write_parquet
from idc_core.records.run_info import RunInfo
from idc_core.runs.run import Run


def test_the_flow_counts_what_was_found_and_what_was_not_taken(own_world):
    store = open_store(own_world / "data" / "tiny")
    files, patches, patients = flow.steps(store)
    assert files.said == "199 in tiny"
    assert files.out[0] == "Rejected: 1 file"
    assert patches.said.startswith("198, ")
    assert patients.said.startswith("7, ")
    assert [split.name for split in flow.splits(store)] == ["train", "validation", "test"]
    assert flow.splits(store)[2].lines[0] == "3 patients"


def test_the_page_shows_the_flow_and_its_evidence(own_world, app):
    page = app(run="small").open("data", run="small")
    assert not page.failed
    assert page.at.get("image")
    assert "Do image properties differ between splits?" in page.text
    assert "**No near-duplicates**" in page.text or "look the same" in page.text
    assert "162 slides" in page.text
    assert (
        "Only 2 patients in validation: below 20, every interval here is unreliable." in page.html
    )


def test_the_page_says_what_was_lost_and_what_is_unusual_about_the_set(own_world, app):
    file = own_world / "data" / "tiny" / "manifest.json"
    manifest = read_json(file)
    assert manifest["left_out"]["left_out"] == 1
    lost = {"sentences": ["9 of 90 are left out."], "accepted": ["expected no loss on IDC."]}
    write_json(file, manifest | {"left_out": lost, "converted": {"JPEG": 5}})
    page = app(run="small").open("data", run="small")
    assert not page.failed
    assert "9 of 90 are left out" in page.text
    warned = " ".join(each.value for each in page.at.warning)
    assert "**Prepared with --accept-loss: figures cover accepted files only.**" in warned
    assert "expected no loss on IDC" in warned
    assert "5 of 198 patches are JPEG" in warned


def test_a_clear_drift_is_said_with_its_size_and_none_is_said_to_be_none():
    run = Run(Path("small"), RunInfo(status="finished", config={"epochs": 2}))
    rng = np.random.default_rng(0)
    patient = np.repeat(np.arange(40), 5)
    side = np.where(np.arange(40) % 2, "train", "test")[patient]
    table = pd.DataFrame({"patient": patient, "split": side})
    for name in cache.WORDS:
        table[name] = rng.normal(0, 1, 40)[patient]
    found = cache.Properties(table, drifts(table, ["white"]))
    assert "No clear difference" in drift_figures._said(found, run)
    table["white"] += 3.0 * (side == "test")
    found = cache.Properties(table, drifts(table, ["white"]))
    said = drift_figures._said(found, run)
    assert said.startswith(
        "**1 clear difference** from the training patients: test: share of white"
    )
    assert "Too few patients" in drift_figures._said(cache.Properties(table, []), run)


def test_the_classes_are_called_as_the_store_calls_them(tumour_run, app):
    page = app(run="small").open("data", run="small")
    counts = next(each.value for each in page.at.dataframe if "tumour patches" in each.value)
    assert counts["share of tumour"].tolist() == (
        (counts["tumour patches"] / counts["patches"]).tolist()
    )
    assert "Patients: number of patches and proportion of tumour" in page.text
    store = open_store(tumour_run / "data" / "tiny")
    assert re.search(r"^198, \d+% labelled tumour", flow.steps(store)[1].said)


def test_no_edge_patches_are_not_counted(own_world):
    file = own_world / "data" / "tiny" / "index.parquet"
    store = open_store(own_world / "data" / "tiny")
    assert flow.steps(store)[1].out == []
    index = read_parquet(file)
    index.loc[0, "width"] = 40
    write_parquet(file, index)
    store = open_store(own_world / "data" / "tiny")
    assert flow.steps(store)[1].out == ["Included, padded with white: 1 edge patch"]


def test_refused_slides_are_hashed_in_the_export_where_slides_are(own_world, monkeypatch):
    store = open_store(own_world / "data" / "tiny")
    rejects = pd.DataFrame(
        {"file": ["S20.svs"], "reason": ["slide not cut"], "detail": ["S20.svs is empty."]}
    )
    assert left_out.exported(rejects, store).equals(rejects)
    monkeypatch.setenv("IDC_HASH_IDS", "1")
    assert left_out.exported(rejects, store).equals(rejects)
    store.index["slide"] = "S20"
    mark = names.mark("S20")
    assert left_out.exported(rejects, store).iloc[0].tolist() == [
        f"{mark}.svs",
        "slide not cut",
        f"{mark}.svs is empty.",
    ]
