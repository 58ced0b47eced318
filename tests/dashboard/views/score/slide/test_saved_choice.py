"""Which slide of a scored run is looked at first, and what the choice says of each."""

import pandas as pd

from dashboard.views.score.slide.saved_choice import is_of, slides_of

ROWS = pd.DataFrame(
    {
        "patient": ["Ann", "Ann", "Ann", "Bea", "Bea"],
        "slide": ["a", "a", "b", "a", "a"],
        "score": [0.9, 0.1, 0.2, 0.9, 0.5],
    }
)


def test_slides_with_most_predicted_positive_come_first():
    table = slides_of(ROWS, 0.5)
    assert table.to_numpy().tolist() == [
        ["Bea", "a", 2, 1.0],
        ["Ann", "a", 2, 0.5],
        ["Ann", "b", 1, 0.0],
    ]
    assert slides_of(ROWS.drop(columns="slide"), 0.5)[["patient", "slide"]].to_numpy().tolist() == [
        ["Bea", ""],
        ["Ann", ""],
    ]


def test_rows_of_a_slide_are_those_of_its_patient_too():
    assert is_of(ROWS, "Ann", "a").tolist() == [True, True, False, False, False]
    assert is_of(ROWS, "Bea", None).tolist() == [False, False, False, True, True]
