"""What is exported lies where it lay, says what it was made of, and runs nothing."""

import io
import json
import re

import cv2
import numpy as np
import pandas as pd
import pytest

from idc_core.data.stores.store import PatchStore
from idc_core.export.patient.geojson import slide_geojson
from idc_core.export.patient.image import origin, patches_of, slide_png
from idc_core.export.patient.page import patient_page
from idc_core.export.patient.table import wsinfer_csv
from idc_core.facts.record import Facts
from idc_core.io.refusal import Refusal
from idc_core.records.manifest import Manifest
from idc_core.records.raster import USUAL, Raster

COLOURS = {"tp": (0, 158, 115), "fn": (213, 94, 0), "fp": (230, 159, 0), "tn": (154, 165, 177)}
HOSTILE = '<img src=x onerror="alert(1)">/../' + "Ω\u202e" + "x" * 150
FACTS = {"run": "demo", "split": "test", "threshold": "0.500000"}


@pytest.fixture
def store(tmp_path):
    """Three patches, one cut off at the right rim."""
    random = np.random.default_rng(0)
    patches = random.integers(0, 250, (3, 50, 50, 3), dtype=np.uint8)
    patches[2, :, 20:] = 255
    np.save(tmp_path / "patches.npy", patches)
    index = pd.DataFrame(
        {
            "patient": HOSTILE,
            "x": [101, 151, 201],
            "y": [51, 101, 51],
            "label": [1, 0, 0],
            "width": [50, 50, 20],
            "height": 50,
            "split": "test",
        }
    )
    return PatchStore(tmp_path, index, Manifest(name="s", fingerprint="f", whole_patients=[]))


@pytest.fixture
def rows(store):
    return store.index.assign(score=np.float32([0.2, 0.9, 0.1]), outcome=["fn", "fp", "tn"])


def no_verdicts():
    return pd.DataFrame(columns=["patient", "x", "y", "verdict", "reviewer", "at", "comment"])


def features(rows, store, verdicts=None):
    text = slide_geojson(
        rows,
        origin(store.index),
        facts=FACTS,
        colours=COLOURS,
        verdicts=verdicts or {},
        raster=USUAL,
        threshold=0.5,
    )
    return json.loads(text)["features"]


def test_each_square_holds_the_pixels_of_its_patch(store, rows):
    image = cv2.imdecode(np.frombuffer(slide_png(store, HOSTILE), np.uint8), cv2.IMREAD_UNCHANGED)
    assert image.shape == (100, 120, 4)
    for nth, feature in enumerate(features(rows, store)):
        (left, top), _, (right, bottom), *_ = feature["geometry"]["coordinates"][0]
        cut = image[top:bottom, left:right]
        assert np.array_equal(cut[:, :, 2::-1], store.patches[nth][: bottom - top, : right - left])
        assert (cut[:, :, 3] == 255).all()


def test_where_nothing_was_exported_the_picture_is_clear(store):
    image = cv2.imdecode(np.frombuffer(slide_png(store, HOSTILE), np.uint8), cv2.IMREAD_UNCHANGED)
    assert (image[60:, :50, 3] == 0).all()


def test_a_cut_off_patch_keeps_its_true_size(store, rows):
    ring = features(rows, store)[2]["geometry"]["coordinates"][0]
    assert ring[1][0] - ring[0][0] == 20


def test_rings_are_closed_and_run_as_the_standard_asks(store, rows):
    for feature in features(rows, store):
        ring = np.array(feature["geometry"]["coordinates"][0])
        assert (ring[0] == ring[-1]).all()
        x, y = ring.T
        assert (x[:-1] * y[1:] - x[1:] * y[:-1]).sum() > 0


def test_a_feature_says_outcome_score_and_verdict(store, rows):
    first, second, _ = features(rows, store, {(101, 51): "agrees with the label"})
    assert first["properties"]["classification"] == {"name": "missed IDC", "color": [213, 94, 0]}
    assert first["properties"]["measurements"]["score"] == pytest.approx(0.2)
    assert first["properties"]["objectType"] == "annotation"
    assert "agrees with the label" in first["properties"]["name"]
    assert second["properties"]["objectType"] == "detection"
    assert len({feature["id"] for feature in features(rows, store)}) == 3


@pytest.mark.parametrize(
    ("outcome", "name"),
    [
        ("tp", "IDC found"),
        ("fn", "missed IDC"),
        ("fp", "false alarm"),
        ("tn", "true negative"),
    ],
)
def test_the_class_that_qupath_shows_is_the_outcome_in_words(store, rows, outcome, name):
    (first, *_) = features(rows.assign(outcome=outcome), store)
    assert first["properties"]["classification"]["name"] == name


