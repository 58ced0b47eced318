"""The tests that ran a statement are known, the likeliest to see an error in it first."""

import os

import pytest
from coverage import CoverageData

from tests.mutants.mutant import Change, mutants_of
from tests.mutants.recorded import LINES, MOST, Recording, record, seconds_in, statement_lines

PATH = "idc_core/metrics/rate.py"
SOURCE = """\
LIMIT = 1

def rate(a, b):
    if not b:
        return 0
    try:
        return sum(
            [a, 2],
        ) / b
    except TypeError:
        return 3
"""
OWN, EXACT = "tests/idc_core/metrics/test_rate.py", "tests/dashboard/exact/test_compare.py"
NEAR, FAR = "tests/idc_core/metrics/test_table.py", "tests/dashboard/test_app.py"


def change(old, new="0"):
    at = SOURCE.index(old)
    return Change("k", at, at + len(old), new)


def mutant(old):
    (made,) = mutants_of("library", PATH, SOURCE.encode(), [change(old)])
    return made


@pytest.fixture
def root(tmp_path):
    """A repository with one module."""
    (tmp_path / PATH).parent.mkdir(parents=True)
    (tmp_path / PATH).write_text(SOURCE)
    return tmp_path


def recorded(root, contexts, seconds=None):
    """As if tests had run some lines of the module: `{context: lines}`."""
    data = CoverageData(str(root / LINES))
    for context, lines in contexts.items():
        data.set_context(context)
        data.add_lines({str(root / PATH): lines})
    data.write()
    return Recording(root, data, seconds or {})


@pytest.mark.parametrize(
    ("old", "first", "last"),
    [("[a, 2]", 7, 9), ("not b", 4, 4), ("return 0", 5, 5), ("TypeError", 10, 10), ("1", 1, 1)],
)
def test_the_lines_are_those_of_the_statement_around_or_of_its_head(old, first, last):
    assert statement_lines(SOURCE.encode(), change(old)) == range(first, last + 1)


def test_any_line_of_the_statement_counts_whatever_part_of_the_test_ran_it(root):
    ran = {f"{NEAR}::a|run": [4, 7], f"{NEAR}::b|setup": [9], f"{NEAR}::c|run": [4, 5]}
    found = recorded(root, ran).tests(mutant("[a, 2]"))
    assert found == [f"{NEAR}::a", f"{NEAR}::b"]


def test_its_own_come_first_then_exact_texts_then_the_nearest_and_of_these_the_quickest(root):
    order = [f"{PATH}::doctest", f"{OWN}::b", f"{OWN}::a", f"{EXACT}::a", f"{NEAR}::a", f"{FAR}::a"]
    seconds = {f"{OWN}::a": 2.0, f"{OWN}::b": 1.0, f"{EXACT}::a": 9.0, f"{NEAR}::a": 5.0}
    found = recorded(root, {f"{each}|run": [4] for each in reversed(order)}, seconds)
    assert found.tests(mutant("not b"), [EXACT]) == order


def test_a_line_that_a_thousand_tests_run_is_judged_by_the_likeliest(root):
    found = recorded(root, {f"{FAR}::{number}|run": [4] for number in range(MOST + 5)})
    assert len(found.tests(mutant("not b"))) == MOST


def test_what_runs_on_import_changed_since_or_was_never_recorded_has_no_tests(root):
    assert Recording.read(root).tests(mutant("not b")) == []
    recorded(root, {"": [1], f"{OWN}::a|run": [4]})
    assert Recording.read(root).tests(mutant("1")) == []
    assert Recording.read(root).tests(mutant("not b")) == [f"{OWN}::a"]
    later = (root / LINES).stat().st_mtime + 1
    os.utime(root / PATH, (later, later))
    assert Recording.read(root).tests(mutant("not b")) == []


def test_seconds_are_those_of_the_test_without_its_fixtures():
    said = ["1.72s setup    tests/a.py::b\n", "12.28s call     tests/a.py::b[x y]\n", "33 passed\n"]
    assert seconds_in(said) == {"tests/a.py::b[x y]": 12.28}


@pytest.mark.long
def test_what_a_thread_of_a_test_runs_is_recorded_and_how_long_it_took(root):
    (root / "dashboard").mkdir()
    (root / "dashboard" / "b.py").write_text("")
    (root / "tests").mkdir()
    (root / "pytest.ini").write_text("[pytest]\nmarkers =\n    slow:\n    browser:\n")
    (root / "tests" / "test_a.py").write_text(
        "from threading import Thread\n"
        "from time import sleep\n"
        "from idc_core.metrics.rate import rate\n\n\n"
        "def test_threads():\n"
        "    began = Thread(target=rate, args=(1, 0))\n"
        "    began.start()\n"
        "    began.join()\n"
        "    sleep(0.1)\n"
    )
    assert record(root) == 0
    found = Recording.read(root)
    assert found.tests(mutant("return 0")) == ["tests/test_a.py::test_threads"]
    assert found.tests(mutant("[a, 2]")) == []
    assert found.seconds["tests/test_a.py::test_threads"] >= 0.1
