"""Overview: the rates, the patients' means, where to look."""

import re

import pytest

from tests import exact_world
from tests.dashboard.exact import referee
from tests.dashboard.exact.reading import (
    cards,
    holding,
    intervals,
    markdown,
    numbers,
    values,
    written,
)


def test_overview_prints_five_rates_and_the_patients_means(page_at):
    page = page_at("overview", 0.5)
    assert [(value, n[:2]) for _, value, n in cards(page)] == [
        ("0.82", ["40", "3"]),  # 308/375
        ("0.77", ["40", "3"]),  # (11/15 + 20/25)/2
        ("0.71", ["40", "3"]),  # 22/31
        ("0.73", ["40", "3"]),
        ("0.80", ["40", "3"]),
    ]
    said = [str(each.value) for each in page.at.caption]
    means = holding(said, "pool all patches").partition(":")[2]
    assert re.findall(r" (\d\.\d\d) \[.*?\] · (\d\.\d\d)", means) == [
        ("0.80", "0.76"),
        ("0.73", "0.73"),
        ("0.81", "0.80"),
        ("0.79", "0.83"),
    ]
    assert values(page_at("overview", 0.75)) == ["0.82", "0.69", "0.58", "0.47", "0.92"]


def test_overview_says_what_was_trained_and_where_to_look(page_at):
    page = page_at("overview", 0.5)
    # 8 + 3 patches of training
    assert numbers(holding(markdown(page), "trained on"))[:3] == ["11", "40", "3"]
    labels = [str(each.label) for each in page.at.button]
    worst = [numbers(each) for each in labels if each.startswith(tuple(exact_world.PATIENTS))]
    assert worst == [
        ["10253", "25", "3", "2"],  # 5 of 20
        ["10254", "25", "1", "2"],  # 3 of 12
        ["08863", "12", "0", "1"],  # 1 of 8
    ]


@pytest.mark.parametrize("threshold", [0.5, 0.75])
def test_overview_prints_the_ends_that_leaving_out_each_patient_gives(page_at, threshold):
    patches = referee.rows()
    expected = {"ROC-AUC": written(referee.area(patches))}
    for name in ("Balanced accuracy", "F1", "Sensitivity", "Specificity"):
        found = referee.rate(name, patches, threshold)
        expected[f"{name} at {threshold:.3f}"] = written(found)
    assert intervals(page_at("overview", threshold)) == expected


def test_overview_gives_the_patients_means_their_ends(page_at):
    said = [str(each.value) for each in page_at("overview", 0.5).at.caption]
    means = holding(said, "pool all patches").partition(":")[2]
    patches = referee.rows()
    assert re.findall(r"(\d\.\d\d \[.*?\]) ·", means) == [
        written(referee.mean_of_patients(name, patches))
        for name in ("Balanced accuracy", "F1", "Sensitivity", "Specificity")
    ]
