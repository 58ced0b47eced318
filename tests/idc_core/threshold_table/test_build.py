"""A table says at each of its thresholds what the page says there, to the last digit."""

from dataclasses import replace

import numpy as np
import pytest

from idc_core.metrics.catalogue import METRICS
from idc_core.metrics.uncertainty import PatientJackknife
from idc_core.records.raster import Raster
from idc_core.runs.patient_counts import by_patient
from idc_core.threshold_table import build as module
from idc_core.threshold_table.build import NUMBERS, build
from tests.idc_core.threshold_table.worlds import (
    WORLDS,
    page_texts,
    patches,
    ranked_of,
    table_of,
)


@pytest.mark.parametrize("name", WORLDS)
def test_at_every_threshold_the_table_says_what_the_page_says(name):
    rows = WORLDS[name]
    patients, ranked, table = by_patient(rows), ranked_of(rows), table_of(rows)
    told = {key: each.texts() for key, each in table.texts.items()}
    for at in asked(table):
        said = page_texts(patients, ranked, float(table.grid[at]))
        assert {key: texts[at] for key, texts in told.items()} == said, table.grid[at]


def asked(table, most=70):
    """Indices at which counts change, both ends among them, and some at which they do not."""
    moved = np.flatnonzero(np.diff(table.tp + table.fp)) + 1
    some = moved[np.linspace(0, len(moved) - 1, min(most, len(moved))).astype(int)]
    return sorted({0, 1, 333, len(table.grid) - 2, len(table.grid) - 1, *some.tolist()})


def test_counts_are_of_patches_whose_score_is_at_least_the_threshold():
    rows = WORLDS["two digits, single precision"]
    table, scores = table_of(rows), rows["score"].to_numpy(np.float64)
    for at in range(0, len(table.grid), 10):
        reached = scores >= table.grid[at]
        assert table.tp[at] == (reached & (rows["label"] == 1)).sum()
        assert table.fp[at] == (reached & (rows["label"] == 0)).sum()
    assert (table.positives, table.negatives) == (rows["label"].sum(), (1 - rows["label"]).sum())


def test_numbers_are_the_intervals_behind_predictive_values():
    rows = WORLDS["scores over 0 to 1"]
    table, patients = table_of(rows), by_patient(rows)
    for at in (0, 137, 400, 999):
        own = patients.at(float(table.grid[at]))
        found = PatientJackknife(len(patients)).of_rates(own, NUMBERS)
        for name in NUMBERS:
            kept = table.numbers[name].at(at)
            assert kept.value == found[name].value
            assert (kept.low, kept.high) == pytest.approx((found[name].low, found[name].high))


def test_a_table_has_the_names_of_its_classes():
    rows = patches(6)
    table = build(by_patient(rows), ranked_of(rows), Raster(positive="#1", negative="2"), "x")
    said = {key: each.texts()[500] for key, each in table.texts.items()}
    assert said["tp.row"].endswith(" % of #1")
    assert said["tp.column"].endswith(" % of predicted #1")
    assert said["rates.sensitivity.counted"].endswith(" #1 patches")


def test_a_metric_that_is_added_by_its_record_is_in_the_table(monkeypatch):
    record = replace(METRICS["balanced_accuracy"], key="youden", counted_on="{correct} right")
    monkeypatch.setitem(METRICS, "youden", record)
    rows = WORLDS["calls"]
    patients, ranked = by_patient(rows), ranked_of(rows)
    said = {key: each.texts()[500] for key, each in table_of(rows).texts.items()}
    assert said["rates.youden.counted"].endswith("right")
    assert said == page_texts(patients, ranked, 0.5)


def test_a_few_thresholds_at_a_time_give_the_same_table(monkeypatch):
    rows = WORLDS["scores over 0 to 1"]
    whole = table_of(rows)
    monkeypatch.setattr(module, "_CELLS", 20 * len(by_patient(rows)))
    found = table_of(rows)
    assert found.texts == whole.texts
    for name in NUMBERS:
        assert np.array_equal(found.numbers[name].low, whole.numbers[name].low)
