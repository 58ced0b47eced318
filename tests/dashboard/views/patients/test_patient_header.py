"""The patient in one sentence, whose parts follow the threshold."""

import re

from dashboard.views.patients.patient_header import in_words
from idc_core.metrics.confusion import Confusion
from idc_core.records.raster import USUAL, Raster

NAN = float("nan")


def plain(html):
    return re.sub(r"</?span[^>]*>", "", html)


def test_a_sentence_says_both_errors_the_burden_and_the_review():
    said = in_words(Confusion(tn=5, fp=1, fn=2, tp=8), (0.625, 0.5625), 1, "whole", USUAL)
    assert plain(said) == (
        "Of 10 IDC patches <strong>2 are missed</strong>; of 6 without IDC <strong>1 raises a "
        "false alarm</strong>. Burden: 62 % labelled, 56 % predicted. <strong>1 of 3</strong> "
        "errors reviewed."
    )
    assert re.findall(r'data-live="(.*?)">(.*?)<', said) == [
        ("patient.missed", "2 are missed"),
        ("patient.alarms", "1 raises a false alarm"),
        ("patient.predicted", "56 %"),
        ("patient.reviewed", "1 of 3"),
        ("patient.review", "errors reviewed."),
    ]


def test_a_sentence_says_why_there_is_no_burden():
    counts = Confusion(tn=5, fp=1, fn=1, tp=0)
    assert "a sample of the tissue" in in_words(counts, (NAN, NAN), 0, "sample", USUAL)


def test_a_patient_of_one_class_is_said_in_words():
    without = in_words(Confusion(tn=5, fp=1, fn=0, tp=0), (NAN, NAN), 0, "sample", USUAL)
    assert without.startswith("No patch is labelled IDC")
    only = in_words(Confusion(tn=0, fp=0, fn=1, tp=3), (NAN, NAN), 0, "sample", USUAL)
    assert "every patch is labelled IDC" in only


def test_the_classes_are_called_as_the_store_calls_them_and_their_names_are_text():
    raster = Raster(positive="tumour", negative="stroma")
    said = plain(in_words(Confusion(5, 1, 2, 8), (0.625, 0.5625), 3, "whole", raster))
    assert said.startswith(
        "Of 10 tumour patches <strong>2 are missed</strong>; of 6 without tumour"
    )
    none = in_words(Confusion(1, 0, 0, 0), (0, 0), 0, "sample", Raster(positive="<a>"))
    assert none.startswith("No patch is labelled &lt;a&gt;, so nothing can be missed")
