"""Clinical use: a thousand patches at any prevalence, decision curve, selective prediction."""

import re

import numpy as np
import pandas as pd
import pytest

from dashboard.charts.theme import COLOURS
from dashboard.views.operating_point.clinic import charts, use_texts
from dashboard.views.operating_point.clinic.prevalence import in_words
from idc_core.metrics.confusion import Confusion
from idc_core.records.raster import USUAL, Raster


def numbers(page):
    found = re.findall(r'class="name">([^<]+)</div><div class="value">([^ <]+)', page.html)
    return dict(found)


def said_of(counts, raster):
    """As a reader reads it: bold between stars."""
    html = in_words(counts, 0.1, raster)
    return re.sub(r"</?span[^>]*>", "", re.sub("</?strong>", "**", html))


def test_a_thousand_patches_add_up_and_are_said_in_words():
    counts = charts.of_a_thousand(0.83, 0.9, 0.1)
    assert counts == {"tp": 83, "fn": 17, "fp": 90, "tn": 810}
    said = said_of(counts, USUAL)
    assert "of which 10 % have IDC, the model predicts IDC in **173: 83 correctly, 90 not**" in said
    assert "of the 827 predicted no IDC, **17 have IDC**" in said


@pytest.mark.parametrize("prevalence", [0.001, 0.3335, 0.9])
def test_every_square_is_one_of_a_thousand(prevalence):
    counts = charts.of_a_thousand(0.777, 0.888, prevalence)
    drawn = charts.thousand_chart(counts, USUAL)["datasets"]["patches"]
    assert len(drawn) == sum(counts.values()) == 1000
    assert not drawn.duplicated(["col", "row"]).any()


def test_a_miss_and_a_false_alarm_differ_without_their_colours():
    encoding = charts.thousand_chart(charts.of_a_thousand(0.5, 0.5, 0.5), USUAL)["encoding"]
    marks = {
        outcome: (shape, inside)
        for outcome, shape, inside in zip(
            encoding["shape"]["scale"]["domain"],
            encoding["shape"]["scale"]["range"],
            encoding["fill"]["scale"]["range"],
            strict=True,
        )
    }
    assert marks["missed IDC"] == ("circle", COLOURS["fn"])
    assert marks["false alarm"] == ("circle", "transparent")
    assert marks["IDC found"] == ("square", COLOURS["tp"])


def test_at_its_own_prevalence_ppv_is_precision(full_run, app):
    page = app(threshold="0.5").open("operating-point/clinic")
    at_clinic = numbers(page)["PPV at this prevalence"]
    page.open("operating-point/threshold")
    assert at_clinic == numbers(page)["Precision"]


def test_rarer_idc_makes_a_call_less_sure_and_the_address_says_so(full_run, app):
    page = app(threshold="0.5").open("operating-point/clinic")
    before = float(numbers(page)["PPV at this prevalence"])
    page.at.slider(key="clinic_prevalence").set_value(2.0).run()
    assert float(numbers(page)["PPV at this prevalence"]) < before
    assert page.query["prevalence"] == "0.02"
    assert "of which 2 % have IDC" in page.text
    page.at.button(key="own_prevalence").click().run()
    assert float(numbers(page)["PPV at this prevalence"]) == before
    assert "prevalence" not in page.query


def test_more_abstention_leaves_fewer_answers(full_run, app):
    page = app(threshold="0.5").open("operating-point/clinic")

    def answered():
        return float(re.search(r"([\d.]+) % of [\d,]+ patches are answered", page.html)[1])

    before = answered()
    page.at.slider(key="clinic_silent").set_value(60).run()
    assert answered() < before


def test_one_class_is_said_and_not_computed(own_run, app):
    file = own_run / "predictions.parquet"
    table = pd.read_parquet(file)
    table[(table["split"] != "test") | (table["label"] == 0)].to_parquet(file)
    page = app().open("operating-point/clinic")
    assert not page.failed
    assert "One class is missing" in page.text


def test_the_decision_curve_holds_what_the_counts_say(full_run, app):
    from dashboard.cache import predictions, runs
    from dashboard.views.operating_point.clinic import cache

    run = runs.run("small")
    curve = cache.decision_curve(run, "test")
    found = predictions.scores(run, "test")
    row = curve.iloc[(curve["chance"] - 0.5).abs().argmin()]
    counts: Confusion = found.ranked.counts(float(row["chance"]))
    odds = row["chance"] / (1 - row["chance"])
    assert row["model"] == pytest.approx((counts.tp - counts.fp * odds) / counts.total)
    assert row["low"] <= row["model"] <= row["high"]


def test_a_thousand_patches_are_named_as_the_store_names_its_classes():
    raster = Raster(positive="tumour", negative="stroma")
    counts = charts.of_a_thousand(0.83, 0.9, 0.1)
    assert said_of(counts, raster) == (
        "Of 1,000 patches of which 10 % have tumour, the model predicts tumour in **173: 83 "
        "correctly, 90 not**; of the 827 predicted stroma, **17 have tumour**."
    )
    assert use_texts.thousand(counts, raster)["use.named"] == (
        "83 tumour found (TP), 17 missed tumour (FN), 90 false alarm (FP), 810 true negative (TN)."
    )
    spec = charts.thousand_chart(counts, raster)
    words = ["tumour found", "missed tumour", "false alarm", "true negative"]
    assert spec["datasets"]["patches"]["what"].drop_duplicates().tolist() == words
    for channel in ("stroke", "fill", "shape"):
        assert spec["encoding"][channel]["scale"]["domain"] == words


def test_predictive_values_are_named_as_the_store_names_its_classes():
    raster, one = Raster(positive="tumour", negative="stroma"), np.array([0.5])
    table = charts.predictive_table(one, one, one, raster)
    assert table["kind"].tolist() == ["PPV (predicted tumour)", "NPV (predicted stroma)"]
    usual = charts.predictive_table(one, one, one, USUAL)
    assert usual["kind"].tolist() == ["PPV (predicted IDC)", "NPV (predicted no IDC)"]
    lines = charts.predictive_chart(table, table, raster)["layer"][0]["encoding"]
    assert lines["x"]["title"] == "prevalence: share of tumour among the patches"
    assert lines["color"]["scale"]["domain"] == table["kind"].tolist()
