"""The table of faults names tests that are there, and counts itself right."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
TEXT = (TESTS.parent / "docs" / "reliability.md").read_text()
ROWS = re.findall(r"^\| (\d+) \|(.*)\|(.*)\|(.*)\|(.*)\|$", TEXT, re.MULTILINE)


@cache
def names_in(file):
    tree = ast.parse((TESTS / file).read_text())
    return {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}


def test_every_fault_has_its_row():
    assert [int(number) for number, *_ in ROWS] == list(range(1, 61))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row_is_held_by_tests_that_are_there(row):
    *_, state, held_by = row
    named = re.findall(r"`([^`]+)::(\w+)`", held_by)
    assert bool(named) == ("open" not in state)
    for file, test in named:
        assert test in names_in(file), f"{file} has no {test}"


def test_the_sum_is_that_of_the_rows():
    counted = Counter(re.split(r"[:\s]", state.strip())[0] for *_, state, _ in ROWS)
    assert (
        f"**{counted['held']} held, {counted['partly']} partly, {counted['open']} open.**" in TEXT
    )
    assert sum(counted.values()) == 60
