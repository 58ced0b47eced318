"""The table of faults names tests that are there, and counts itself right; what a night injected is
shown as it was counted."""

import ast
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.faults import figures
from tests.faults.fuzz import INPUTS
from tests.faults.kills import KILLS
from tests.faults.stored import KINDS

TESTS = Path(__file__).resolve().parent
TEXT = (TESTS.parent / "docs" / "reliability.md").read_text()
ROWS = re.findall(r"^\| (\d+) \|(.*)\|(.*)\|(.*)\|(.*)\|(.*)\|$", TEXT, re.MULTILINE)


@cache
def names_in(file):
    tree = ast.parse((TESTS / file).read_text())
    return {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}


def test_every_fault_has_its_row():
    assert [int(number) for number, *_ in ROWS] == list(range(1, 62))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row_is_held_by_tests_that_are_there(row):
    *_, state, held_by, _ = row
    named = re.findall(r"`([^`]+)::(\w+)`", held_by)
    assert bool(named) == ("open" not in state)
    for file, test in named:
        assert test in names_in(file), f"{file} has no {test}"


def test_the_sum_is_that_of_the_rows():
    counted = Counter(re.split(r"[:\s]", state.strip())[0] for *_, state, _, _ in ROWS)
    assert (
        f"**{counted['held']} held, {counted['partly']} partly, {counted['open']} open.**" in TEXT
    )
    assert sum(counted.values()) == 61


NIGHT = json.loads((TESTS.parent / "docs" / "faults.json").read_text())
PARTS = {
    "kills": {*KILLS},
    "flips": {kind.name for kind in KINDS},
    "fuzz": {inputs.of for inputs in INPUTS},
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_a_row_says_of_the_night_is_injected_there(row):
    at_night = row[-1].strip()
    if at_night == "–":
        return
    part, _, named = at_night.partition(": ")
    assert {*named.split(", ")} <= PARTS[part]


def test_the_figures_of_the_night_are_those_that_were_counted():
    assert f"{figures.BEGINS}\n\n{figures.shown(NIGHT)}\n\n{figures.ENDS}" in TEXT


def test_the_night_lost_nothing_and_injected_every_kind():
    assert figures.lost(NIGHT["parts"]) == 0
    for part, kinds in PARTS.items():
        assert {*NIGHT["parts"][part]} == kinds
