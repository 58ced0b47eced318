"""What changes when a threshold moves."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from idc_core.evaluate.reclassified import by_patient, flips
from idc_core.runs.patient_counts import by_patient as counted

ROW = st.tuples(st.sampled_from("abc"), st.integers(0, 1), st.floats(0, 1, width=32))


def patients(rows):
    table = pd.DataFrame(rows, columns=["patient", "label", "score"])
    return counted(table.astype({"patient": str, "label": "int8", "score": "float32"}))


def test_flips_by_hand():
    found = patients([("a", 1, 0.45), ("a", 0, 0.45), ("b", 1, 0.5), ("b", 0, 0.3)])
    down = flips(found, 0.5, 0.4)
    assert down.called
    assert down.rows.tolist() == [0, 1], "0.5 was called before and still is"
    assert down.better.tolist() == [True, False]
    up = flips(found, 0.4, 0.5)
    assert not up.called
    assert up.better.tolist() == [False, True]


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=30), before=st.floats(0, 1), after=st.floats(0, 1))
def test_flips_are_the_difference_of_the_counts(rows, before, after):
    found = patients(rows)
    moved = flips(found, before, after)
    right = [at[:, 0].sum() + at[:, 3].sum() for at in (found.at(before), found.at(after))]
    assert moved.better.sum() - (~moved.better).sum() == right[1] - right[0]
    calls = [found.scores >= each for each in (before, after)]
    assert moved.rows.tolist() == np.flatnonzero(calls[0] != calls[1]).tolist()


@settings(max_examples=30, deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=30), before=st.floats(0, 1), after=st.floats(0, 1))
def test_going_back_turns_every_flip_round(rows, before, after):
    found = patients(rows)
    there, back = flips(found, before, after), flips(found, after, before)
    assert there.rows.tolist() == back.rows.tolist()
    assert (there.better != back.better).all()


def test_patients_are_listed_with_their_balance_most_flips_first():
    found = patients([("a", 1, 0.45), ("b", 0, 0.45), ("b", 1, 0.46), ("c", 1, 0.9)])
    table = by_patient(found, flips(found, 0.5, 0.4))
    assert table.to_dict("records") == [
        {"patient": "b", "better": 1, "worse": 1, "net": 0},
        {"patient": "a", "better": 1, "worse": 0, "net": 1},
    ]


def test_no_move_flips_nothing():
    found = patients([("a", 1, 0.45)])
    assert len(flips(found, 0.4, 0.4)) == 0
    assert by_patient(found, flips(found, 0.4, 0.4)).empty
