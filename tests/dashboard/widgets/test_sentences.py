"""The threshold's figures in one sentence, whose parts follow the threshold."""

import math
import re

from dashboard.widgets.sentences import in_words
from idc_core.facts.rate_words import Judged
from idc_core.metrics.catalogue import RATES
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.uncertainty import Interval
from idc_core.records.raster import Raster


def said(sensitivity, positive="tumour"):
    rates = {"sensitivity": sensitivity, "specificity": Interval(0.9, 0.85, 0.95)}
    of = Judged(Confusion(7, 2, 1, 3), rates, dict.fromkeys(RATES, 38))
    return in_words(of, Raster(positive=positive, negative="stroma"))


def test_both_rates_are_said_of_the_classes_of_the_store():
    found = said(Interval(0.834, 0.78, 0.881))
    assert re.sub(r"</?span[^>]*>", "", found) == (
        "Of 100 tumour patches, <strong>83 are found</strong> (95 % interval 78 to 88, from 38 "
        "patients); of 100 patches without tumour, <strong>10 raise a false alarm</strong>."
    )
    assert re.findall(r'data-live="(.*?)">(.*?)<', found) == [
        ("sentence.found", "83 are found"),
        ("sentence.around", "95 % interval 78 to 88, from 38 patients"),
        ("sentence.alarms", "10 raise a false alarm"),
    ]


def test_a_name_is_text():
    assert "Of 100 a&lt;b&gt; patches" in said(Interval(0.8, 0.7, 0.9), "a<b>")


def test_a_missing_class_is_said():
    assert "not defined" in said(Interval(math.nan, math.nan, math.nan))
