"""Burden by label and by model."""

import re

import numpy as np
import pytest
from scipy import stats

from tests.dashboard.exact import referee
from tests.dashboard.exact.reading import cards, intervals, values, written


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


LABELLED = np.array([8 / 20, 5 / 12, 2 / 8])
"""Of 10253, 10254 and 08863."""


def _agreement(one, other):
    """ICC(2,1) from the mean squares of a two-way table, patients in rows."""
    rows = np.stack([one, other], axis=1)
    n, grand = len(rows), rows.mean()
    between = 2 * ((rows.mean(axis=1) - grand) ** 2).sum() / (n - 1)
    judges = n * ((rows.mean(axis=0) - grand) ** 2).sum()
    rest = rows - rows.mean(axis=1)[:, None] - rows.mean(axis=0) + grand
    error = (rest**2).sum() / (n - 1)
    return (between - error) / (between + error + 2 * (judges - error) / n)


@pytest.mark.parametrize(
    ("threshold", "predicted"), [(0.5, [7 / 20, 6 / 12, 3 / 8]), (0.75, [4 / 20, 3 / 12, 2 / 8])]
)
def test_burden_prints_the_ends_of_bias_next_patient_and_agreement(page_at, threshold, predicted):
    shown = intervals(page_at("failures/burden", threshold))
    difference = np.array(predicted) - LABELLED
    bias, deviation = difference.mean(), difference.std(ddof=1)
    # the wider of t · sd / √n and of leaving out one patient at a time
    known = stats.t.ppf(0.975, 2) * deviation / np.sqrt(3)
    left = [np.delete(difference, at).mean() for at in range(3)]
    reach = max(known, referee.ends(bias, left, None)[1] - bias)
    points = [100 * each for each in (bias, bias - reach, bias + reach)]
    assert shown["Bias, percentage points"] == written(points, "+.1f", " to ")
    one_more = stats.t.ppf(0.975, 2) * deviation * np.sqrt(1 + 1 / 3)
    low, high = (f"{100 * each:+.1f}" for each in (bias - one_more, bias + one_more))
    assert shown["One more patient"] == f"{low} to {high}".replace("-", "−")
    whole = _agreement(LABELLED, predicted)
    left = [_agreement(*(np.delete(each, at) for each in (LABELLED, predicted))) for at in range(3)]
    ends = referee.ends(whole, left, (-1, 1))
    assert shown["ICC(2,1)"] == written((whole, *ends), ".2f", " to ")
