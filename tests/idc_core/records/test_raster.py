"""How patches were cut and what the classes are called, checked where it is read."""

import pytest

from idc_core.io import record
from idc_core.io.refusal import Refusal
from idc_core.records.manifest import Manifest
from idc_core.records.raster import USUAL, Raster
from idc_core.records.run_info import RunInfo

LEAST = {"name": "one", "fingerprint": "f", "whole_patients": []}


def test_the_usual_raster_is_the_public_sets():
    assert (USUAL.patch_px, USUAL.stride_px, USUAL.um_per_px) == (50, 50, None)
    assert (USUAL.positive, USUAL.negative) == ("IDC", "no IDC")
    assert USUAL.cut_as_usual


def test_patches_lie_side_by_side_unless_a_stride_is_said():
    assert Raster(patch_px=96).stride_px == 96
    assert not Raster(patch_px=96).overlaps
    assert Raster(patch_px=96, stride_px=48).overlaps


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"patch_px": 15}, "expected patch_px from 16 to 1,024 pixels: found 15"),
        ({"patch_px": 1025}, "expected patch_px from 16 to 1,024 pixels: found 1025"),
        ({"stride_px": -1}, "expected stride_px from 1 to 4,096 pixels: found -1"),
        ({"um_per_px": 0.0}, "expected um_per_px from 0.01 to 100 µm: found 0"),
        ({"um_per_px": float("nan")}, "expected um_per_px from 0.01 to 100 µm: found nan"),
        ({"positive": ""}, "expected positive, the name of a class, in 1 to 40 signs"),
        ({"negative": " stroma"}, "expected negative, the name of a class"),
        ({"positive": "a\nb"}, "expected positive, the name of a class"),
        ({"positive": "stroma", "negative": "stroma"}, "expected two names of classes"),
    ],
)
def test_what_lies_outside_is_refused_with_the_range(said, sentence):
    with pytest.raises(Refusal, match=sentence):
        Raster(**said)
    if said != {"um_per_px": float("nan")}:
        with pytest.raises(Refusal, match=f"in raster of manifest.json, {sentence}"):
            record.of(Manifest, LEAST | {"format": 2, "raster": said}, "manifest.json")


def test_a_field_of_another_kind_is_named():
    for said, found in (({"patch_px": "big"}, "a whole number"), ({"um_from": "guess"}, "found")):
        with pytest.raises(Refusal, match=rf"expected raster\.\w+ in here to be .*{found}"):
            record.of(RunInfo, {"format": 3, "raster": said}, "here")


@pytest.mark.parametrize(("kind", "least"), [(Manifest, LEAST), (RunInfo, {})])
def test_files_from_before_there_was_a_raster_have_the_usual_one(kind, least):
    assert record.of(kind, least, "here").raster == USUAL
    found = record.of(kind, least | {"pixel_size_um": 4}, "here").raster
    assert found == Raster(um_per_px=4.0)
    assert record.of(kind, least | {"pixel_size_um": None}, "here").raster == USUAL


def test_a_raster_is_written_and_read_without_loss():
    given = Raster(patch_px=96, um_per_px=0.5, um_from="file", positive="tumour", negative="stroma")
    written = record.fields(Manifest(**LEAST, raster=given)) | {"format": 2}
    assert record.of(Manifest, written, "here").raster == given


def test_it_says_how_patches_were_cut():
    assert USUAL.words() == "50×50 px side by side"
    overlapping = Raster(patch_px=224, stride_px=112, um_per_px=0.25, um_from="given")
    assert overlapping.words() == "224×224 px every 112 px, 0.25 µm per pixel (as given)"


def test_what_patches_went_through_is_written_where_it_is_said_and_left_out_elsewhere(tmp_path):
    for raster in (USUAL, Raster(patch_px=96)):
        assert "codec" not in record.fields(raster)
    jpeg = Raster(patch_px=96, codec="jpeg")
    record.write(tmp_path / "run.json", RunInfo(raster=jpeg))
    assert record.read(RunInfo, tmp_path / "run.json").raster == jpeg
    with pytest.raises(Refusal, match=r"expected raster\.codec in here"):
        record.of(RunInfo, {"format": 3, "raster": {"codec": "gif"}}, "here")


def test_a_text_of_ours_is_said_with_the_names_of_the_classes():
    raster = Raster(positive="tumour", negative="stroma")
    said = raster.say("Missed IDC: IDC by label, predicted no IDC. Share without IDC in IDC Review")
    assert said == (
        "Missed tumour: tumour by label, predicted stroma. Share without tumour in IDC Review"
    )
    assert USUAL.say("no IDC, IDC") == "no IDC, IDC"
    assert (raster.predicted(True), raster.predicted(False)) == (
        "predicted tumour",
        "predicted stroma",
    )


def test_equal_rasters_have_one_place_in_a_dictionary_whatever_else_their_files_say():
    one, other = (Raster(positive="tumour", others={"note": [1]}) for _ in range(2))
    assert {one: 1}[other] == 1
    assert Raster() not in {one: 1}


def test_a_text_of_ours_keeps_its_meaning_with_other_names():
    raster = Raster(positive="tumour", negative="stroma")
    assert raster.say("There is no IDC patch.") == "There is no tumour patch."
    assert raster.say("than an IDC patch") == "than a tumour patch"
    assert Raster(positive="invasion").say("than an IDC patch") == "than an invasion patch"
    none = "Of 100 patches predicted no IDC, 91 have none"
    assert raster.say(none) == "Of 100 patches predicted stroma, 91 have no tumour"
    for text in (none, "There is no IDC patch.", "than an IDC patch", "this run has none"):
        assert USUAL.say(text) == text


def test_a_text_of_ours_writes_the_names_as_it_is_asked_to():
    raster = Raster(positive="tumour*", negative="stroma_")
    assert raster.say("**IDC**, no IDC", lambda name: f"<{name}>") == "**<tumour*>**, <stroma_>"


def test_an_article_and_a_capital_go_with_the_name_and_a_name_is_written_as_it_must_be():
    raster = Raster(positive="tumour", negative="adipose")
    assert raster.say("No IDC by label. An IDC patch, a no IDC square") == (
        "Adipose by label. A tumour patch, an adipose square"
    )
    assert USUAL.say("An IDC patch. No IDC") == "An IDC patch. No IDC"
    marked = Raster(positive="a*b", negative="c")
    assert marked.say("**IDC**, no IDC", lambda name: f"<{name}>") == "**<a*b>**, <c>"


def test_names_that_are_not_the_public_sets_are_told_apart_from_it():
    assert USUAL.named is None
    assert Raster(patch_px=96).named is None
    assert Raster(positive="tumour").named == ("tumour", "no IDC")
