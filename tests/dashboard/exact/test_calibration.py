"""Calibration: what the scores are off by."""

import numpy as np
from scipy import optimize, special

from tests.dashboard.exact import referee
from tests.dashboard.exact.reading import (
    captions,
    cards,
    cells,
    holding,
    intervals,
    table,
    values,
    written,
)


def test_calibration_prints_what_the_scores_are_off_by(page_at):
    page = page_at("calibration", 0.5)
    shown = values(page)
    # mean score (13·0.1 + 11·0.3 + 7·0.6 + 9·0.9)/40 = 0.4225; 15/40 are IDC
    assert shown[1] == "0.05"
    # IDC 0.81 + 3·0.49 + 4·0.16 + 7·0.01; others 12·0.01 + 8·0.09 + 3·0.36 + 2·0.81: 6.53/40
    assert shown[3] == "0.16"
    # 13·|0.1 − 1/13| + 11·|0.3 − 3/11| + 7·|0.6 − 4/7| + 9·|0.9 − 7/9| = 1.9, of 40
    assert shown[4] == "0.05"
    assert [n[-2:] for _, _, n in cards(page)][1:3] == [["40", "3"], ["40", "3"]]
    assert "0 is ideal, above 0: too high on average · 40 patches · 3 patients" in page.html
    assert "1 is ideal, below 1: overconfident · 40 patches · 3 patients" in page.html
    assert [row[1] for row in table(page)] == [
        "0.0039",  # 13·0.0231² + 11·0.0273² + 7·0.0286² + 9·0.1222², of 40
        "0.0750",  # 0.2344 + 0.0039 − 0.1632
        "0.2344",  # 15/40 · 25/40
        "0.0000",
        "0.1632",
    ]
    assert table(page, 1)[0][3:] == ["0.16", "0.05", "0.82"]


def _refitted(figure):
    """A figure with its ends, from refits without each patient, on its own scale."""
    return referee.interval(figure, referee.rows(), None)


def _intercept(rows):
    """The log odds that must be added to every score for as many IDC patches as there are."""
    x, idc = special.logit(rows["score"]), rows["label"].sum()
    return optimize.brentq(lambda add: special.expit(x + add).sum() - idc, -9, 9)


def _line(rows):
    """Intercept and slope of the most likely logistic line."""
    x, y = special.logit(rows["score"]).to_numpy(), rows["label"].to_numpy()

    def unlikely(line):
        return np.logaddexp(0, np.where(y == 1, -1, 1) * (line[0] + line[1] * x)).sum()

    return optimize.minimize(unlikely, [0, 1], method="BFGS", options={"gtol": 1e-8}).x


def test_calibration_prints_the_ends_of_refits_without_each_patient(page_at):
    page, rows = page_at("calibration", 0.5), referee.rows()
    shown = intervals(page)
    assert shown["Calibration in the large"] == written(_refitted(_intercept), ".2f", " to ")
    gap = referee.interval(lambda some: (some["score"] - some["label"]).mean(), rows, (-1, 1))
    assert shown["Mean score − share of IDC"] == written(gap, ".2f", " to ")
    assert shown["Brier score"] == written(referee.brier(rows))
    # no interval of it was found to be reliable
    assert shown["Expected calibration error (ECE)"] == "0.05"
    assert cells(page, 1)[0][5] == written(referee.area(rows))


def test_the_slope_has_the_ends_of_its_odds_ratio(page_at):
    page = page_at("calibration", 0.5)
    ratio, low, high = _refitted(lambda rows: np.exp(_line(rows)[1]))
    assert low < 0  # so many odds below nothing: there is no lower end
    slope, most = np.log([ratio, high])
    assert intervals(page)["Slope"] == f"{slope:.2f} [at most {most:.2f}]"
    joint = _refitted(lambda rows: _line(rows)[0])
    assert written(joint, ".2f", " to ") in holding(captions(page), "Fitted together")
