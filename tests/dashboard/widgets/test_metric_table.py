"""A table of a few rows is plain HTML; what is in it is text."""

import numpy as np
import pandas as pd
import pytest

from dashboard.widgets.metric_table import as_html, as_live_html, of_patients, rates_table
from idc_core.facts.rate_words import Judged, all_metrics, as_text, defined_in
from idc_core.metrics.catalogue import RATES
from idc_core.metrics.confusion import Confusion
from idc_core.metrics.uncertainty import PatientJackknife
from idc_core.records.raster import USUAL


def test_every_row_and_head_is_there():
    said = as_html(pd.DataFrame({"rate": ["F1", "MCC"], "value": ["0.76", "–"]}))
    assert said.count("<tr>") == 3
    assert "<td>MCC</td><td>–</td>" in said
    assert '<th scope="col">rate</th>' in said


def test_markup_in_a_cell_stays_text():
    assert "<b>" not in as_html(pd.DataFrame({"rate": ["<b>x</b>"]}))


def test_a_rate_stands_pooled_and_as_mean_and_median_of_the_patients_that_have_one():
    """The large patient carries the pooled figure, not the mean; one patient has no IDC at all."""
    own = np.array([[10, 0, 100, 900], [10, 0, 5, 5], [10, 0, 7, 3], [20, 5, 0, 0]])
    counts = Confusion(*own.sum(axis=0).tolist())
    figures = PatientJackknife(4).of_rates(own, tuple(RATES))
    patients = of_patients(np.array(["a", "b", "c", "d"], object), own)
    said = all_metrics(Judged(counts, figures, defined_in(own)), patients, USUAL)
    table = rates_table(said)
    found = table.set_index("rate").loc["Sensitivity"]
    mean = PatientJackknife(4).of_mean(np.array([0.9, 0.5, 0.3, np.nan]))
    assert figures["sensitivity"].value == pytest.approx(908 / 1020)
    assert mean.value == pytest.approx(17 / 30)
    assert found["patients' mean [95 %]"] == as_text(mean)
    assert (found["patients"], found["patients' median"]) == (3, "0.50")
    assert table.set_index("rate").loc["Specificity", "patients"] == 4
    assert found["lowest patient"] == "0.30 (c)"
    shown = as_live_html(said)
    assert '<td><span data-live="rates.sensitivity.median">0.50</span></td>' in shown
    assert shown.count("data-live=") == 7 * len(RATES)
