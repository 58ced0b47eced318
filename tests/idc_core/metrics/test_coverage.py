"""What is said beside an interval that holds less than it promises."""

import math

import pytest

from idc_core.metrics import coverage
from idc_core.metrics.coverage import limited, note, reached
from idc_core.metrics.coverage_reached import PATIENTS, REACHED
from idc_core.metrics.leave_one_out import Interval


@pytest.fixture(autouse=True)
def measured(monkeypatch):
    monkeypatch.setattr(coverage, "PATIENTS", (10, 28, 60))
    monkeypatch.setattr(
        coverage, "REACHED", {"one": (70, 85, 95), "late": (None, 96, 94), "good": (93, 94, 95)}
    )


@pytest.mark.parametrize(
    ("patients", "share"), [(3, 70), (10, 70), (20, 70), (28, 85), (40, 85), (60, 95), (999, 95)]
)
def test_between_two_measured_numbers_the_lower_counts(patients, share):
    assert reached("one", patients) == share


def test_what_was_not_measured_is_not_known():
    assert reached("other", 30) is None
    assert reached("late", 12) is None
    assert note("other", 30) == note("late", 12) == ""


def test_little_less_is_said_and_much_less_gets_no_interval():
    found = Interval(0.5, 0.2, 0.8)
    assert note("good", 10) == ""
    assert note("one", 28) == "interval holds about 85 % with so few patients"
    assert note("one", 10).startswith("no interval: from so few patients it would hold in 70 %")
    assert limited("one", found, 28) == found
    bare = limited("one", found, 10)
    assert bare.value == 0.5
    assert math.isnan(bare.low)


def test_from_fewer_patients_than_were_simulated_there_is_no_interval_but_the_reason():
    """Two patients who agree by chance give a narrow interval that says nothing of a third."""
    found = Interval(0.5, 0.49, 0.51)
    assert math.isnan(limited("good", found, 9).low)
    assert limited("good", found, 10) == found
    assert note("good", 9) == ("no interval: how often it holds was not measured below 10 patients")
    # of a figure that was never simulated no more is known
    assert math.isnan(limited("nothing known of it", found, 9).low)
    assert note("nothing known of it", 9) == note("good", 9)
    assert limited("nothing known of it", found, 10) == found


def test_the_table_holds_what_was_counted():
    """The library's table is the benchmark's, figure by figure."""
    from benchmarks.coverage import cells, tables

    assert tables.library(cells.read()) == tables.LIBRARY.read_text()
    assert all(len(row) == len(PATIENTS) for row in REACHED.values())


def test_each_cell_rests_on_a_thousand_sets_and_of_thresholds_on_a_hundred():
    from benchmarks.coverage import cells

    found = cells.read()["cells"]
    few = [
        (population, patients, name)
        for population, by_patients in found.items()
        for patients, figures in by_patients.items()
        for name, counted in figures.items()
        if counted["blocks"] * cells.AT_ONCE < (100 if name.startswith("threshold") else 1000)
    ]
    assert few == []
