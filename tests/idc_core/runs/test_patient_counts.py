"""Counts a patient, at any threshold, from predictions in any order."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idc_core.metrics.confusion import confusion_at
from idc_core.runs.patient_counts import by_patient

ROW = st.tuples(
    st.sampled_from(["08863", "8863", "z", "ä"]),
    st.integers(0, 1),
    st.integers(0, 8).map(lambda eighth: eighth / 8) | st.floats(0, 1, width=32),
)


def table(rows: list[tuple[str, int, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["patient", "label", "score"])
    return frame.astype({"patient": str, "label": "int8", "score": "float32"})


def test_counts_by_hand() -> None:
    found = by_patient(table([("b", 1, 0.9), ("a", 0, 0.1), ("b", 0, 0.5), ("b", 1, 0.2)]))
    assert found.patients.tolist() == ["a", "b"]
    assert found.starts.tolist() == [0, 1]
    assert found.owner.tolist() == [0, 1, 1, 1]
    assert found.at(0.5).tolist() == [[1, 0, 0, 0], [0, 1, 1, 1]]  # tn, fp, fn, tp


@settings(max_examples=50, deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=30), threshold=st.floats(0, 1, width=32))
def test_counts_equal_a_direct_count_of_each_patient(
    rows: list[tuple[str, int, float]], threshold: float
) -> None:
    frame = table(rows)
    found = by_patient(frame)
    for cut in (threshold, float(frame["score"].iloc[0])):
        for patient, counts in zip(found.patients, found.at(cut), strict=True):
            own = frame[frame["patient"] == patient]
            direct = confusion_at(own["label"], own["score"], cut)
            assert counts.tolist() == [direct.tn, direct.fp, direct.fn, direct.tp]


def test_a_leading_zero_makes_another_patient() -> None:
    assert by_patient(table([("08863", 0, 0.1), ("8863", 0, 0.1)])).patients.tolist() == [
        "08863",
        "8863",
    ]


def test_rows_of_one_patient_keep_their_order() -> None:
    found = by_patient(table([("b", 0, 0.3), ("a", 0, 0.5), ("b", 0, 0.1), ("b", 0, 0.2)]))
    np.testing.assert_allclose(found.scores, [0.5, 0.3, 0.1, 0.2])


def test_no_predictions_are_no_patients() -> None:
    found = by_patient(table([]))
    assert len(found) == 0
    assert found.at(0.5).shape == (0, 4)


def test_a_bad_score_is_refused_by_the_row_of_the_table() -> None:
    with pytest.raises(ValueError, match="row 1 holds nan"):
        by_patient(table([("b", 0, 0.3), ("a", 0, np.nan)]))


def test_a_row_without_a_patient_is_refused() -> None:
    frame = table([("b", 0, 0.3), ("a", 0, 0.2)])
    frame.loc[1, "patient"] = None
    with pytest.raises(ValueError, match="expected a patient: row 1 names none"):
        by_patient(frame)


@pytest.mark.parametrize("categories", [["a", "b", "gone"], ["gone", "b", "a"]])
def test_categories_in_any_order_are_the_same_patients(categories: list[str]) -> None:
    plain = table([("b", 1, 0.9), ("a", 0, 0.1), ("b", 0, 0.5), ("b", 1, 0.2)])
    named = plain.assign(patient=pd.Categorical(plain["patient"], categories))
    found, expected = by_patient(named), by_patient(plain)
    assert found.patients.tolist() == expected.patients.tolist() == ["a", "b"]
    np.testing.assert_array_equal(found.at(0.5), expected.at(0.5))
    np.testing.assert_array_equal(found.scores, expected.scores)


def test_a_row_without_a_category_is_refused() -> None:
    frame = table([("b", 0, 0.3), ("a", 0, 0.2)])
    frame["patient"] = pd.Categorical(["b", None], ["a", "b"])
    with pytest.raises(ValueError, match="expected a patient: row 1 names none"):
        by_patient(frame)
