"""Terms on this page: each view names its own, and each is explained."""

import pytest

from dashboard import pages
from dashboard.widgets import glossary
from idc_core.facts.glossary import TERMS, Term

VIEWS = [view.key for view in pages.VIEWS]


@pytest.mark.parametrize("key", VIEWS)
def test_every_term_that_a_view_names_is_in_the_glossary(key):
    terms = pages.view(key).terms
    assert terms, "a view without terms"
    assert set(terms) <= set(TERMS)


def test_a_page_says_its_terms_and_those_of_its_open_tab_only(full_run, app):
    said = app().open("failures/areas").html
    for key in ("threshold", "lesion", "froc_score"):
        assert f"<dt>{TERMS[key].title}</dt>" in said
    assert f"<dt>{TERMS['icc'].title}</dt>" not in said


def test_a_term_is_said_in_plain_words_with_the_standard_term_and_the_formula_below():
    term = Term("a", "A < B", "Plain & short.", "standard", "1 / 2")
    assert glossary.definitions([term]) == (
        '<dl class="idc-terms"><dt>A &lt; B</dt><dd>Plain &amp; short.'
        "<small>standard · 1 / 2</small></dd></dl>"
    )


def test_terms_are_said_as_the_run_calls_its_classes(tumour_run, app):
    said = app().open("patients").html
    assert "<dt>Missed tumour</dt><dd>tumour by label, but predicted stroma.<small>" in said
    assert "<dt>tumour found</dt>" in said
    assert "<dt>tumour</dt><dd>The positive class, label 1: what is looked for.</dd>" in (
        app().open("guide/glossary").html
    )
