"""Compare: both runs, B less A, what is fixed and broken."""

import re
import shutil

import pytest
from sklearn import metrics

from tests import exact_world
from tests.dashboard.exact import referee
from tests.dashboard.exact.reading import (
    cells,
    holding,
    intervals,
    markdown,
    numbers,
    table,
    written,
)


@pytest.fixture
def two_runs(exact_root, settle, tmp_path):
    """That run and `other`, which scores every B, and each b of 08863, with 0.6."""
    shutil.copytree(exact_root / "data", tmp_path / "data")
    shutil.copytree(exact_root / "models", tmp_path / "models")
    exact_world.write_other(tmp_path)
    return settle(tmp_path)


@pytest.fixture
def compared(two_runs, app):
    query = {"run": "small", "other": "other", "split": "test", "threshold": "0.5", "how": "bar"}
    page = app(**query).open("compare", **query)
    assert not page.failed, page.text
    return page


def test_compare_prints_both_runs_and_b_less_a(compared):
    assert [(value, numbers(n)) for value, n in _compared(compared)] == [
        ("+20.0", ["0.73", "0.93"]),  # 11/15, 14/15
        ("−8.0", ["0.80", "0.72"]),  # 20/25, 18/25
        ("+6.8", ["0.71", "0.78"]),  # 22/31, 28/36
        ("+2.5", ["0.82", "0.85"]),  # 308/375; 0.5·12 + 7·(18 + 2.5) + 7·(23 + 1): 317.5/375
    ]
    said = holding(markdown(compared), "It fixes")
    assert re.findall(r"[\d.]+ points (\w+)", said) == ["higher", "lower"]
    assert numbers(said.partition("It fixes")[2])[:4] == ["3", "2", "2", "1"]


def _compared(page):
    found = re.findall(
        r'class="value">(.*?)<small>.*?</small></div><div class="n">(.*?)</div>', page.html
    )
    return [(value.strip(), re.search(r"A [\d.]+ · B [\d.]+", n)[0]) for value, n in found]


def test_compare_lists_every_figure_of_both_runs(compared):
    rows = {row[0]: row[1:4] for row in table(compared)}
    assert {name: rows[name] for name in list(rows)[:9]} == {
        "Sensitivity": ["0.73", "0.93", "+20.0"],
        "Specificity": ["0.80", "0.72", "−8.0"],
        "Precision": ["0.69", "0.67", "−2.1"],  # 11/16, 14/21
        "Negative predictive value": ["0.83", "0.95", "+11.4"],  # 20/24, 18/19
        "Accuracy": ["0.78", "0.80", "+2.5"],  # 31/40, 32/40
        "Balanced accuracy": ["0.77", "0.83", "+6.0"],
        "F1": ["0.71", "0.78", "+6.8"],
        "MCC": ["0.53", "0.63", "+10.6"],  # 200/√144000, (14·18 − 7)/√(21·15·25·19)
        "ROC-AUC": ["0.82", "0.85", "+2.5"],
    }


def test_compare_counts_what_b_fixes_and_breaks_in_each_patient(compared):
    rows = compared.listed("compare_patients").set_index("patient")
    assert rows.index.tolist() == ["08863", "10254", "10253"]
    assert rows["net"].tolist() == ["+2", "−1", "−2"]
    assert rows["broken_idc"].tolist() == ["0", "0", "0"]
    assert rows["broken_no_idc"].tolist() == ["2", "0", "0"]
    assert rows["fixed_idc"].tolist() == ["0", "1", "2"]
    assert rows["fixed_no_idc"].tolist() == ["0", "0", "0"]
    assert rows["wrong_a"].tolist() == ["1", "3", "5"]
    assert rows["wrong_b"].tolist() == ["3", "2", "3"]
    assert rows["patches"].tolist() == ["8", "12", "20"]


def test_compare_counts_each_pair_of_answers(compared):
    read = re.findall(r'class="idc-read"[^>]*>(.*?)</div>', compared.html)
    (said,) = [each for each in read if each.count(";") == 7]
    # IDC: found by both, by B alone, by A alone, by none; without: no alarm, A's, B's, both
    assert [int(each.rpartition(":")[2]) for each in said.split(";")] == [11, 3, 0, 1, 18, 0, 2, 5]


@pytest.fixture(scope="module")
def both():
    """Test patches with A's scores as `score` and B's as `other`."""
    rows = referee.rows()
    raised = (rows["letter"] == "B") | ((rows["letter"] == "b") & (rows["patient"] == "08863"))
    return rows.assign(other=rows["score"].mask(raised, 0.6))


def _of_b(rows):
    return rows.assign(score=rows["other"])


def _points(figure, rows):
    """B less A in hundredths, with its ends."""
    found = referee.interval(lambda some: figure(_of_b(some)) - figure(some), rows, None)
    return written([100 * each for each in found], "+.1f", " to ")


def test_compare_prints_the_ends_of_both_runs_and_of_their_paired_difference(compared, both):
    rows = {row[0]: row[1:4] for row in cells(compared)}
    for name in referee.RATES:
        assert rows[name] == [
            written(referee.rate(name, both)),
            written(referee.rate(name, _of_b(both))),
            _points(referee.at(0.5, referee.RATES[name]), both),
        ], name
    for name, of_one, figure in (
        ("ROC-AUC", referee.area, metrics.roc_auc_score),
        ("Brier score (lower is better)", referee.brier, metrics.brier_score_loss),
    ):
        points = _points(lambda some, figure=figure: figure(some["label"], some["score"]), both)
        assert rows[name] == [written(of_one(both)), written(of_one(_of_b(both))), points], name
    shown = intervals(compared)
    assert shown["Sensitivity: B − A"] == rows["Sensitivity"][2]
    assert shown["Specificity: B − A"] == rows["Specificity"][2]
    assert shown["F1: B − A"] == rows["F1"][2]
    assert shown["ROC-AUC: B − A"] == rows["ROC-AUC"][2]
