"""The slides that were cut become one patch store: in order, split by patient, with what was not
cut beside it."""

import numpy as np
import pandas as pd
import pytest

from idc_core.cut import store as store_module
from idc_core.cut.cutting import cut_all
from idc_core.cut.jobs import jobs
from idc_core.cut.store import MEASURED, SLIDES, put_together
from idc_core.data.split.splits import ByPatient, GivenSplit
from idc_core.data.stores.store import open_store
from idc_core.io.refusal import Refusal
from idc_core.records.raster import Raster
from tests.idc_core.cut.conftest import (
    OUTLINES,
    SIDE,
    draw_slide,
    settings_of,
    square,
    tissue_and_glass,
)

TABLE = (
    "slide,patient,site,exhaustive\nz,P1,north,yes\nb,P1,north,\nc,P2,north,yes\nd,P3,south,yes\n"
)


@pytest.fixture
def four(place):
    """Slides z and b of patient P1, c of P2 and d of P3; a is damaged and has no row."""
    for name in "zbcd":
        draw_slide(place, name)
    (place / "slides" / "a.tif").write_bytes(b"II*\0 cut off")
    (place / "slides.csv").write_text(TABLE)
    return place


def cut_of(place, settings=None, *, name="mine", rule=None, **how):
    """The store of all slides, put together."""
    settings = settings or settings_of(place)
    listed = jobs(place / "slides", place / "outlines", place / "slides.csv")
    parts, refused = cut_all(listed, settings, place / "work", workers=1, tell=lambda *_: None)
    rule = rule or ByPatient()
    return put_together(
        parts, refused, settings, place / "data" / name, place / "slides", rule, **how
    )


def test_patches_stand_by_patient_slide_row_and_column_with_their_pixels(four):
    made = cut_of(four)
    index = made.index
    assert index[["patient", "slide"]].drop_duplicates().to_numpy().tolist() == [
        ["P1", "b"],
        ["P1", "z"],
        ["P2", "c"],
        ["P3", "d"],
    ]
    places = index[["patient", "slide", "y", "x"]]
    assert places.equals(places.sort_values(list(places), kind="stable"))
    # b is outlined in part, 10 squares; on the others all tissue is known but two squares.
    assert index.groupby("slide").size().to_dict() == {"b": 10, "c": 34, "d": 34, "z": 34}
    assert index.groupby("slide")["label"].sum().to_dict() == dict.fromkeys("bcdz", 6)
    whole = tissue_and_glass()
    for row in (0, 9, 10, 60, len(index) - 1):
        x, y = index.loc[row, ["x", "y"]].astype(int) - 1
        np.testing.assert_array_equal(made.patches[row], whole[y : y + SIDE, x : x + SIDE])
    assert set(MEASURED) <= set(index.columns)


def test_both_slides_of_a_patient_stand_in_one_split(four):
    for seed in range(6):
        made = cut_of(four, rule=ByPatient((0.5, 0.25, 0.25), seed))
        assert made.index.groupby("patient")["split"].nunique().max() == 1
    assert made.manifest.patients == {"train": 1, "validation": 1, "test": 1, "unused": 0}


def test_patients_of_one_site_stand_in_one_split_where_that_is_asked_for(four):
    apart = False
    for seed in range(6):
        rule = ByPatient((0.5, 0.25, 0.25), seed)
        split = cut_of(four, rule=rule, by_site=True).index.groupby("patient")["split"].first()
        assert split["P1"] == split["P2"] != split["P3"]
        alone = cut_of(four, rule=rule).index.groupby("patient")["split"].first()
        apart |= alone["P1"] != alone["P2"]
    assert apart


def test_a_given_split_holds_and_patients_that_it_does_not_name_are_unused(four):
    made = cut_of(four, rule=GivenSplit({"P1": "train", "P2": "test"}, "by hand"))
    split = made.index.groupby("patient")["split"].first().to_dict()
    assert split == {"P1": "train", "P2": "test", "P3": "unused"}
    assert (made.manifest.split.kind, made.manifest.split.patients_not_named) == ("given", 1)


