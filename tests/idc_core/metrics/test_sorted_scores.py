"""Counting below a threshold: exact in single precision, for one list and for many owners."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idc_core.metrics.sorted_scores import below, lifted, lifted_one, segments

some = settings(max_examples=60, deadline=None)
SINGLE = st.floats(0, 1, width=32)
DOUBLE = st.floats(0, 1)
ANY = SINGLE | DOUBLE | st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0])


@some
@given(scores=st.lists(SINGLE, max_size=20), threshold=ANY)
def test_single_precision_counts_as_double_precision_does(
    scores: list[float], threshold: float
) -> None:
    held = np.sort(np.array(scores, np.float32))
    assert below(held, threshold) == sum(float(score) < threshold for score in held)


def test_a_threshold_between_two_neighbours_is_not_rounded_down() -> None:
    score = np.float32(0.1)  # 0.10000000149…
    just_above = float(score) + 1e-12
    held = np.array([score])
    assert below(held, float(score)) == 0
    assert below(held, just_above) == 1
    assert np.float32(just_above) == score, "rounding would have hidden the difference"


@given(threshold=DOUBLE)
@some
def test_a_threshold_is_lifted_to_the_next_number(threshold: float) -> None:
    up = lifted(threshold, np.zeros(1, np.float32))
    assert float(up) >= threshold
    assert float(np.nextafter(up, np.float32(-1))) < threshold


@some
@given(
    rows=st.lists(st.tuples(st.integers(0, 4), SINGLE), max_size=40),
    threshold=ANY,
)
def test_all_owners_are_counted_at_once(rows: list[tuple[int, float]], threshold: float) -> None:
    rows = sorted(rows, key=lambda row: row[0])
    owner = np.array([row[0] for row in rows], np.int64)
    scores = np.array([row[1] for row in rows], np.float32)
    found = segments(scores, owner, 5)
    for cut in (threshold, *[float(score) for score in scores[:3]]):
        direct = [sum(float(s) < cut for o, s in rows if o == each) for each in range(5)]
        assert found.below(cut).tolist() == direct


def test_an_infinite_threshold_is_above_everything() -> None:
    found = segments(np.array([0.2, 1.0], np.float32), np.array([0, 0]), 1)
    assert found.below(np.inf).tolist() == [2]


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_precision_of_the_scores_is_kept(kind: type) -> None:
    assert segments(np.array([0.5, 0.2], kind), np.array([0, 0]), 1).scores.dtype == kind


@some
@given(threshold=ANY)
def test_one_threshold_is_lifted_as_many_are(threshold: float) -> None:
    for kind in (np.float32, np.float64):
        like = np.zeros(1, kind)
        assert lifted_one(threshold, like) == lifted(threshold, like)
        assert lifted_one(threshold, like).dtype == kind


@pytest.mark.parametrize("beyond", [np.inf, 1e300, 1.5])
def test_a_threshold_beyond_every_score_stays_beyond(beyond: float) -> None:
    assert lifted_one(beyond, np.zeros(1, np.float32)) > 1
    assert lifted_one(-beyond, np.zeros(1, np.float32)) < 0
