"""A mutant is caught by a test that passes without it, and its file is put back."""

import sys

import pytest

from tests.mutants.judge import Workplace, _batches
from tests.mutants.mutant import Change, mutants_of

# Each test starts pytest several times.
pytestmark = pytest.mark.slow

SOURCE = "def more(a):\n    return a + 1\n"
ADDS = """
import sys

sys.path.insert(0, ".")
from more import more


def test_adds():
    assert more(1) == 2
"""
FAILS = "def test_fails():\n    assert False\n"
BLIND = "def test_blind():\n    pass\n"


@pytest.fixture(autouse=True)
def plain_pytest(monkeypatch):
    """Without what is installed beside pytest, which takes four times as long to begin."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@pytest.fixture
def place(tmp_path):
    """A copy with one module and three tests."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "more.py").write_text(SOURCE)
    for name, text in {"adds": ADDS, "fails": FAILS, "blind": BLIND}.items():
        (tmp_path / "tests" / f"test_{name}.py").write_text(text)
    return Workplace(tmp_path)


def judged(place, new, *names, old="+", budget=60):
    at = SOURCE.index(old)
    (mutant,) = mutants_of("library", "more.py", SOURCE.encode(), [Change("k", at, at + 1, new)])
    found = place.judged(mutant, [f"tests/test_{name}.py" for name in names], budget)
    assert (place.root / "more.py").read_text() == SOURCE
    return found


def judged_by(place, *tests):
    """The verdict on a minus for a plus."""
    at = SOURCE.index("+")
    (mutant,) = mutants_of("library", "more.py", SOURCE.encode(), [Change("k", at, at + 1, "-")])
    return place.judged(mutant, list(tests), 60)


def test_the_test_that_sees_it_is_named(place):
    found = judged(place, "-", "blind", "adds")
    assert (found.outcome, found.by) == ("caught", "tests/test_adds.py::test_adds")
    assert found.tried == ("tests/test_blind.py", "tests/test_adds.py")


def test_what_no_test_sees_survives(place):
    found = judged(place, "-", "blind")
    assert (found.outcome, found.by, found.tried) == ("survived", "", ("tests/test_blind.py",))


def test_a_test_that_fails_anyway_catches_nothing(place):
    assert judged(place, "-", "fails", "blind").outcome == "survived"
    assert place.broken == {"tests/test_fails.py::test_fails"}


def test_a_test_that_fails_anyway_does_not_hide_those_that_run_with_it(place):
    tests = [f"tests/test_{name}.py::test_{name}" for name in ("fails", "adds")]
    assert judged_by(place, *tests).by == "tests/test_adds.py::test_adds"


def test_a_journey_is_asked_anew_whether_it_passes_without_the_mutant(place):
    journey = place.root / "tests" / "browser" / "test_journey.py"
    journey.parent.mkdir()
    journey.write_text(ADDS)
    name = "tests/browser/test_journey.py"
    assert judged_by(place, name).by == f"{name}::test_adds"
    assert not place.sound
    journey.write_text(FAILS)
    assert judged_by(place, name).outcome == "survived"
    journey.write_text(ADDS)
    assert judged_by(place, name).by == f"{name}::test_adds"


def test_a_module_that_cannot_be_read_any_more_is_caught(place):
    found = judged(place, ")", "adds")
    assert (found.outcome, found.by) == ("caught", "tests/test_adds.py")


def test_tests_that_no_longer_end_are_a_timeout_where_they_end_without_the_mutant(
    place, monkeypatch
):
    def hung(words, limit):
        return (0, "") if (place.root / "more.py").read_text() == SOURCE else (None, "")

    monkeypatch.setattr(place, "_run", hung)
    found = judged(place, "-", "adds", "blind")
    assert (found.outcome, found.by) == ("timeout", "tests/test_adds.py")
    monkeypatch.setattr(place, "_run", lambda words, limit: (None, ""))
    assert judged(place, "-", "adds", "blind").outcome == "survived"


def test_a_command_is_ended_at_its_limit(place):
    assert place._run([sys.executable, "-c", "while True: pass"], 0.5) == (None, "")


def test_what_hangs_without_reckoning_is_ended_by_the_clock_and_costs_nothing(place):
    assert place._run([sys.executable, "-c", "import time; time.sleep(60)"], 0.2) == (None, "")
    assert place.spent < 0.5


def test_single_tests_are_run_and_the_one_that_sees_it_is_named(place):
    found = judged_by(place, "tests/test_blind.py::test_blind", "tests/test_adds.py::test_adds")
    assert (found.outcome, found.by) == ("caught", "tests/test_adds.py::test_adds")
    assert len(found.tried) == 2


def test_a_test_that_is_not_there_is_no_catch_and_its_file_is_run(place):
    assert judged_by(place, "tests/test_blind.py::test_gone").outcome == "survived"
    assert judged_by(place, "tests/test_adds.py::test_gone").by == "tests/test_adds.py::test_adds"


def test_a_spent_budget_leaves_the_other_tests_out(place):
    assert judged(place, "-", "blind", "adds", budget=0.001).tried == ("tests/test_blind.py",)


def test_the_nearest_run_alone_and_nodes_never_with_others():
    assert _batches(["a.test.mjs", "1", "2", "3", "4", "5", "6", "7"]) == [
        ["a.test.mjs"],
        ["1"],
        ["2"],
        ["3", "4", "5", "6"],
        ["7"],
    ]


def test_single_tests_come_before_files_a_dozen_first_and_journeys_last_each_alone():
    single = [f"a.py::{number}" for number in range(50)]
    journeys = ["tests/browser/test_a.py", "tests/browser/test_b.py"]
    assert _batches([*journeys, "1", "2", "3", "4", *single]) == [
        single[:12],
        single[12:48],
        single[48:],
        ["1"],
        ["2"],
        ["3", "4"],
        ["tests/browser/test_a.py"],
        ["tests/browser/test_b.py"],
    ]


def test_whole_files_of_exact_texts_come_after_the_first_single_tests():
    single = [f"tests/a/test_b.py::test_{at}" for at in range(20)]
    exact = [f"tests/dashboard/exact/test_{at}.py" for at in range(3)]
    found = _batches([*single, "tests/a/test_b.py", *exact, "tests/c/test_d.py"])
    assert found == [
        single[:12],
        [exact[0]],
        [exact[1]],
        single[12:],
        ["tests/a/test_b.py"],
        [exact[2]],
        ["tests/c/test_d.py"],
    ]
