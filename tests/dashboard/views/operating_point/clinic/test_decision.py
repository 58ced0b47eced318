"""Net benefit in words: both differences are paired."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dashboard.cache.predictions import SplitScores
from dashboard.charts.theme import digits
from dashboard.views.operating_point.clinic import decision
from dashboard.views.operating_point.clinic.abstention import (
    beside,
    coverage_table,
    in_words,
    judged,
)
from dashboard.views.operating_point.clinic.use_texts import ratio_text
from idc_core.metrics import clinic
from idc_core.metrics.abstain import Band, band_around
from idc_core.metrics.clinic import Benefit, benefit
from idc_core.metrics.curves import Ranked
from idc_core.metrics.uncertainty import Interval, PatientJackknife
from idc_core.records.raster import USUAL, Raster
from idc_core.runs.patient_counts import by_patient


def said(found, threshold):
    """What is said of net benefit, which follows the threshold under this key."""
    key, text = decision.said(found, threshold)
    assert key == "decision.said"
    return text


def split(labels, scores, patients):
    rows = pd.DataFrame({"patient": patients, "label": labels, "score": scores})
    counted = by_patient(rows)
    return SplitScores(
        Ranked(labels, scores), counted, PatientJackknife(len(counted)), USUAL, 0, rows
    )


@pytest.fixture(scope="module")
def good():
    """Twenty patients of 50 patches; scores as sharp as they say."""
    rng = np.random.default_rng(0)
    patients = np.repeat([f"p{one:02}" for one in range(20)], 50)
    scores = rng.beta(0.4, 0.8, 1000)
    labels = (rng.random(1000) < scores).astype(np.int8)
    return split(labels, scores, patients)


def test_the_sentence_uses_the_paired_difference(good):
    text, found = said(good, 0.3), benefit(good.patients.at(0.3), 0.3)
    assert found.over_all.low > 0
    assert f"{found.over_all.value:+.3f} [{found.over_all.low:+.3f} to" in text
    assert "better than treating all" in text
    assert "better than treating none" in text


def test_at_a_chance_where_all_is_called_nothing_is_shown_to_differ(good):
    assert "not shown to differ from treating all" in said(good, 0.001)


def test_a_threshold_that_is_no_chance_is_said(good):
    assert "not defined" in said(good, 1.0)


def test_the_band_is_said_with_the_patches_it_leaves_out(good):
    band = band_around(good.ranked, 0.3, 0.25)
    before, after = (judged(good, each) for each in (Band(0.3, 0.3), band))
    text = in_words(good, band, after, before)
    assert (
        f"Of the {after.silent} patches without an answer, from {after.silent_patients} patients"
        in text
    )
    assert f"{100 * after.silent_idc.value:.1f} %" in text
    assert (
        f"The model abstains on scores from {digits(band.low)} to {digits(band.high)}: the same "
        "share of" in text
    )
    table = beside(before, after)
    assert table["metric"].tolist()[:4] == [
        "Sensitivity",
        "Specificity",
        "Precision (PPV)",
        "Negative predictive value",
    ]
    assert (
        table["with abstention"].iloc[-1]
        == f"{after.answers} of {after.answered_patients} patients"
    )
    assert "It abstains on no patch." in in_words(good, Band(0.3, 0.3), before, before)


def test_the_coverage_curve_ends_where_the_table_stands(good):
    curve = coverage_table(good, 0.3)
    counts = good.ranked.counts(0.3)
    first = curve.iloc[0]
    assert (first["coverage"], first["sensitivity"]) == pytest.approx(
        (1, counts.sensitivity), abs=1e-5
    )
    assert curve["coverage"].is_monotonic_decreasing


def test_a_ratio_without_an_end_is_said_in_words():
    assert ratio_text(Interval(4.5, 1.83, 32.4)) == "4.50 [1.83–32.40]"
    assert ratio_text(Interval(np.inf, 3.2, np.inf)) == "∞ [at least 3.20]"
    assert ratio_text(Interval(np.nan, 0.0, np.inf)) == "–"


def test_what_rests_on_two_patients_is_not_shown_to_differ_though_its_interval_would_say_so(
    good, monkeypatch
):
    apart = Benefit(Interval(0.2, 0.1, 0.3), Interval(-0.2, -0.3, -0.1))
    monkeypatch.setattr(clinic, "benefit", lambda counts, threshold: apart)
    assert "better than treating none" in said(good, 0.5)
    assert "worse than treating all" in said(good, 0.5)
    two = split(np.array([1, 0, 1, 0]), np.array([0.9, 0.1, 0.8, 0.2]), ["a", "a", "b", "b"])
    assert "+0.200 (no interval" in said(two, 0.5)
    assert "not shown to differ from treating none" in said(two, 0.5)
    assert "not shown to differ from treating all" in said(two, 0.5)


def test_what_is_found_and_missed_is_named_as_the_store_names_its_classes(good):
    named = replace(good, raster=Raster(positive="tumour", negative="stroma"))
    assert "of the benefit of one tumour patch found" in said(named, 0.3)
    assert "of the benefit of one IDC patch found" in said(good, 0.3)
    band = band_around(good.ranked, 0.3, 0.25)
    before, after = (judged(good, each) for each in (Band(0.3, 0.3), band))
    assert in_words(named, band, after, before).endswith("have tumour.")
    assert in_words(good, band, after, before).endswith("have IDC.")
