"""Overlays: what the page offers is what the browser can colour, and every colour is explained."""

import re

from dashboard.charts.theme import OUTCOMES, WORDS
from dashboard.views.patients.legend import legend
from dashboard.widgets import overlays
from dashboard.widgets.overlays import OVERLAYS
from idc_core.io.places import REPOSITORY

SCRIPT = (REPOSITORY / "dashboard" / "widgets" / "slide_viewer.js").read_text(encoding="utf-8")


def test_every_rule_is_a_function_of_the_browser_and_the_other_way_round():
    rules = re.search(r"const RULES = \{\n(.*?)\n\};", SCRIPT, re.DOTALL)[1]
    coloured = set(re.findall(r"^  (\w+): \(", rules, re.MULTILINE))
    assert coloured == {each.rule for each in OVERLAYS}


def test_the_browser_reads_no_word_of_an_overlay():
    spoken = [each.label for each in OVERLAYS if each.label != each.key]
    assert spoken == ["errors only", "near the threshold", "tissue only"]
    assert not [label for label in spoken if f'"{label}"' in SCRIPT]


def test_a_key_is_one_overlay_and_a_plain_word():
    keys = [each.key for each in OVERLAYS]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"[a-z_]+", key) for key in keys)
    assert [overlays.of(key).key for key in keys] == keys


def test_without_labels_only_what_needs_none_is_offered():
    assert list(overlays.words(labelled=False)) == ["score", "near", "tissue"]
    assert set(overlays.words(labelled=False)) < set(overlays.words())


def test_the_legend_names_every_outcome_that_gets_a_colour():
    for each in OVERLAYS:
        said = legend(each, 0.5)
        named = [kind for kind in OUTCOMES if f"{WORDS[kind]} (" in said]
        assert set(named) == set(each.kinds) - {"unlabelled"}, each.key
        assert bool(said) == (each.rule != "nothing")
