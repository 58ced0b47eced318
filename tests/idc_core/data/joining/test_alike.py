"""What must agree is refused with both stores and what each has."""

import pytest

from idc_core.data.joining.join import join
from idc_core.io import record
from idc_core.io.refusal import Refusal
from idc_core.records.manifest import read_manifest
from idc_core.records.raster import Raster
from tests.joined_world import drawn

COARSE = Raster(patch_px=32, um_per_px=0.5, um_from="file", positive="tumour", negative="stroma")


@pytest.fixture
def first(tmp_path):
    return drawn(tmp_path / "a", ["p"], COARSE).path


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"patch_px": 48}, "patches of one size: a has 32 px, b has 48 px"),
        ({"stride_px": 16}, "one step between patches: a has 32 px, b has 16 px"),
        ({"um_per_px": 1.0}, "one size of a pixel: a has 0.5 µm, b has 1 µm"),
        ({"um_per_px": None}, "one size of a pixel: a has 0.5 µm, b has none that is known"),
        ({"positive": "DCIS"}, "one positive class: a has “tumour”, b has “DCIS”"),
        ({"negative": "other"}, "one negative class: a has “stroma”, b has “other”"),
        ({"codec": "jpeg"}, "one compression: a has none, b has jpeg"),
    ],
)
def test_stores_that_were_cut_otherwise_are_refused_with_both(first, tmp_path, changed, said):
    other = drawn(tmp_path / "b", ["q"], record.replace(COARSE, **changed), seed=1)
    with pytest.raises(Refusal, match=said):
        join([first, other.path], tmp_path / "all")
    assert not (tmp_path / "all").exists()


def test_synthetic_tissue_is_not_joined_with_patients(first, tmp_path):
    other = drawn(tmp_path / "b", ["q"], COARSE, seed=1, synthetic=True)
    with pytest.raises(Refusal, match="a has patients' tissue, b has synthetic tissue"):
        join([first, other.path], tmp_path / "all")


def test_outlines_of_two_meanings_are_refused(first, tmp_path):
    other = drawn(tmp_path / "b", ["q"], COARSE, seed=1).path
    for store, role in ((first, "positive"), (other, "ignore")):
        manifest = record.replace(read_manifest(store), outlined={"DCIS": role})
        record.write(store / "manifest.json", manifest)
    with pytest.raises(Refusal, match="“DCIS” counts as positive in a, as ignore in b"):
        join([first, other], tmp_path / "all")


def test_where_the_size_of_a_pixel_comes_from_may_differ_and_is_then_not_said(first, tmp_path):
    other = drawn(tmp_path / "b", ["q"], record.replace(COARSE, um_from="given"), seed=1)
    made = join([first, other.path], tmp_path / "all")
    assert (made.raster.um_per_px, made.raster.um_from) == (0.5, None)


def test_one_store_the_same_twice_and_two_of_one_name_are_refused(first, tmp_path):
    twin = drawn(tmp_path / "deeper" / "a", ["q"], COARSE, seed=1).path
    for folders, said in (
        ([first], "two stores or more to join: found 1"),
        ([first, first], "is named twice"),
        ([first, twin], "expected stores of different names"),
    ):
        with pytest.raises(Refusal, match=said):
            join(folders, tmp_path / "all")


def test_a_joined_store_and_one_without_pixels_are_refused(first, tmp_path):
    other = drawn(tmp_path / "b", ["q"], COARSE, seed=1).path
    third = drawn(tmp_path / "c", ["r"], COARSE, seed=2).path
    joined = join([first, other], tmp_path / "all").path
    with pytest.raises(Refusal, match="all joins others"):
        join([joined, third], tmp_path / "more")
    with pytest.raises(Refusal, match="is one of those joined"):
        join([joined, third], joined)
    (third / "patches.npy").unlink()
    with pytest.raises(Refusal, match="expected the pixels of c"):
        join([first, third], tmp_path / "more")
