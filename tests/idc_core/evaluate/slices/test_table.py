"""Slices judged: against a direct count, scikit-learn, a case by hand, and properties."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sklearn

from idc_core.evaluate.slices.attributes import UNKNOWN, Attribute, crossed
from idc_core.evaluate.slices.table import (
    AREA,
    COMPARED_BY,
    RATE_NAMES,
    alone,
    judged,
    slice_aucs,
    sliced,
)
from idc_core.metrics.uncertainty import PatientJackknife
from idc_core.runs.patient_counts import by_patient


def drawn(patches=600, patients=12, values=3, seed=0):
    """Predictions by patient, and an attribute of `values` values, some not known."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame(
        {
            "patient": np.sort(rng.integers(0, patients, patches)).astype(str),
            "label": rng.integers(0, 2, patches),
        }
    )
    score = np.clip(rng.normal(0.35 + 0.3 * rows["label"], 0.2), 0, 1)
    rows["score"] = score.round(2).astype(np.float32)
    rows = rows.sort_values("patient", kind="stable").reset_index(drop=True)
    codes = rng.integers(UNKNOWN, values, patches).astype(np.int8)
    names = tuple("abcdefgh"[:values])
    return rows, Attribute("kind", "Kind", names, codes, "")


def judge(rows, attribute, threshold=0.5, metric="f1"):
    patients = by_patient(rows)
    cut = sliced(attribute, patients)
    areas = slice_aucs(cut, patients) if metric == AREA else None
    return judged(cut, patients.at(threshold), threshold, metric, areas)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.37, 0.5, 0.505, 1.0]))
def test_counts_are_those_of_a_direct_count(seed, threshold):
    rows, attribute = drawn(80, 4, seed=seed)
    patients = by_patient(rows)
    counts = sliced(attribute, patients).at(threshold)
    called = rows["score"].to_numpy(float) >= threshold
    outcome = 2 * rows["label"].to_numpy() + called
    for value in range(3):
        for at, patient in enumerate(patients.patients):
            own = (attribute.codes == value) & (rows["patient"] == patient).to_numpy()
            assert counts[value, at].tolist() == np.bincount(outcome[own], minlength=4).tolist()


def test_slices_add_up_to_the_whole():
    rows, attribute = drawn()
    known = Attribute("kind", "Kind", attribute.values, np.abs(attribute.codes), "")
    patients = by_patient(rows)
    for threshold in (0, 0.2, 0.55, 1):
        whole = patients.at(threshold)
        assert (sliced(known, patients).at(threshold).sum(axis=0) == whole).all()


@pytest.mark.parametrize(
    ("metric", "theirs"),
    [
        ("sensitivity", sklearn.recall_score),
        ("f1", sklearn.f1_score),
        ("balanced_accuracy", sklearn.balanced_accuracy_score),
    ],
)
def test_rates_are_those_of_scikit_learn(metric, theirs):
    rows, attribute = drawn()
    found = judge(rows, attribute, 0.45, metric)
    called = rows["score"].to_numpy(float) >= 0.45
    for value, each in enumerate(found):
        own = attribute.codes == value
        assert each.figure.value == pytest.approx(theirs(rows["label"][own], called[own]))
        rest = theirs(rows["label"][~own], called[~own])
        assert each.difference.value == pytest.approx(each.figure.value - rest)


def test_areas_are_those_of_scikit_learn():
    rows, attribute = drawn()
    for value, each in enumerate(judge(rows, attribute, metric=AREA)):
        own = attribute.codes == value
        inside, outside = (
            sklearn.roc_auc_score(rows["label"][some], rows["score"][some]) for some in (own, ~own)
        )
        assert each.figure.value == pytest.approx(inside, abs=1e-9)
        assert each.difference.value == pytest.approx(inside - outside, abs=1e-9)
        assert each.figure.low < inside < each.figure.high


def test_the_interval_is_that_of_the_slice_alone():
    rows, attribute = drawn()
    own = attribute.codes == 1
    counts = by_patient(rows[own]).at(0.5)
    expected = PatientJackknife(len(counts)).of_rates(counts, RATE_NAMES)
    assert judge(rows, attribute)[1].rates == expected
    area = PatientJackknife(len(counts)).of_roc_auc_scores(
        *(lambda found: (found.owner, found.labels, found.scores))(by_patient(rows[own]))
    )
    found = judge(rows, attribute, metric=AREA)[1].figure
    assert (found.low, found.high) == pytest.approx((area.low, area.high))


def test_a_case_by_hand():
    rows = pd.DataFrame(
        {
            "patient": ["p"] * 4 + ["q"] * 4,
            "label": [1, 1, 0, 0, 1, 1, 0, 0],
            "score": [0.9, 0.1, 0.8, 0.2, 0.9, 0.8, 0.1, 0.7],
        }
    )
    attribute = Attribute("k", "K", ("left", "right"), np.int8([0, 0, 0, 1, 1, 1, 1, 1]), "")
    left, right = judge(rows, attribute, 0.5, "sensitivity")
    assert (left.patches, left.patients, left.idc, left.counted_patches) == (3, 1, 2, 2)
    assert (right.patches, right.patients, right.idc, right.counted_patients) == (5, 2, 2, 1)
    assert left.figure.value == 0.5
    assert right.figure.value == 1
    assert left.difference.value == -0.5
    assert left.key == "k:left"


