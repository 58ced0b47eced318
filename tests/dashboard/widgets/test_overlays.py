"""Overlays: what the page offers is what the browser can colour, and every colour is explained."""

import re

from dashboard.charts.theme import OUTCOMES, WORDS
from dashboard.views.patients.legend import legend
from dashboard.widgets import overlays
from dashboard.widgets.overlays import OVERLAYS
from idc_core.io.paths import REPOSITORY
from idc_core.records.raster import USUAL, Raster

WIDGETS = REPOSITORY / "dashboard" / "widgets"
SCRIPT = "".join(file.read_text(encoding="utf-8") for file in sorted(WIDGETS.glob("slide_*.js")))


def test_every_rule_is_known_to_the_browser_and_the_other_way_round():
    known = re.search(r"@typedef \{(.*?)\} Rule\n", SCRIPT)[1]
    assert set(re.findall(r'"(\w+)"', known)) == {each.rule for each in OVERLAYS}


def test_the_browser_reads_no_word_of_an_overlay():
    spoken = [each.label for each in OVERLAYS if each.label != each.key]
    assert spoken == ["errors only", "prediction", "near the threshold", "tissue only"]
    assert not [label for label in spoken if f'"{label}"' in SCRIPT]


def test_a_key_is_one_overlay_and_a_plain_word():
    keys = [each.key for each in OVERLAYS]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"[a-z_]+", key) for key in keys)
    assert [overlays.of(key).key for key in keys] == keys


def test_without_labels_only_what_needs_none_is_offered():
    assert list(overlays.words(labelled=False)) == ["score", "predicted", "near", "tissue"]
    assert set(overlays.words(labelled=False)) < set(overlays.words())


def test_the_legend_names_every_outcome_that_gets_a_colour():
    for each in OVERLAYS:
        said = legend(each, 0.5, USUAL)
        named = [kind for kind in OUTCOMES if f"{WORDS[kind]} (" in said]
        assert set(named) == set(each.kinds) - {"unlabelled"}, each.key
        assert bool(said) == (each.rule != "nothing")


def test_the_legend_names_the_classes_as_the_store_does():
    raster = Raster(positive="tumour", negative="<b>stroma")
    said = legend(overlays.of("errors"), 0.5, raster)
    assert "missed tumour (FN)" in said
    assert "IDC" not in said
    said = legend(overlays.of("label"), 0.5, raster)
    assert "labelled tumour" in said
    assert "labelled &lt;b&gt;stroma" in said


def test_every_outcome_has_its_colour_and_errors_are_the_two_that_are_wrong():
    assert overlays.of("outcome").kinds == ("tp", "fn", "fp", "tn", "unlabelled")
    assert overlays.of("errors").kinds == ("fn", "fp")
