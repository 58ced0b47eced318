"""The store of the synthetic slides: cut from them, called synthetic, the same each time."""

import json
import shutil

import numpy as np
import pytest
import tifffile
from shapely import box, unary_union
from shapely.geometry import shape

from idc_core.data.originals import original
from idc_core.data.stores.slide_frames import slide_frames
from idc_core.demo.slide_files import slide_file
from idc_core.demo.slide_store import NAME, RASTER, SLIDES_IN, build_slides, ensure_slides
from idc_core.io.files import read_json, read_parquet, write_json
from idc_core.io.paths import mark_of
from idc_core.io.refusal import Refusal
from tests.idc_core.demo.small_slides import SMALL, SPARED

SIDE = RASTER.patch_px


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build_slides(tmp_path_factory.mktemp("built") / "data", slides=SMALL)


@pytest.fixture
def data(built, tmp_path):
    """A copy of the folder of stores, to be damaged; its store was cut from the slides in it."""
    made = shutil.copytree(built.path.parent, tmp_path / "data")
    manifest = read_json(made / NAME / "manifest.json")
    mark = mark_of(str((made / SLIDES_IN).resolve()))
    write_json(made / NAME / "manifest.json", manifest | {"source_mark": mark})
    return made


def test_it_says_that_it_is_synthetic_and_how_it_was_cut(built):
    assert built.manifest.synthetic
    assert built.manifest.is_synthetic
    assert built.manifest.raster.um_per_px == 0.5
    assert len(set(built.index["slide"])) == len(SMALL)
    assert built.index.groupby("patient")["split"].first().to_dict() == {
        "demo-s6": "test",
        "demo-s7": "train",
    }


def test_every_kind_of_square_is_there_and_counted(built):
    table = read_parquet(built.path / "slides.parquet").set_index("slide")
    for slide, part in built.index.groupby("slide"):
        row = table.loc[slide]
        assert row["positive"] == (part["label"] == 1).sum() > 0
        assert row["negative"] == (part["label"] == 0).sum() > 0
        assert row["undecided"] > 0
    assert table["unknown"].gt(0).to_dict() == {
        "demo-s6a": False,
        "demo-s6b": True,
        "demo-s7": False,
    }
    assert table["excluded"].gt(0).tolist() == [False, False, True]
    assert table["holes"].tolist() == [1, 0, 0]
    assert table["repaired"].sum() == table["conflicts"].sum() == 0
    assert not table["alarms"].any()


def test_a_square_in_the_outline_is_positive_and_one_outside_is_not(built):
    for slide, part in built.index.groupby("slide"):
        file = built.path.parent / SLIDES_IN / f"{slide}.geojson"
        features = json.loads(file.read_text())["features"]
        tumour = unary_union(
            [
                shape(each["geometry"])
                for each in features
                if each["properties"]["classification"]["name"] == "Tumor"
            ]
        )
        for row in part.itertuples():
            square = box(row.x - 1, row.y - 1, row.x - 1 + SIDE, row.y - 1 + SIDE)
            share = square.intersection(tumour).area / SIDE**2
            assert row.label == (share >= 0.8)
            assert row.label or share == 0


def test_the_patches_are_the_slide_to_the_byte(built):
    whole = {
        each.slide: tifffile.imread(slide_file(built.path.parent / SLIDES_IN, each), key=0)
        for each in SMALL
    }
    for at, row in enumerate(built.index.itertuples()):
        part = whole[row.slide][row.y - 1 : row.y - 1 + SIDE, row.x - 1 : row.x - 1 + SIDE]
        np.testing.assert_array_equal(built.patches[at][: row.height, : row.width], part)


def test_building_twice_gives_the_same_fingerprint(built, tmp_path):
    assert build_slides(tmp_path, slides=SMALL).fingerprint == built.fingerprint


def test_what_is_whole_is_left_alone(data, built):
    ensure_slides(data, built.fingerprint, lambda *_: pytest.fail("something was done"), SMALL)


def test_a_missing_slide_is_drawn_and_a_missing_store_is_cut(data, built):
    slide_file(data / SLIDES_IN, SPARED).unlink()
    told = []
    ensure_slides(data, built.fingerprint, lambda *step: told.append(step), SMALL)
    assert told == [("drawing", 1, 1)]
    shutil.rmtree(data / NAME)
    told.clear()
    store = ensure_slides(data, built.fingerprint, lambda *step: told.append(step), SMALL)
    assert {stage for stage, _, _ in told} == {"cutting"}
    assert store.fingerprint == built.fingerprint
    assert not [each for each in data.iterdir() if each.name == f".{NAME}.cut"]


def test_a_folder_that_was_moved_is_cut_again_so_that_its_slides_are_found(data, tmp_path):
    moved = data.rename(tmp_path / "moved")
    told = []
    store = ensure_slides(moved, None, lambda *step: told.append(step), SMALL)
    assert {stage for stage, _, _ in told} == {"cutting"}
    for slide in slide_frames(store.path, RASTER).values():
        assert original(store.path, slide).parent == moved / SLIDES_IN


def test_a_store_of_other_slides_is_made_anew(data, built):
    manifest = read_json(data / NAME / "manifest.json")
    write_json(data / NAME / "manifest.json", manifest | {"fingerprint": "0" * 64})
    assert ensure_slides(data, built.fingerprint, slides=SMALL).fingerprint == built.fingerprint


def test_where_the_drawing_does_not_fit_the_run_the_cure_is_said(data):
    with pytest.raises(Refusal, match=r"fingerprint 000000000000 of the run .* --slides --rebuild"):
        ensure_slides(data, "0" * 64, slides=SMALL)


def test_a_store_of_somebodys_own_slides_is_never_replaced(data):
    manifest = read_json(data / NAME / "manifest.json")
    write_json(data / NAME / "manifest.json", manifest | {"synthetic": None})
    before = (data / NAME / "index.parquet").stat().st_mtime_ns
    with pytest.raises(Refusal, match="a store of other patches is there"):
        ensure_slides(data, "0" * 64, slides=SMALL)
    assert (data / NAME / "index.parquet").stat().st_mtime_ns == before