def test_squares_have_the_same_names_in_every_export(store, rows):
    assert features(rows, store) == features(rows, store)


def test_a_file_for_no_other_program_is_what_it_always_was(store, rows):
    """To the byte: files of runs from before are compared."""
    text = slide_geojson(
        rows.assign(patient="P")[:1],
        origin(store.index),
        facts=FACTS,
        colours=COLOURS,
        verdicts={(101, 51): "unsure"},
        raster=USUAL,
        threshold=0.5,
    )
    assert text == (
        '{"type":"FeatureCollection","properties":{"run":"demo","split":"test",'
        '"threshold":"0.500000"},"features":[{"type":"Feature",'
        '"id":"60713b0b-1047-5a1c-947a-d021e2953c4f","geometry":{"type":"Polygon",'
        '"coordinates":[[[0,0],[50,0],[50,50],[0,50],[0,0]]]},"properties":{'
        '"objectType":"annotation","name":"x101_y51: unsure","classification":{'
        '"name":"missed IDC","color":[213,94,0]},"measurements":{"score":0.20000000298023224,'
        '"label":1}}}]}'
    )


def test_a_score_that_is_no_number_is_left_out_and_the_text_stays_json(store, rows):
    found = features(rows.assign(score=np.nan), store)
    assert "score" not in found[0]["properties"]["measurements"]


def test_patches_too_far_apart_are_no_picture(store):
    store.index.loc[2, ["x", "y"]] = 999_951
    with pytest.raises(Refusal, match="Take the squares"):
        slide_png(store, HOSTILE)


def test_a_patient_that_is_not_there_is_refused(store):
    with pytest.raises(Refusal, match="there are none"):
        patches_of(store, "nobody")


def test_the_wsinfer_table_lies_on_the_picture_and_says_what_it_was_made_of(rows, store):
    known = Facts(run="demo", threshold=0.5)
    table = pd.read_csv(io.StringIO(wsinfer_csv(rows, origin(store.index), known, USUAL)))
    assert list(table.columns[:6]) == ["minx", "miny", "width", "height", "prob_no_idc", "prob_idc"]
    assert [name for name in table if name.startswith("prob_")] == ["prob_no_idc", "prob_idc"]
    assert table[["minx", "miny", "width", "height"]].iloc[2].tolist() == [100, 0, 20, 50]
    assert table["prob_idc"].astype("float32").tolist() == rows["score"].tolist()
    assert np.allclose(table["prob_idc"] + table["prob_no_idc"], 1)
    assert set(table["export_threshold"]) == {0.5}


def test_the_wsinfer_table_names_the_classes_as_the_store_does_and_says_which_is_positive(
    rows, store
):
    raster = Raster(positive="Tumour (any)", negative="stroma")
    known = Facts(run="demo", classes=raster.named)
    table = pd.read_csv(io.StringIO(wsinfer_csv(rows, origin(store.index), known, raster)))
    assert list(table.columns[4:6]) == ["prob_stroma", "prob_tumour_any"]
    assert table["prob_tumour_any"].astype("float32").tolist() == rows["score"].tolist()
    assert set(table["export_positive_class"]) == {"Tumour (any)"}
    assert set(table["export_negative_class"]) == {"stroma"}


def page(rows, **changes):
    usual = {
        "facts": FACTS,
        "threshold": 0.5,
        "whole": True,
        "colours": COLOURS,
        "verdicts": no_verdicts(),
        "raster": USUAL,
        "pixels": {(101, 51): np.zeros((50, 50, 3), np.uint8)},
    }
    return patient_page(rows, **usual | changes)


def test_the_page_opens_alone_and_shows_names_as_they_are(rows):
    text = page(rows)
    assert "<img src=x" not in text
    assert "&lt;img src=x onerror=" in text
    assert "<script" not in text
    assert not re.search(r'(src|href)="(?!data:)', text)
    assert "Not a medical device" in text


def test_the_page_of_a_patient_with_slides_names_the_slide(rows):
    assert " · S7" not in page(rows)
    assert " · S7" in page(rows.assign(slide="S7"))


def test_the_page_counts_as_by_hand(rows):
    text = page(rows)
    assert "0 of 1 (sensitivity 0.00)" in text
    assert "1 of 2 (specificity 0.50)" in text
    assert "33 % labelled, 33 % predicted" in text
    assert text.count("<figure>") == 2
    assert text.count('alt="patch"') == 1


def test_a_sample_has_no_burden_on_the_page(rows):
    assert "a sample of the tissue" in page(rows, whole=False)


