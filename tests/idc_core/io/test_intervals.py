"""A figure with its interval is written by one function."""

import math
import re

import pytest

from idc_core.io.intervals import TO, Write, decimals, ends, interval
from idc_core.io.paths import REPOSITORY

TWO, SIGNED = decimals(2), decimals(1, "+", minus="−")


@pytest.mark.parametrize(
    ("value", "low", "high", "write", "between", "said"),
    [
        (0.834, 0.78, 0.881, TWO, "–", "0.83 [0.78–0.88]"),
        (-0.12, -0.26, 0.02, SIGNED, TO, "−0.1 [−0.3 to +0.0]"),
        (0.5, math.nan, math.nan, TWO, "–", "0.50"),
        (0.5, None, None, TWO, "–", "0.50"),
        (0.5, 0.4, math.inf, TWO, "–", "0.50"),
        (math.nan, 0.1, 0.2, TWO, "–", "–"),
        (None, None, None, TWO, "–", "–"),
    ],
)
def test_a_figure_has_its_ends_where_both_are_known(
    value: float, low: float, high: float, write: Write, between: str, said: str
) -> None:
    assert interval(value, low, high, write, between) == said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (3.2, math.inf, "4.00 [at least 3.20]"),
        (-math.inf, 7.0, "4.00 [at most 7.00]"),
        (-math.inf, math.inf, "4.00"),
        (math.nan, math.inf, "4.00"),
    ],
)
def test_an_end_without_bound_is_said_where_it_may_be(low: float, high: float, said: str) -> None:
    assert interval(4.0, low, high, TWO, one_sided=True) == said
    assert interval(4.0, low, high, TWO) == "4.00"


def test_the_ends_alone_are_empty_where_one_is_not_known() -> None:
    assert ends(0.2, 0.4, TWO) == "0.20–0.40"
    assert ends(0.2, math.nan, TWO) == ""


def test_no_other_file_puts_two_ends_in_brackets() -> None:
    own = re.compile(r"\[\{[^}]*\}(?:–|−| to )|\}(?:–| to )\{[^}]*\}\]")
    found = [
        f"{file.relative_to(REPOSITORY)}: {line.strip()}"
        for folder in ("idc_core", "dashboard")
        for file in sorted((REPOSITORY / folder).rglob("*.py"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if own.search(line)
    ]
    assert found == []
