"""Stores of patches that were cut by a program, of any size, beside those that `prepare` makes."""

import numpy as np
import pandas as pd
import pytest

from idc_core.data.stores.cut_patches import write_store
from idc_core.data.stores.store import fingerprint_of, open_store
from idc_core.demo.build import build_demo
from idc_core.io import record
from idc_core.io.files import read_json, sha256_of, write_json
from idc_core.io.refusal import Refusal
from idc_core.records.raster import USUAL, Raster
from tests.idc_core.demo.test_build import SMALL

TUMOUR = Raster(patch_px=96, um_per_px=0.5, um_from="file", positive="tumour", negative="stroma")


def rows(stride=96, count=6):
    return pd.DataFrame(
        {
            "patient": ["a"] * (count - 2) + ["b"] * 2,
            "x": [1 + stride * (at % 2) for at in range(count)],
            "y": [1 + stride * (at // 2) for at in range(count)],
            "label": [at % 2 for at in range(count)],
            "split": ["train"] * (count - 2) + ["test"] * 2,
        }
    )


def pixels(side=96, count=6):
    return np.random.default_rng(3).integers(0, 256, (count, side, side, 3)).astype(np.uint8)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return build_demo(tmp_path_factory.mktemp("built") / "demo", plans=SMALL)


@pytest.mark.parametrize("side", [16, 96, 224])
def test_patches_of_any_size_come_back_as_they_were(tmp_path, side):
    given, raster = pixels(side), Raster(patch_px=side)
    order = [5, 3, 1, 0, 2, 4]  # the store sorts them
    store = write_store(tmp_path / "one", rows(side).iloc[order], given[order], raster)
    np.testing.assert_array_equal(store.patches, given)
    assert store.raster == open_store(tmp_path / "one").raster == raster
    assert store.manifest.positives == {"train": 2, "validation": 0, "test": 1, "unused": 0}


def test_the_manifest_says_the_raster(tmp_path):
    write_store(tmp_path / "one", rows(), pixels(), TUMOUR)
    said = read_json(tmp_path / "one" / "manifest.json")
    assert said["format"] == 2
    assert said["raster"] == {
        "patch_px": 96,
        "stride_px": 96,
        "um_per_px": 0.5,
        "um_from": "file",
        "positive": "tumour",
        "negative": "stroma",
    }


def test_the_demo_has_the_pixels_and_the_fingerprint_it_had_before_there_was_a_raster(demo):
    assert demo.fingerprint == "4cd2cc8ab181d246751cfd51e98051f7116d319a582d560748aa3186d5e07e1a"
    pixels = "06b5310d2c72ab9eb8c7c5c7cfe35aa7143e0729f35c651ec35797b8683e66e7"
    assert sha256_of(demo.path / "patches.npy") == pixels


def test_patches_of_the_usual_raster_give_the_store_that_prepare_gives(demo, tmp_path):
    again = write_store(tmp_path / "demo", demo.index, demo.patches, USUAL)
    assert again.fingerprint == demo.fingerprint
    for name in ("patches.npy", "index.parquet"):
        assert (again.path / name).read_bytes() == (demo.path / name).read_bytes()


def test_another_scale_size_or_stride_is_other_data_and_another_word_is_not():
    index = rows().assign(width=96, height=96, digest="d", file="")
    usual = fingerprint_of(index)
    assert fingerprint_of(index, Raster(positive="tumour")) == usual
    others = [
        Raster(patch_px=96),
        Raster(patch_px=96, stride_px=48),
        Raster(patch_px=96, um_per_px=0.5),
        Raster(patch_px=96, um_per_px=0.25),
        Raster(um_per_px=4.0),
    ]
    assert len({usual, *(fingerprint_of(index, each) for each in others)}) == 6


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"x": 2}, r"expected places 1, 97, 193 …, the corners of a grid of 96 px: found x2 y1"),
        ({"x": 1, "y": 1}, r"expected each place once: patient a has x1 y1 twice"),
        ({"split": ["train", "test"] * 3}, r"a.* (train|test)"),
    ],
)
def test_what_is_no_store_is_refused_and_leaves_the_old_one(tmp_path, change, sentence):
    before = write_store(tmp_path / "one", rows(), pixels(), TUMOUR).fingerprint
    with pytest.raises(Refusal, match=sentence):
        write_store(tmp_path / "one", rows().assign(**change), pixels(), TUMOUR)
    assert open_store(tmp_path / "one").fingerprint == before
    assert [each.name for each in tmp_path.iterdir() if each.is_dir()] == ["one"]


def test_patches_of_another_side_are_refused(tmp_path):
    with pytest.raises(Refusal, match=r"shape \(6, 96, 96, 3\), one a row: found uint8 \(6, 50"):
        write_store(tmp_path / "one", rows(), pixels(50), TUMOUR)
    assert list(tmp_path.iterdir()) == []


def test_pixels_of_another_side_than_the_manifest_says_are_refused(tmp_path):
    store = write_store(tmp_path / "one", rows(), pixels(), TUMOUR)
    file = store.path / "manifest.json"
    said = read_json(file)
    write_json(file, said | {"raster": {"patch_px": 50}})
    with pytest.raises(Refusal, match=r"expected \(6, 50, 50, 3\) uint8 .* found \(6, 96, 96, 3\)"):
        _ = open_store(store.path).patches
    write_json(file, said | {"raster": {"patch_px": 8}})
    with pytest.raises(Refusal, match="expected patch_px from 16 to 1,024 pixels: found 8"):
        open_store(store.path)


def test_a_store_of_before_reads_as_it_was_and_stays_as_it_is(demo, tmp_path):
    file = demo.path / "manifest.json"
    said = read_json(file)
    old = {name: value for name, value in said.items() if name != "raster"} | {"format": 1}
    write_json(tmp_path / "manifest.json", old)
    (tmp_path / "index.parquet").write_bytes((demo.path / "index.parquet").read_bytes())
    before = (tmp_path / "manifest.json").read_bytes()
    store = open_store(tmp_path)
    assert store.raster == USUAL
    assert store.manifest == record.replace(demo.manifest, name=store.manifest.name)
    assert (tmp_path / "manifest.json").read_bytes() == before