def test_a_page_without_errors_says_none(rows):
    assert "None at this threshold" in page(rows.assign(outcome="tn"))


def test_the_page_of_a_patient_without_labels_says_what_is_predicted_and_no_rate(rows):
    text = page(rows.assign(outcome="unlabelled", label=-1))
    assert "<dt>predicted IDC</dt><dd>1 of 3</dd>" in text
    assert "<dt>labels</dt><dd>none</dd>" in text
    assert "Highest scores (3 of 3)" in text
    assert text.index("score 0.9") < text.index("score 0.2") < text.index("score 0.1")
    for word in ("sensitivity", "missed", "false alarm", "burden", "confident errors", "(TP)"):
        assert word not in text.partition("</style>")[2], word


def test_the_page_of_a_patient_with_some_labels_judges_those_and_counts_the_others(rows):
    some = rows.assign(
        outcome=["fn", "unlabelled", "tn"], label=[rows["label"].iloc[0], -1, rows["label"].iloc[2]]
    )
    text = page(some)
    assert "<dt>patches</dt><dd>3</dd>" in text
    assert "<dt>without a label</dt><dd>1, in no figure below</dd>" in text
    assert "0 of 1 (sensitivity 0.00)" in text
    assert "Most confident errors (1 of 1)" in text
    assert "predicted IDC</span>" in text


def test_squares_without_a_label_are_called_as_predicted_in_two_colours(store, rows):
    found = [
        each["properties"] for each in features(rows.assign(outcome="unlabelled", label=-1), store)
    ]
    named = [each["classification"] for each in found]
    words = ["predicted no IDC", "predicted IDC", "predicted no IDC"]
    assert [each["name"] for each in named] == words
    assert named[0]["color"] == named[2]["color"] != named[1]["color"]
    assert all(set(each["measurements"]) == {"score"} for each in found)


def test_a_verdict_is_named_after_the_class_of_the_store(rows):
    said = pd.DataFrame(
        [
            {"x": 101, "y": 51, "verdict": verdict, "reviewer": "Bo", "at": "2026", "comment": ""}
            for verdict in ("idc", "no_idc", "unsure")
        ]
    )
    named = page(rows, verdicts=said, raster=Raster(positive="tumour", negative="stroma"))
    for word in ("tumour", "stroma", "unsure"):
        assert f"<td>{word}</td>" in named
    for word in ("idc", "no idc"):
        assert f"<td>{word}</td>" in page(rows, verdicts=said)


def test_verdicts_stand_on_the_page_as_text(rows):
    said = pd.DataFrame(
        [
            {
                "x": 101,
                "y": 51,
                "verdict": "agree_label",
                "reviewer": "<b>Bo</b>",
                "at": "2026-11-23T10:00:00",
                "comment": "a & b",
            }
        ]
    )
    text = page(rows, verdicts=said)
    assert "&lt;b&gt;Bo&lt;/b&gt;" in text
    assert "a &amp; b" in text
    assert "agree label" in text


@pytest.mark.parametrize("patient", ["8863", "9124", "14306"])
def test_real_slides_lie_as_the_index_says(real_root, tmp_path, patient):
    index = pd.read_csv(real_root / "idc_index.csv", dtype={"patient": str})
    column = "patient" if "patient" in index else index.columns[0]
    own = index[index[column] == patient].reset_index(drop=True)
    files = [
        next((real_root / "idc" / patient / str(row.label)).glob(f"*_x{row.x}_y{row.y}_class*.png"))
        for row in own.itertuples()
    ]
    pixels = [cv2.imread(str(file))[:, :, ::-1] for file in files]
    packed = np.full((len(own), 50, 50, 3), 255, np.uint8)
    for nth, patch in enumerate(pixels):
        packed[nth, : patch.shape[0], : patch.shape[1]] = patch
    np.save(tmp_path / "patches.npy", packed)
    own = own.assign(
        patient=patient, width=[p.shape[1] for p in pixels], height=[p.shape[0] for p in pixels]
    )
    store = PatchStore(tmp_path, own, Manifest(name="real", fingerprint="f", whole_patients=[]))
    rows = own.assign(score=0.5, outcome="tp")
    image = cv2.imdecode(np.frombuffer(slide_png(store, patient), np.uint8), cv2.IMREAD_UNCHANGED)
    for patch, feature in zip(pixels, features(rows, store), strict=True):
        (left, top), _, (right, bottom), *_ = feature["geometry"]["coordinates"][0]
        assert np.array_equal(image[top:bottom, left:right, 2::-1], patch)
