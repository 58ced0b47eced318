"""A metric is added by one record: it stands in tables, sentences, report, files and documents."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dashboard.views.compare import charts as compared
from dashboard.views.compare import table as comparison
from dashboard.widgets import metric_table
from idc_core.evaluate.evaluation import evaluate
from idc_core.export.report import figures
from idc_core.facts import rate_words
from idc_core.facts.rate_words import Judged, defined_in
from idc_core.metrics import paired
from idc_core.metrics.catalogue import METRICS, RATES, Rate, moves_with_prevalence
from idc_core.metrics.catalogue.tables import table
from idc_core.metrics.confusion import Confusion, sensitivity, specificity
from idc_core.metrics.uncertainty import PatientJackknife
from idc_core.records.raster import USUAL
from idc_core.train.history.directions import direction

KEY = "youden"
COUNTS = np.array([[30, 4, 3, 9], [25, 2, 5, 12], [40, 9, 1, 6]])
"""tn, fp, fn, tp of three patients."""


@pytest.fixture(autouse=True)
def added(monkeypatch):
    record = replace(
        METRICS["balanced_accuracy"],
        key=KEY,
        title="Informedness",
        report_title="Informedness (Youden)",
        sentence="how much better than chance a call is informed",
        counted_on="{correct} right of {all}",
        bounds=(-1.0, 1.0),
        formula="sensitivity + specificity − 1",
        rate=Rate(
            of=lambda *counts: sensitivity(*counts) + specificity(*counts) - 1,
            rests_on=((2, 3), (0, 1)),
            said="A call is informed in {} of 100 patches",
            undefined="a class is missing here",
        ),
    )
    monkeypatch.setitem(METRICS, KEY, record)


def judged():
    return PatientJackknife(3).of_rates(COUNTS, tuple(RATES))


def test_the_threshold_page_and_its_export_have_a_row_and_a_sentence():
    whole = Confusion(*COUNTS.sum(axis=0).tolist())
    of = Judged(whole, judged(), defined_in(COUNTS))
    patients = metric_table.of_patients(np.array(["a", "b", "c"], object), COUNTS)
    rows = metric_table.rates_table(rate_words.all_metrics(of, patients, USUAL))
    row = rows.set_index("rate").loc["Informedness"]
    value = 27 / 36 + 95 / 110 - 1
    assert row["value [95 %]"].startswith(f"{value:.2f} [")
    assert row["counted on"] == "122 right of 146"
    assert row["in words"].startswith("A call is informed in 61 of 100 patches; 95 % interval ")
    empty = PatientJackknife(1).of_rates(np.zeros((1, 4)), (KEY,))[KEY]
    assert rate_words.in_words(KEY, empty, 1, USUAL) == "Not defined here: a class is missing here."


def test_the_runs_report_holds_it_pooled_and_by_patient_and_shows_it():
    rng = np.random.default_rng(0)
    patches = pd.DataFrame(
        {
            "patient": rng.choice(list("abcde"), 300),
            "label": rng.integers(0, 2, 300),
            "score": rng.random(300),
            "split": "test",
        }
    )
    split = evaluate(patches, 0.5)["test"]
    known = {name: split.pooled[name].value for name in ("sensitivity", "specificity", KEY)}
    assert known[KEY] == pytest.approx(known["sensitivity"] + known["specificity"] - 1)
    assert split.per_patient[KEY].n_patients == 5
    shown = [row[0] for row in figures.headlines(split, USUAL).rows]
    assert "Informedness (Youden)" in shown


def test_two_models_are_compared_by_it():
    cells = np.random.default_rng(1).integers(0, 9, (12, 8))
    found = paired.rates(PatientJackknife(12), cells, RATES)
    assert "Informedness" in comparison.rows(found, ("one", "two"))["figure"].tolist()
    assert "Informedness" in compared.difference_table(found)["metric"].tolist()


def test_the_document_has_its_row_and_a_log_of_that_name_its_direction():
    assert "| Informedness | how much better than chance a call is informed |" in table("threshold")
    assert direction("val_youden") == "rises"
    assert not moves_with_prevalence(KEY)
