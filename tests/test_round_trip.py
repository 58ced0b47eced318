"""A patient's picture and squares, exported by the app and cut again, are the patches they were."""

import shutil

import cv2
import numpy as np
import pytest

from dashboard.views.patients.export_patient import squares
from idc_core.annotations.classes import read_class_map
from idc_core.cut.cutting import cut_all
from idc_core.cut.jobs import jobs
from idc_core.cut.settings import Settings
from idc_core.cut.store import put_together
from idc_core.data.prepare import prepare
from idc_core.data.split.splits import ByPatient
from idc_core.export.patient.image import origin, patches_of, slide_png
from idc_core.records.raster import USUAL

CLASSES = """pattern,class
(IDC found|missed IDC),positive
(false alarm|true negative),negative
predicted .*,exclude
"""
KEYS = ["x", "y"]


def exported(store, patient, place, *, verdicts=0, unlabelled=0):
    """The two files that the page of a patient offers, as they are saved; the first rows have
    verdicts, which QuPath shows as annotations, the last ones no label."""
    own = patches_of(store, patient)
    scores = np.random.default_rng(0).random(len(own)).astype(np.float32)
    called = np.array([["tn", "fp"], ["fn", "tp"]])
    rows = own[["patient", "x", "y", "label"]].assign(
        score=scores, outcome=called[own["label"], (scores >= 0.5).astype(int)]
    )
    rows.loc[rows.index[len(rows) - unlabelled :], ["label", "outcome"]] = [-1, "unlabelled"]
    said = rows[:verdicts].assign(verdict="agree_label")
    for name in ("slides", "outlines"):
        (place / name).mkdir()
    (place / "slides" / f"{patient}.png").write_bytes(slide_png(store, patient))
    text = squares(rows, store, {"run": "drawn"}, said, store.raster, 0.5)
    (place / "outlines" / f"{patient}.geojson").write_text(text)
    (place / "classes.csv").write_text(CLASSES)
    return own[: len(own) - unlabelled]


def cut_again(place, *, detections=True, exhaustive=True):
    """The store that `cut --detections --exhaustive` makes of them at the picture's own scale."""
    settings = Settings(
        raster=USUAL, um=4, classes=read_class_map(place / "classes.csv"), detections=detections
    )
    listed = jobs(place / "slides", place / "outlines", um=4, exhaustive=exhaustive)
    parts, refused = cut_all(listed, settings, place / ".cut", tell=lambda *_: None)
    assert not refused
    made = put_together(parts, refused, settings, place / "again", place, ByPatient())
    return made, parts[0].done


def assert_the_same(store, own, made, done, *, left_out=0):
    left, top = origin(own)
    first = own.assign(x=own["x"] - left + 1, y=own["y"] - top + 1).reset_index()
    both = first.merge(made.index.reset_index(), on=KEYS, how="outer", suffixes=("", "_again"))
    # Every square came back, and nothing that was not there: what is transparent is glass.
    assert both.notna().all(axis=None)
    assert len(both) == len(own) == len(made.index)
    for name in ("label", "width", "height", "digest"):
        assert both[name].tolist() == both[f"{name}_again"].tolist(), name
    np.testing.assert_array_equal(
        made.patches[both["index_again"].to_numpy()], store.patches[both["index"].to_numpy()]
    )
    assert (done.positive, done.negative) == (own["label"].sum(), (own["label"] == 0).sum())
    assert (done.undecided, done.unknown, done.excluded) == (0, 0, left_out)
    assert done.squares >= done.tissue == len(own) + left_out


@pytest.mark.parametrize("patient", ["8863", "8864", "9124", "14306"])
def test_real_patients_come_back_to_the_byte(real_root, tmp_path, patient):
    shutil.copytree(real_root / "idc" / patient, tmp_path / "source" / patient)
    store = prepare(tmp_path / "source", tmp_path / "first")
    own = exported(store, patient, tmp_path)
    made, done = cut_again(tmp_path)
    assert_the_same(store, own, made, done)
    assert made.raster.patch_px == 50


@pytest.fixture
def drawn(tmp_path):
    """A patient of 6 × 5 squares: three are not there, one is white and one black, and of the last
    column and row, 20 and 12 px of which lie on the slide, some are positive."""
    rng = np.random.default_rng(3)
    absent = {(0, 0), (3, 2), (5, 4)}
    for column in range(6):
        for row in range(5):
            if (column, row) in absent:
                continue
            wide, high = 20 if column == 5 else 50, 12 if row == 4 else 50
            noise = rng.integers(0, 40, (high, wide, 3), np.uint8)
            pixels = np.array((160, 80, 190), np.uint8) + noise
            if (column, row) in {(1, 1), (2, 1)}:
                pixels[:] = 255 * (column - 1)
            label = int(column + row >= 5)
            folder = tmp_path / "source" / "7" / str(label)
            folder.mkdir(parents=True, exist_ok=True)
            name = f"7_idx5_x{701 + 50 * column}_y{351 + 50 * row}_class{label}.png"
            assert cv2.imwrite(str(folder / name), pixels)
    return prepare(tmp_path / "source", tmp_path / "first")


def test_a_drawn_patient_comes_back_with_edges_verdicts_and_nothing_where_it_is_clear(
    drawn, tmp_path
):
    own = exported(drawn, "7", tmp_path, verdicts=4)
    assert own.loc[own["height"] == 12, "label"].tolist() == [0, 1, 1, 1, 1]
    assert_the_same(drawn, own, *cut_again(tmp_path))


def test_squares_whose_label_nobody_knows_are_left_out_and_counted(drawn, tmp_path):
    own = exported(drawn, "7", tmp_path, unlabelled=3)
    assert_the_same(drawn, own, *cut_again(tmp_path), left_out=3)


def test_without_detections_only_what_has_a_verdict_is_outlined(drawn, tmp_path):
    exported(drawn, "7", tmp_path, verdicts=4)
    made, done = cut_again(tmp_path, detections=False, exhaustive=False)
    assert len(made.index) == 4
    assert done.left_out == {"a cell or detection": 23}
    assert done.unknown == done.tissue - 4
