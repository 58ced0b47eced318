"""Numbers are written one way, and text from files never becomes Markdown."""

import math

import pytest

from dashboard.charts.theme import (
    COLOURS,
    LETTERS,
    NO_OUTCOME,
    OUTCOMES,
    WORDS,
    interval,
    many,
    plain,
    rate,
)


def test_every_outcome_has_a_colour_a_word_and_a_letter_of_its_own():
    for names in (COLOURS, WORDS, LETTERS):
        assert set(names) == {*OUTCOMES, *NO_OUTCOME}
        assert len({names[outcome] for outcome in OUTCOMES}) == 4
        assert not {names[outcome] for outcome in OUTCOMES} & {names[no] for no in NO_OUTCOME}


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


def test_an_address_in_a_name_is_broken_so_that_it_becomes_no_link():
    """Markdown finds addresses after it has taken the escapes away."""
    assert plain("www.evil.org") == "www\u2060\\.evil\\.org"
    assert plain("HTTP://x a@b") == "HTTP\\:\u2060//x a@\u2060b"
