"""Slices of a run are cut once, judged often, and measured only when asked."""

import numpy as np
import pandas as pd
import pytest

from dashboard.cache import predictions, slices, stores
from idc_core.evaluate.slices import pixels
from idc_core.io.files import write_json
from idc_core.io.record import fields
from idc_core.runs.run import open_run

PIXELS = {"white", "brightness", "saturation", "haematoxylin", "eosin"}


@pytest.fixture
def run(own_run):
    return open_run(own_run)


def measured(run):
    slices.measure(run, stores.store_of(run), lambda done, total: None)


def test_without_measuring_only_what_needs_no_pixels_is_known(run):
    assert set(slices.cuts(run, "test").cuts) == {"burden", "place", "edge"}
    assert slices.needs_measuring(run) is not None
    assert not (run.path / "analysis").exists()


def test_what_was_measured_when_slides_were_cut_is_known_without_measuring(run):
    store = stores.store_of(run)
    rows = len(store.index)
    store.index.assign(
        slide=store.index["patient"],
        share=store.index["label"].astype(np.float32),
        tissue=np.linspace(0, 1, rows, dtype=np.float32),
        pen=np.float32(0),
        sharpness=np.arange(rows, dtype=np.float32),
        section=np.int16(1),
    ).to_parquet(store.path / "index.parquet")
    cuts = slices.cuts(run, "test").cuts
    assert set(cuts) == {"burden", "place", "edge", "tissue", "ink", "sharpness"}
    own = (store.index["split"] == "test").to_numpy()
    edge = np.quantile(np.linspace(0, 1, rows)[(store.index["split"] == "train").to_numpy()], 0.25)
    lowest = int((np.linspace(0, 1, rows)[own] < edge).sum())
    assert (cuts["tissue"].attribute.codes == 0).sum() == lowest
    assert {each.attribute for each in slices.every_slice(run, "test", 0.5, "f1")} >= {"sharpness"}


def test_measuring_adds_the_rest_and_is_kept_with_the_run(run):
    measured(run)
    assert set(slices.cuts(run, "test").cuts) == {"burden", "place", "edge"} | PIXELS
    assert slices.needs_measuring(run) is None
    assert [file.suffix for file in (run.path / "analysis").iterdir()] == [".parquet"]


def test_quarters_are_those_of_the_training_patches(run):
    measured(run)
    table = pixels.saved(run.path, run.info.data.fingerprint)
    edge = np.quantile(table.loc[table["split"] == "train", "eosin"], 0.25)
    attribute = slices.cuts(run, "test").cuts["eosin"].attribute
    assert attribute.ranges[0] == f"below {edge:.2f}"
    assert "training" in attribute.note
    own = table[table["split"] == "test"].sort_values(["patient", "y", "x"])
    assert (attribute.codes == 0).sum() == (own["eosin"] < edge).sum()


def test_a_folder_that_cannot_be_written_does_not_keep_the_page_from_measuring(run, monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(slices.pixels, "save", refuse)
    measured(run)
    assert set(slices.cuts(run, "test").cuts) >= PIXELS
    assert slices.needs_measuring(run) is None


def test_another_data_set_is_measured_anew(run):
    measured(run)
    info = fields(run.info) | {"data": fields(run.info.data) | {"fingerprint": "other"}}
    write_json(run.path / "run.json", info)
    assert slices.measured(open_run(run.path)) is None


def test_an_imported_run_knows_share_and_place_alone(imported_run):
    run = open_run(imported_run)
    assert set(slices.cuts(run, "test").cuts) == {"burden", "place"}
    assert slices.needs_measuring(run) is None


def test_place_is_not_known_for_the_sampled_patient(run):
    attribute = slices.cuts(run, "test").cuts["place"].attribute
    rows = predictions.scores(run, "test").rows
    sampled = (rows["patient"].astype(str) == "08863").to_numpy()
    assert ((attribute.codes < 0) == sampled).all()


def test_every_split_is_a_slice_of_its_own(run):
    found = {each.value: each for each in slices.by_split(run, 0.5, "sensitivity")}
    rows = run.predictions()
    for split, each in found.items():
        own = rows[(rows["split"] == split) & (rows["label"] == 1)]
        assert each.figure.value == pytest.approx((own["score"] >= 0.5).mean())
    assert set(found) == {"train", "validation", "test"}


def test_the_whole_is_the_report_of_the_split(run):
    report = run.report()
    for metric in ("f1", "roc_auc"):
        found = slices.whole(run, "test", report.threshold, metric).figure
        assert found.value == pytest.approx(report.splits["test"].pooled[metric].value)


def test_weakest_is_none_where_nothing_can_be_compared(run):
    assert slices.weakest(run, "test", 0.5) is None
    assert slices.weakest(run, "unused", 0.5) is None
    assert not (run.path / "analysis").exists()


def spoiled(run):
    """Many patients, and the model is blind in those with much IDC."""
    rng = np.random.default_rng(0)
    rows = []
    for patient in range(24):
        much = patient % 2
        labels = rng.random(60) < (0.8 if much else 0.2)
        score = np.clip(rng.normal(0.3 + 0.4 * labels * (1 - much), 0.12), 0, 1)
        rows.append(
            pd.DataFrame(
                {
                    "patient": f"{patient:03}",
                    "x": 1 + 50 * np.arange(60),
                    "y": 1,
                    "label": labels.astype(np.int8),
                    "split": "test",
                    "score": score.astype(np.float32),
                    "file": "f",
                }
            )
        )
    pd.concat(rows).to_parquet(run.path / "predictions.parquet", index=False)


def test_the_weakest_is_the_slice_that_was_spoiled(run):
    spoiled(run)
    said, found = slices.weakest(run, "test", 0.5)
    assert found.key == "burden:over 60 %"
    assert said.startswith("Weakest: patient's share of IDC, over 60 %, balanced accuracy 0.5")
    assert "below the rest." in said


def test_a_huge_split_is_not_cut_for_a_sentence(run, monkeypatch):
    spoiled(run)
    monkeypatch.setattr(slices, "MOST", 1000)
    assert slices.weakest(run, "test", 0.5) is None


def test_areas_are_computed_once_and_a_move_does_not_touch_them(run, monkeypatch):
    spoiled(run)
    first = slices.every_slice(run, "test", 0.5, "roc_auc")
    monkeypatch.setattr(slices, "slice_aucs", None)
    again = slices.every_slice(run, "test", 0.9, "roc_auc")
    assert [each.figure for each in again] == [each.figure for each in first]


def test_crossed_slices_add_up(run):
    measured(run)
    found = slices.crossed(run, "test", 0.5, "f1", "edge", "eosin")
    assert sum(each.patches for each in found) == len(predictions.scores(run, "test").rows)
    areas = slices.crossed(run, "test", 0.5, "roc_auc", "edge", "eosin")
    assert [each.patches for each in areas] == [each.patches for each in found]


def test_a_split_without_patches_has_no_subgroup(full_run):
    run = open_run(full_run / "models" / "small")
    assert slices.every_slice(run, "unused", 0.5, "f1") == []
    assert slices.cuts(run, "unused").cuts == {}
