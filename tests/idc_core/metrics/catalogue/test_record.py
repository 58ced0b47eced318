"""What every record of the catalogue promises: bounds, direction, what it rests on, its referee."""

import math

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as referee

from idc_core.metrics.catalogue import METRICS, RATES, judged_by, rate_of
from idc_core.metrics.coverage_reached import REACHED
from idc_core.metrics.uncertainty import PatientJackknife
from idc_core.runs.patient_counts import by_patient
from idc_core.train.history.directions import direction

WORLDS = ((50, 7, 11, 23), (3, 40, 5, 2), (1000, 1, 17, 90), (2, 3, 5, 7))
"""tn, fp, fn, tp, all different: two that are mixed up give another figure."""

REFEREES = {
    "sensitivity": referee.recall_score,
    "specificity": lambda y, called: referee.recall_score(y, called, pos_label=0),
    "precision": referee.precision_score,
    "npv": lambda y, called: referee.precision_score(y, called, pos_label=0),
    "accuracy": referee.accuracy_score,
    "balanced_accuracy": referee.balanced_accuracy_score,
    "f1": referee.f1_score,
    "mcc": referee.matthews_corrcoef,
    "roc_auc": referee.roc_auc_score,
    "pr_auc": referee.average_precision_score,
    "brier": referee.brier_score_loss,
}
OF_SCORES = [each.key for each in judged_by() if each.of_scores]


def scored(nearer: float = 0.0):
    """Patches of six patients; scores `nearer` to their labels are a better classifier's."""
    rng = np.random.default_rng(3)
    label = rng.integers(0, 2, 240)
    score = np.clip(rng.normal(0.4 + 0.2 * label, 0.2), 0, 1)
    score = score + nearer * (label - score)
    patient = np.repeat(list("abcdef"), 40)
    return by_patient(pd.DataFrame({"patient": patient, "label": label, "score": score}))


def of_scores(key: str, found):
    return METRICS[key].of_scores(found, PatientJackknife(len(found)))


def better(found: float, than: float, key: str) -> bool:
    return found > than if METRICS[key].better == "higher" else found < than


@pytest.mark.parametrize("key", METRICS)
def test_a_record_says_everything_that_is_asked_of_it(key):
    metric = METRICS[key]
    for name in ("title", "sentence", "counted_on", "interval", "formula", "source", "not_when"):
        assert getattr(metric, name).strip(), name
    assert metric.key == key
    assert metric.bounds[0] < metric.bounds[1]
    assert metric.better != "neither" or metric.best, "where is it best?"


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("key", RATES)
def test_a_rate_and_its_interval_lie_in_the_records_bounds(key, world):
    low, high = METRICS[key].bounds
    shares = np.array([[0.2], [0.5], [0.3]])
    counts = np.round(shares * np.array(world)) + 1
    found = PatientJackknife(3).of_rates(counts, (key,))[key]
    assert low <= found.low < found.value < found.high <= high


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("key", RATES)
def test_a_classifier_with_one_error_less_of_each_kind_is_better(key, world):
    tn, fp, fn, tp = world
    now = float(RATES[key](tn, fp, fn, tp))
    assert better(float(RATES[key](tn + 1, fp - 1, fn - 1, tp + 1)), now, key)


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("key", RATES)
def test_a_rate_is_undefined_where_nothing_is_left_of_a_group_that_it_rests_on(key, world):
    assert math.isfinite(float(RATES[key](*world)))
    for group in rate_of(key).rests_on:
        counts = [0 if at in group else count for at, count in enumerate(world)]
        assert math.isnan(float(RATES[key](*counts)))


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("key", RATES)
def test_a_rate_moves_with_the_prevalence_where_its_record_says_so(key, world):
    tn, fp, fn, tp = world
    rarer = float(RATES[key](10 * tn, 10 * fp, fn, tp))
    same = rarer == pytest.approx(float(RATES[key](tn, fp, fn, tp)), abs=1e-12)
    assert same != METRICS[key].moves_with_prevalence


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("key", RATES)
def test_scikit_learn_agrees_on_a_rate(key, world):
    labels = np.repeat([0, 0, 1, 1], world)
    called = np.repeat([0, 1, 0, 1], world)
    assert float(RATES[key](*world)) == pytest.approx(REFEREES[key](labels, called), abs=1e-12)


@pytest.mark.parametrize("key", OF_SCORES)
def test_a_figure_of_scores_lies_in_its_bounds_and_gets_better_with_the_scores(key):
    low, high = METRICS[key].bounds
    now, then = of_scores(key, scored()), of_scores(key, scored(nearer=0.95))
    assert low < now.value < high
    assert math.isnan(now.low) or low <= now.low < now.value < now.high <= high
    assert better(then.value, now.value, key)


@pytest.mark.parametrize("key", [key for key in OF_SCORES if key in REFEREES])
def test_scikit_learn_agrees_on_a_figure_of_scores(key):
    found = scored()
    assert of_scores(key, found).value == pytest.approx(
        REFEREES[key](found.labels, found.scores), abs=1e-12
    )


@pytest.mark.parametrize("key", ["roc_auc", "pr_auc"])
def test_an_area_is_undefined_without_idc(key):
    patches = pd.DataFrame({"patient": list("aabb"), "label": 0, "score": [0.1, 0.2, 0.3, 0.4]})
    assert math.isnan(of_scores(key, by_patient(patches)).value)


@pytest.mark.parametrize("key", [each.key for each in judged_by()])
def test_a_logged_metric_of_that_name_is_best_where_the_record_says(key):
    way = "rises" if METRICS[key].better == "higher" else "falls"
    assert direction(f"val_{key}") == way


def test_every_figure_whose_interval_was_measured_is_a_metric_or_a_form_of_one():
    def known(name: str) -> bool:
        for form in ("mean_", "median_", "slice_"):
            name = name.removeprefix(form)
        return name.removesuffix("_difference").partition("_at_fixed_")[0] in METRICS

    measured = [name for name in REACHED if not name.startswith("threshold_by_")]
    assert [name for name in measured if not known(name)] == []


def test_what_a_run_is_judged_by_was_measured_or_has_no_interval():
    unmeasured = [each.key for each in judged_by() if each.reached is None]
    assert unmeasured == ["ece"]
    assert METRICS["specificity"].reached == (91, 97)
