"""Burden by label and by model."""

import re

from tests.dashboard.exact.reading import cards, values


def test_burden_by_label_and_by_model(page_at):
    page = page_at("failures/burden", 0.5)
    # differences −5, 25/3 and 12.5 points: mean 5.28, SD 9.14
    # one more patient: 5.28 ± 4.303 · 9.14 · √(4/3)
    # ICC(2,1): (MSR 0.01071 − MSE 0.00418) / (MSR + MSE + ⅔ (MSC 0.00418 − MSE))
    # all three are predicted 30–60 %: no better than chance
    assert values(page) == ["+5.3", "−40.1", "0.44", "0.00"]
    assert re.search(r"−40\.1\s*<small>to \+50\.7</small>", page.html)
    assert cards(page)[0][2] == ["3", "40"]
    classes = page.at.dataframe[-1].value
    assert classes.iloc[:, 1:].to_numpy().tolist() == [
        [0, 0, 0, 0],
        [0, 0, 1, 0],  # 08863: 25 % labelled, 37.5 % predicted
        [0, 0, 2, 0],  # 10253: 40 and 35 %; 10254: 41.7 and 50 %
        [0, 0, 0, 0],
    ]
    # at 0.75 20, 25 and 25 % are predicted: −20, −16.7 and 0 points
    assert values(page_at("failures/burden", 0.75))[0] == "−12.2"