def test_a_lone_patient_has_no_interval_of_the_difference_but_a_figure():
    rows, attribute = drawn(40, 1, 2)
    for each in judge(rows, attribute, metric="balanced_accuracy"):
        assert np.isfinite(each.figure.value)
        assert np.isnan(each.difference.low)
        assert each.small


@pytest.mark.parametrize("metric", COMPARED_BY)
@pytest.mark.parametrize("label", [0, 1])
def test_a_one_class_slice_is_undefined_where_it_lacks_the_class_never_zero(metric, label):
    rows, attribute = drawn()
    rows.loc[attribute.codes == 0, "label"] = label
    each = judge(rows, attribute, 0.5, metric)[0]
    without = {"sensitivity": 0, "f1": 0, "specificity": 1}.get(metric, label)
    assert np.isfinite(each.figure.value) == (label != without)
    assert np.isfinite(each.difference.value) == (label != without)
    assert (each.counted_patches == 0) == (label == without)


def test_a_value_without_patches_is_no_slice():
    rows, attribute = drawn()
    bare = Attribute("k", "K", ("a", "b", "c"), np.minimum(attribute.codes, 1), "")
    assert [each.value for each in judge(rows, bare)] == ["a", "b"]


def test_an_attribute_nobody_knows_has_no_slices():
    rows, attribute = drawn()
    unknown = Attribute("k", "K", attribute.values, np.full_like(attribute.codes, UNKNOWN), "")
    assert judge(rows, unknown) == []
    assert judge(rows, unknown, metric=AREA) == []


def test_a_slice_of_everything_differs_from_nothing():
    rows, attribute = drawn()
    whole = Attribute("k", "K", ("all",), np.zeros_like(attribute.codes), "")
    each = judge(rows, whole)[0]
    assert np.isnan(each.difference.value)
    assert each.patches == len(rows)


def test_crossed_slices_are_those_of_both():
    rows, a = drawn()
    _, b = drawn(values=2, seed=5)
    found = {each.value: each for each in judge(rows, crossed(a, b), metric="specificity")}
    own = (a.codes == 2) & (b.codes == 1)
    assert found["c, b"].patches == int(own.sum())
    negative = own & (rows["label"] == 0)
    expected = float((rows["score"][negative] < 0.5).mean())
    assert found["c, b"].figure.value == pytest.approx(expected)


def test_raising_the_threshold_never_raises_sensitivity():
    rows, attribute = drawn()
    values = [
        [each.figure.value for each in judge(rows, attribute, threshold, "sensitivity")]
        for threshold in np.linspace(0, 1, 11)
    ]
    assert (np.diff(values, axis=0) <= 0).all()


def test_the_figure_does_not_depend_on_the_order_of_a_patients_rows():
    rows, attribute = drawn()
    order = np.random.default_rng(1).permutation(len(rows))
    order = order[np.argsort(rows["patient"].to_numpy()[order], kind="stable")]
    mixed = Attribute("kind", "Kind", attribute.values, attribute.codes[order], "")
    again = judge(rows.iloc[order].reset_index(drop=True), mixed)
    assert again == judge(rows, attribute)


def test_a_group_alone_is_judged_without_a_rest():
    rows, _ = drawn()
    counts = by_patient(rows).at(0.5)
    each = alone(("split", "Split", "test", "test"), counts, "f1")
    assert each.figure == PatientJackknife(len(counts)).of_rates(counts, ("f1",))["f1"]
    assert np.isnan(each.difference.value)


def test_few_patches_or_patients_make_a_slice_small():
    rows, attribute = drawn(3000, 12)
    assert not any(each.small for each in judge(rows, attribute))
    few = rows.iloc[:120], Attribute("k", "K", attribute.values, attribute.codes[:120], "")
    assert all(each.small for each in judge(*few))


@pytest.mark.slow
def test_a_move_at_the_full_data_set_costs_milliseconds_a_slice():
    import time

    rows, attribute = drawn(277_524, 279, 4)
    patients = by_patient(rows)
    cut = sliced(attribute, patients)
    whole = patients.at(0.5)
    judged(cut, whole, 0.5, "f1")
    start = time.perf_counter()
    for threshold in np.linspace(0.2, 0.8, 10):
        judged(cut, whole, float(threshold), "f1")
    assert (time.perf_counter() - start) / 40 < 0.02


def test_two_patients_give_a_figure_and_no_interval_and_three_give_both():
    """Two who agree by chance would say 0.80 [0.80-0.80]; a third may be anything."""
    names = ("kind", "Kind", "a", "a")
    two = np.array([[40, 10, 10, 40], [80, 20, 20, 81]])
    for metric in ("sensitivity", "balanced_accuracy"):
        found = alone(names, two, metric)
        assert found.figure.value == pytest.approx(0.8, abs=0.01)
        assert np.isnan([found.figure.low, found.figure.high]).all()
        assert all(np.isnan(each.low) for each in found.rates.values())
        three = alone(names, np.vstack([two, [[30, 12, 9, 35]]]), metric)
        assert three.figure.low < three.figure.value < three.figure.high
    # Of three patients two hold IDC: sensitivity rests on two, specificity on three.
    mixed = alone(names, np.vstack([two, [[30, 12, 0, 0]]]), "sensitivity")
    assert np.isnan(mixed.rates["sensitivity"].low)
    assert mixed.rates["specificity"].low < mixed.rates["specificity"].value
