"""Areas without each patient: equal to scikit-learn on what is left, ties included."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as referee

from idc_core.metrics import areas
from idc_core.metrics.areas import average_precision_left_out, roc_auc_left_out

SCORE = st.integers(0, 6).map(lambda sixth: sixth / 6) | st.floats(0, 1, width=32)
PATCHES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1), SCORE), max_size=40)
Patches = tuple[np.ndarray, np.ndarray, np.ndarray]


def unpack(patches: list[tuple[int, int, float]]) -> Patches:
    owner, labels, scores = zip(*patches, strict=True) if patches else ((), (), ())
    return np.array(owner, dtype=np.int64), np.array(labels, dtype=np.int8), np.array(scores)


def expected(patches: Patches, referees, *, classes: int) -> list[float]:  # type: ignore[no-untyped-def]
    """The area of all, and without patients 0 to 3; nan where too few classes are left."""
    owner, labels, scores = patches
    found = []
    for left_out in range(-1, 4):
        kept = owner != left_out
        present = set(labels[kept].tolist())
        defined = len(present) == 2 if classes == 2 else 1 in present
        found.append(referees(labels[kept], scores[kept]) if defined else math.nan)
    return found


@settings(max_examples=60, deadline=None)
@given(rows=PATCHES)
def test_both_areas_equal_scikit_learn_without_each_patient(
    rows: list[tuple[int, int, float]],
) -> None:
    patches = unpack(rows)
    roc = roc_auc_left_out(*patches, 4)
    precise = average_precision_left_out(*patches, 4)
    np.testing.assert_allclose(
        [roc.value, *roc.left_out], expected(patches, referee.roc_auc_score, classes=2), atol=1e-9
    )
    np.testing.assert_allclose(
        [precise.value, *precise.left_out],
        expected(patches, referee.average_precision_score, classes=1),
        atol=1e-9,
    )


def test_two_patients_by_hand() -> None:
    # Patient 1 alone: 0.8 above 0.4. Patient 0 alone: 0.35 above 0.1. Both: 3 of 4 pairs.
    patches = np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8])
    found = roc_auc_left_out(*patches, 2)
    assert (found.value, found.left_out.tolist()) == (0.75, [1, 1])
    precise = average_precision_left_out(*patches, 2)
    assert (precise.value, precise.left_out.tolist()) == (pytest.approx(5 / 6), [1, 1])


def many(patients: int) -> Patches:
    rng = np.random.default_rng(3)
    owner = rng.integers(0, patients, 40 * patients)
    labels = (rng.random(len(owner)) < rng.beta(0.5, 1, patients)[owner]).astype(np.int8)
    shift = rng.normal(0, 0.5, patients)[owner]
    return owner, labels, 1 / (1 + np.exp(-rng.normal(2.0 * labels - 1 + shift)))


def test_with_many_patients_the_linear_part_is_all_that_matters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patches = many(600)
    exact = average_precision_left_out(*patches, 600)
    monkeypatch.setattr(areas, "EXACT_STEPS", 0)
    linear = average_precision_left_out(*patches, 600)
    assert linear.value == exact.value
    np.testing.assert_allclose(linear.left_out, exact.left_out, atol=1e-4)
    spread = [np.sqrt(((each.left_out - each.value) ** 2).sum()) for each in (exact, linear)]
    assert spread[1] == pytest.approx(spread[0], rel=0.02)


def test_a_patient_that_does_not_exist_changes_nothing() -> None:
    patches = many(20)
    found = roc_auc_left_out(*patches, 21)
    assert found.left_out[20] == pytest.approx(found.value)
    assert average_precision_left_out(*patches, 21).left_out[20] == pytest.approx(
        average_precision_left_out(*patches, 20).value
    )