def test_a_split_that_names_slides_is_one_of_their_patients_and_parts_none(four):
    listed = {"z.svs": "train", "b": "train", "c": "test", "P3": "validation"}
    made = cut_of(four, rule=GivenSplit(listed, "split.csv"))
    split = made.index.groupby("patient")["split"].first().to_dict()
    assert split == {"P1": "train", "P2": "test", "P3": "validation"}
    assert made.manifest.split.notes == [
        "3 slides are named in split.csv, like 'z.svs': the split of patient 'P1'."
    ]
    with pytest.raises(Refusal, match="which names slides: patient P1 stands in train and test"):
        cut_of(four, name="parted", rule=GivenSplit(listed | {"b": "test"}, "split.csv"))
    assert not (four / "data" / "parted").exists()


def test_every_slide_has_a_row_those_that_were_refused_too(four):
    made = cut_of(four)
    table = pd.read_parquet(made.path / SLIDES).set_index("slide")
    assert table["state"].to_dict() == dict.fromkeys("bzcd", "done") | {"a": "refused"}
    assert table.loc["a", "why"].startswith("expected a tissue image")
    b, z = table.loc["b"], table.loc["z"]
    assert (b["patient"], b["site"], b["positive"], b["unknown"]) == ("P1", "north", 6, 24)
    assert (z["negative"], z["unknown"], z["undecided"]) == (28, 0, 1)
    assert (b["um_x"], b["um_from"], b["width"], b["height"]) == (0.5, "file", 128, 96)
    assert made.manifest.files == 5
    assert made.manifest.rejected == {"slide not cut": 1}
    (reject,) = pd.read_csv(made.path / "rejects.csv").to_dict("records")
    assert reject == {"file": "a.tif", "reason": "slide not cut", "detail": table.loc["a", "why"]}


def test_a_store_says_what_each_class_of_the_outlines_counts_as(four):
    draw_slide(four, "d", [*OUTLINES, square(5, 0, 6, 1, "tumour")])
    made = cut_of(four)
    assert made.manifest.outlined == {
        "Tumor": "positive",
        "tumour": "positive",
        "Stroma": "negative",
        "Fold": "exclude",
    }
    assert "classes" not in pd.read_parquet(made.path / SLIDES)


def test_a_patient_is_whole_where_all_of_its_slides_are_outlined_exhaustively(four):
    assert cut_of(four).whole_patients == {"P2", "P3"}


def test_the_fingerprint_is_another_where_the_scale_or_the_packing_is_and_else_the_same(four):
    def raster(um, side=96):
        return Raster(
            patch_px=side, um_per_px=um, um_from="given", positive="tumour", negative="stroma"
        )

    for name in "zbcd":
        outlines = [square(0, 0, 8, 6, "Tumor")]
        draw_slide(four, name, outlines, pixels=tissue_and_glass().repeat(4, 0).repeat(4, 1))
    ways = {
        "usual": {"raster": raster(0.5), "um": 0.5},
        "coarser": {"raster": raster(1.0), "um": 1.0},
        "lossless": {"raster": raster(0.5), "um": 0.5, "codec": "png"},
        "again": {"raster": raster(0.5), "um": 0.5},
    }
    found = {
        name: cut_of(four, settings_of(four, **way), name=name).fingerprint
        for name, way in ways.items()
    }
    assert found["again"] == found["usual"]
    assert len(set(found.values())) == 3


def test_where_no_square_has_a_label_nothing_is_left_and_an_old_store_stays(four):
    before = cut_of(four).fingerprint
    for name in "zbcd":
        draw_slide(four, name, [OUTLINES[-1]])
    (four / "slides.csv").write_text("slide\n")
    for name in ("mine", "other"):
        with pytest.raises(Refusal, match=r"expected squares with a label in .*slides: there is"):
            cut_of(four, name=name)
    assert open_store(four / "data" / "mine").fingerprint == before
    assert not (four / "data" / "other").exists()


def test_a_kill_while_it_is_put_together_leaves_the_old_store(four, monkeypatch):
    before = cut_of(four).fingerprint
    draw_slide(four, "c", OUTLINES[:1])

    def killed(*_):
        raise KeyboardInterrupt

    for step in ("joined_raw", "write_parquet", "write_text", "_manifest"):
        with monkeypatch.context() as patched:
            patched.setattr(store_module, step, killed)
            with pytest.raises(KeyboardInterrupt):
                cut_of(four)
        assert open_store(four / "data" / "mine").fingerprint == before
        assert [each.name for each in (four / "data").iterdir() if each.is_dir()] == ["mine"]
    assert cut_of(four).fingerprint != before
