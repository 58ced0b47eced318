"""The threshold in force: no threshold is not 0, and every page says which one it shows."""

import pytest

from dashboard.cache.cutoff import Cutoff, decide
from idc_core.io.files import read_parquet


@pytest.mark.parametrize(
    ("asked", "locked", "expected"),
    [
        (0.0, 0.4, Cutoff(0.0, "chosen")),
        (0.0, 0.0, Cutoff(0.0, "locked")),
        (0.0, None, Cutoff(0.0, "chosen")),
        (None, 0.0, Cutoff(0.0, "locked")),
        (None, None, Cutoff(0.5, "assumed")),
        (0.5, None, Cutoff(0.5, "assumed")),
        (0.5, 0.4, Cutoff(0.5, "chosen")),
        (0.4 + 1e-9, 0.4, Cutoff(0.4 + 1e-9, "chosen")),
    ],
)
def test_what_is_asked_for_counts_then_the_operating_point_then_a_half(asked, locked, expected):
    assert decide(asked, locked) == expected


def test_the_bar_says_where_its_threshold_comes_from(own_run, app):
    label = app().threshold["state"]
    assert "operating point, locked" in label
    assert "exploratory" in app(threshold="0.0").threshold["state"]
    (own_run / "operating_points.jsonl").unlink()
    page = app()
    assert "no operating point, 0.5 assumed" in page.threshold["state"]
    assert page.query["threshold"] == "0.5", "a link shows what the page shows, whoever locks later"


def test_at_zero_nothing_is_missed_on_any_page(full_run, app):
    table = read_parquet(full_run / "models" / "small" / "predictions.parquet")
    test = table[table["split"] == "test"]
    page = app(threshold="0.0")
    numbers = page.html.replace("\n", "")
    assert '<div class="name">Sensitivity at 0.000</div><div class="value">1.00' in numbers
    assert '<div class="name">Specificity at 0.000</div><div class="value">0.00' in numbers
    worst = [each.label for each in page.at.button if (each.key or "").startswith("worst_")]
    assert worst
    assert all(" 0 missed" in label for label in worst)
    page.open("operating-point/threshold")
    assert f"{int((test['label'] == 1).sum()):,} IDC found, 0 missed IDC" in page.html
    page.open("operating-point/clinic")
    assert not page.failed


def test_the_overview_follows_the_bars_split_and_threshold_and_says_so(full_run, app):
    page = app(split="validation", threshold="0.0")
    assert "60 validation patches · 2 patients" in page.html
    assert "All figures on this page except the report's: validation split, threshold 0.000" in (
        page.text
    )
    assert "Its report evaluates it on 78 patches of 3 patients (test split)" in page.text
    captions = [each.value for each in page.at.caption]
    of_patients = "Patients with the highest error rate"
    assert f"{of_patients} (validation split, threshold 0.000)" in captions
    assert "Weakest split by ROC-AUC, in the report" in captions
