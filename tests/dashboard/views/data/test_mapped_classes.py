"""Several classes of outlines are said to be one against the rest."""

import pytest

from dashboard.views.data.mapped_classes import MOST, sentence
from idc_core.io.files import read_json, write_json
from idc_core.records.manifest import Manifest
from idc_core.records.raster import Raster

CLASSES = {
    "tumour": "positive",
    "in *situ*": "positive",
    "stroma": "negative",
    "fat": "negative",
    "fold": "exclude",
    "note": "ignore",
}


def manifest(outlined):
    raster = Raster(positive="malignant", negative="benign")
    return Manifest(name="m", fingerprint="f", whole_patients=[], raster=raster, outlined=outlined)


def test_the_positive_classes_are_named_and_all_others_are_the_rest():
    assert sentence(manifest(CLASSES)) == (
        "Of the classes of the outlines, “in *situ*”, “tumour” count as malignant; all other "
        "mapped classes (“fat”, “stroma”) are the rest, benign."
    )
    one = {name: role for name, role in CLASSES.items() if name != "in *situ*"}
    assert "“tumour” counts as malignant;" in sentence(manifest(one))


@pytest.mark.parametrize(
    "few", [{}, {"tumour": "positive"}, {"a": "positive", "b": "negative", "c": "exclude"}]
)
def test_of_two_classes_nothing_is_said(few):
    assert sentence(manifest(few)) == ""


def test_a_long_list_ends_with_how_many_more():
    many = {f"c{at:02}": "negative" for at in range(MOST + 3)} | {"tumour": "positive"}
    assert "“c11” and 3 more) are the rest" in sentence(manifest(many))


def test_the_page_says_it_and_shows_names_as_they_are(own_world, app):
    assert "classes of the outlines" not in app(run="small").open("data").text
    file = own_world / "data" / "tiny" / "manifest.json"
    write_json(file, read_json(file) | {"outlined": CLASSES})
    said = app(run="small").open("data").text
    assert "“in \\*situ\\*”, “tumour” count as IDC; all other mapped classes" in said
