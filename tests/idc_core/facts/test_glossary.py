"""One file of terms: every metric is in it, and the document is made from it."""

from idc_core.facts import glossary
from idc_core.facts.glossary import TERMS
from idc_core.metrics.catalogue import METRICS
from idc_core.records.raster import USUAL, Raster

NAMED = {
    *("idc", "patch", "slide", "threshold", "operating_point", "look", "split", "burden", "lesion"),
    *("froc", "calibration", "interval", "synthetic", "score", "label"),
}


def test_every_metric_of_the_catalogue_is_a_term_with_its_words_and_formula():
    for key, metric in METRICS.items():
        term = TERMS[key]
        assert term.title == metric.title
        assert term.meaning.rstrip(".").lower() == metric.sentence.rstrip(".").lower()
        assert (term.formula, term.source) == (metric.formula, metric.source)


def test_terms_that_are_no_figures_stand_beside_them_under_one_key_and_one_title_each():
    assert set(TERMS) >= NAMED
    assert len(TERMS) == len(glossary._OTHERS) + len(METRICS)
    assert len({term.title for term in TERMS.values()}) == len(TERMS)


def test_a_meaning_is_one_or_two_sentences():
    for term in TERMS.values():
        assert term.meaning[0].isupper() or not term.meaning[0].isalpha(), term
        assert term.meaning[-1] in ".?", term


def test_the_document_is_as_the_file_makes_it():
    assert glossary.DOCUMENT.read_text(encoding="utf-8") == glossary.document()
    assert "| Tumour area | Patches labelled IDC that touch, corners included. | lesion, " in (
        glossary.document()
    )


def test_a_term_is_said_with_the_names_of_the_classes_and_of_the_public_set_as_it_stands():
    raster = Raster(positive="tumour", negative="stroma")
    alarm = glossary.said_of(TERMS["fp"], raster)
    assert (alarm.title, alarm.meaning) == (
        "False alarm",
        "Stroma by label, but predicted tumour.",
    )
    assert glossary.said_of(TERMS["roc_auc"], raster).meaning.startswith(
        "Probability that a tumour patch scores higher"
    )
    looked_for = glossary.said_of(TERMS["idc"], raster)
    assert (looked_for.title, looked_for.meaning) == (
        "tumour",
        "The positive class, label 1: what is looked for.",
    )
    assert all(glossary.said_of(term, USUAL) == term for term in TERMS.values())
