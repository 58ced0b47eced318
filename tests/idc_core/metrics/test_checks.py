"""The gate for labels and scores."""

import numpy as np
import pytest

from idc_core.metrics._checks import check_labels_and_scores


def test_labels_and_scores_come_back_as_arrays_of_one_kind() -> None:
    labels, scores = check_labels_and_scores([True, False], np.array([0.25, 1], np.float32))
    assert labels.dtype == np.int8
    assert labels.tolist() == [1, 0]
    assert scores.dtype == np.float64
    assert scores.tolist() == [0.25, 1.0]


def test_nothing_at_all_is_allowed() -> None:
    labels, scores = check_labels_and_scores([], [])
    assert len(labels) == len(scores) == 0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, -1e-9, 1 + 1e-9, 3.5])
def test_a_score_that_is_no_probability_is_refused_by_its_row(bad: float) -> None:
    with pytest.raises(ValueError, match=r"score in \[0, 1\]: row 2 holds .*sigmoid"):
        check_labels_and_scores([0, 1, 0, 1], [0.5, 0.5, bad, bad])


@pytest.mark.parametrize("bad", [2, -1, 0.5, np.nan])
def test_a_label_that_is_neither_0_nor_1_is_refused_by_its_row(bad: float) -> None:
    with pytest.raises(ValueError, match="label 0 or 1: row 1 holds"):
        check_labels_and_scores([0, bad], [0.5, 0.5])


@pytest.mark.parametrize(
    ("labels", "scores"), [([0, 1], [0.5]), ([[0, 1]], [[0.5, 0.5]]), (0, 0.5)]
)
def test_other_shapes_are_refused_and_named(labels: object, scores: object) -> None:
    with pytest.raises(ValueError, match="one length: found shapes"):
        check_labels_and_scores(labels, scores)  # type: ignore[arg-type]
