"""Which patches channels are measured on: 7 of “a”, 3 of “b” and 1 of “c”, and some left out."""

import pandas as pd
import pytest

from idc_core.interpret.channels.sample import patient_sample

INDEX = pd.DataFrame(
    {
        "patient": [*"aaaaaaabbbc", "c", "a"],
        "split": ["validation"] * 12 + ["test"],
        "label": [0, 1] * 5 + [1, -1, 1],
    }
)
"""Row 11 has no known label, row 12 is in another split."""


def test_where_there_are_few_all_are_taken_in_their_order():
    assert patient_sample(INDEX, most=11).tolist() == list(range(11))


@pytest.mark.parametrize(
    ("most", "of_each"),
    [(3, (1, 1, 1)), (5, (2, 2, 1)), (7, (3, 3, 1)), (10, (6, 3, 1))],
)
def test_patients_give_equal_shares_and_the_others_fill_up_for_those_with_fewer(most, of_each):
    rows = patient_sample(INDEX, most=most)
    taken = INDEX["patient"].iloc[rows].value_counts()
    assert tuple(int(taken.get(name, 0)) for name in "abc") == of_each
    assert sorted(set(rows)) == rows.tolist()
    assert max(rows) <= 10


def test_a_seed_gives_the_same_rows_and_another_may_give_others():
    assert patient_sample(INDEX, most=5).tolist() == patient_sample(INDEX, most=5).tolist()
    drawn = {tuple(patient_sample(INDEX, most=5, seed=seed)) for seed in range(20)}
    assert len(drawn) > 1
