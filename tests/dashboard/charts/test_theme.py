"""Numbers are written one way, and text from files never becomes Markdown."""

import math

import pytest

from dashboard.charts.theme import (
    COLOURS,
    LETTERS,
    OUTCOMES,
    WORDS,
    interval,
    many,
    plain,
    rate,
)


def test_every_outcome_has_a_colour_a_word_and_a_letter_of_its_own():
    for names in (COLOURS, WORDS, LETTERS):
        assert set(names) == set(OUTCOMES)
        assert len(set(names.values())) == 4


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_what_is_not_defined_is_a_dash(value):
    assert rate(value) == "–"
    assert interval({"value": value, "low": math.nan, "high": math.nan}) == "–"


def test_an_interval_that_cannot_be_known_is_left_out():
    assert interval({"value": 0.5, "low": math.nan, "high": 0.75}) == "0.50"


def test_counts_have_their_thousands_apart():
    assert many(1234567) == "1,234,567"


@pytest.mark.parametrize("sign", list(r"\`*_{}[]()<>#+-.!|~$:&"))
def test_every_sign_of_markdown_is_escaped(sign):
    assert plain(f"a{sign}b") == f"a\\{sign}b"


def test_other_text_stays_as_it_is():
    assert plain("Ärztin 12’") == "Ärztin 12’"
