"""Border, interior, isolated: what kind of error a patch is by where it lies."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from idc_core.evaluate.spatial.borders import error_kind, isolation, places, whole_of
from idc_core.evaluate.spatial.neighbours import NONE, mean_of, neighbours_of


def grid(picture, patient="p"):
    """Rows of a picture of labels; a dot is a square that was not exported."""
    rows = [
        (patient, 50 * column + 1, 50 * row + 1, int(sign))
        for row, line in enumerate(picture)
        for column, sign in enumerate(line)
        if sign != "."
    ]
    return pd.DataFrame(rows, columns=["patient", "x", "y", "label"])


def test_the_distance_counts_steps_to_the_other_label():
    found = places(grid(["111000"]), {"p"}).border_distance
    assert found.tolist() == [3, 2, 1, 1, 2, 3]


def test_a_diagonal_neighbour_is_a_neighbour():
    assert places(grid(["10", "01"]), {"p"}).border_distance.tolist() == [1, 1, 1, 1]


def test_a_piece_of_tissue_with_one_label_has_no_border():
    found = places(grid(["10.0"]), {"p"}).border_distance
    assert found[:2].tolist() == [1, 1]
    assert np.isnan(found[2])


def test_a_missing_square_is_not_the_other_label():
    assert np.isnan(places(grid(["1.1"]), {"p"}).border_distance).all()


def test_a_sampled_patient_has_no_border_and_unknown_errors():
    known = places(grid(["10"]), set())
    assert np.isnan(known.border_distance).all()
    assert error_kind(known, np.array(["fn", "tn"])).tolist() == ["unknown", ""]


def test_patients_do_not_touch():
    rows = pd.concat([grid(["1"], "a"), grid(["0"], "b")], ignore_index=True)
    assert (neighbours_of(rows) == NONE).all()


def test_two_rows_at_one_place_do_not_break_the_look_up():
    rows = pd.concat([grid(["10"]), grid(["1"])], ignore_index=True)
    assert neighbours_of(rows).max() == 1


def test_errors_are_border_interior_or_isolated():
    rows = grid(["0000111", "0000111", "0000111"])
    called = grid(["1001111", "1000111", "0000111"])["label"].to_numpy()
    label = rows["label"].to_numpy()
    outcome = np.select(
        [(label == 1) & (called == 1), label == 1, called == 1], ["tp", "fn", "fp"], "tn"
    )
    kinds = dict(
        zip(
            zip(rows["x"] // 50, rows["y"] // 50, strict=True),
            error_kind(places(rows, {"p"}), outcome),
            strict=True,
        )
    )
    assert kinds[0, 0] == kinds[0, 1] == "interior"  # two that touch, far from the label
    assert kinds[3, 0] == "border"
    assert kinds[5, 1] == ""
    alone = np.where(np.arange(len(rows)) == 7, "fp", "tn")
    assert error_kind(places(rows, {"p"}), alone)[7] == "isolated"


def test_isolation_is_the_share_of_neighbours_called_otherwise():
    known = places(grid(["0000"]), {"p"})
    assert isolation(known, [1, 0, 0, 0]).tolist() == [1, 0.5, 0, 0]


def test_a_patch_alone_has_neither_isolation_nor_a_mean():
    known = places(grid(["1"]), {"p"})
    assert np.isnan(isolation(known, [1])).all()
    assert np.isnan(mean_of(known.neighbours, [0.5])).all()


def test_the_mean_counts_only_what_was_exported():
    rows = grid(["0.0", "000"])
    assert mean_of(neighbours_of(rows), [1, 2, 3, 4, 5])[0] == pytest.approx(3.5)


def test_no_rows_have_no_places():
    empty = grid([])
    assert len(places(empty, set()).border_distance) == 0
    assert error_kind(places(empty, set()), np.array([], "U2")).tolist() == []


def test_what_a_store_says_counts_more_than_what_is_seen():
    rows = grid(["1111"] * 4)
    assert whole_of(rows, []) == frozenset()
    assert whole_of(rows, None) == {"p"}


@given(st.integers(0, 2**32 - 1))
def test_the_distance_agrees_with_a_plain_search(seed):
    random = np.random.default_rng(seed)
    picture = ["".join(random.choice(list("01."), 6, p=[0.5, 0.3, 0.2])) for _ in range(5)]
    rows = grid(picture)
    found = places(rows, {"p"}).border_distance
    for at, expected in enumerate(plain_distance(rows)):
        assert found[at] == expected or (np.isnan(found[at]) and expected is None)


def plain_distance(rows):
    label = {(x, y): one for x, y, one in zip(rows["x"], rows["y"], rows["label"], strict=True)}
    for place in label:
        seen, front, steps = {place}, [place], 0
        answer = None
        while front and answer is None:
            steps += 1
            front = [
                near
                for x, y in front
                for near in ((x + i, y + j) for i in (-50, 0, 50) for j in (-50, 0, 50))
                if near in label and near not in seen and not seen.add(near)
            ]
            if any(label[near] != label[place] for near in front):
                answer = steps
        yield answer
