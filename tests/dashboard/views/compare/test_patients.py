"""What the table of patients says under itself."""

import pandas as pd

from dashboard.views.compare.patients import in_words


def table(net, broken):
    rows = [
        {"patient": f"p{at}", "net": n, "broken_idc": b, "broken_no_idc": 0}
        for at, (n, b) in enumerate(zip(net, broken, strict=True))
    ]
    return pd.DataFrame(rows)


def test_patients_who_lose_and_gain_are_counted():
    said = in_words(table([3, 1, 0, -2], [3, 2, 2, 3]))
    assert "4 patients" in said
    assert "B makes more errors in 2, fewer in 1, as many in 1." in said


def test_one_patient_who_is_most_of_what_broke_is_named():
    assert "Patient p0 alone has 9 of the 10 broken patches." in in_words(table([9, 1], [9, 1]))
    assert "alone" not in in_words(table([2] * 8, [2] * 8))


def test_where_nothing_broke_nobody_is_named():
    assert "alone" not in in_words(table([0, -1], [0, 0]))
