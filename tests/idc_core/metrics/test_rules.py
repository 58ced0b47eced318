"""Kinds of rules: each is one record, written, read, said and worth what it says."""

import re

import pytest

from idc_core.metrics.rules import RULE_KINDS, Kind, Rule, read_rule, rule_words, worth, written
from idc_core.records.raster import Raster


@pytest.mark.parametrize("kind", RULE_KINDS, ids=lambda kind: kind.key)
def test_what_a_field_writes_is_read_again(kind: Kind) -> None:
    assert read_rule(kind.example).kind == kind.key
    if kind.number is None:
        assert written(kind, 1) == kind.example == kind.key
        return
    for number in (kind.number.low, kind.number.usual, kind.number.high):
        value = number / 100 if kind.number.share else number
        assert read_rule(written(kind, number)).value == pytest.approx(value)


def test_a_rule_is_said_with_the_names_that_it_is_given() -> None:
    say = Raster(positive="tumour", negative="stroma").say
    assert rule_words("cost:5", say) == "one missed tumour patch weighs as much as 5 false alarms"
    assert rule_words("calls<=0.2", say) == "at most 20 % of the patches predicted tumour"
    assert rule_words("nearest:calls<=0.2", say) == (
        "nearest to at most 20 % of the patches predicted tumour"
    )
    # What is no rule of ours was written by somebody else.
    assert rule_words("the IDC board's", say) == "the IDC board's"
    for kind in RULE_KINDS:
        assert "IDC" not in rule_words(kind.example, say)


@pytest.mark.parametrize("kind", RULE_KINDS, ids=lambda kind: kind.key)
def test_a_rule_is_said_with_its_number(kind: Kind) -> None:
    said = rule_words(kind.example)
    assert not re.search(r"[{}]", said)
    number = re.search(r"[\d.]+$", kind.example) if kind.number else None
    if number and kind.number:
        shown = float(number[0]) * (100 if kind.number.share else 1)
        assert f"{shown:g}" in said


def test_the_best_of_something_is_worth_its_counts() -> None:
    counts = (90, 6, 2, 8)  # tn, fp, fn, tp
    assert float(worth(Rule("f1"), *counts)) == pytest.approx(16 / 24)
    assert float(worth(Rule("fbeta", 2), *counts)) == pytest.approx(40 / 54)
    assert float(worth(Rule("youden"), *counts)) == pytest.approx(0.8 - 6 / 96)
    assert float(worth(Rule("cost", 5), *counts)) == -16


def test_a_share_is_the_best_of_nothing() -> None:
    with pytest.raises(
        ValueError, match="a rule with a best value, such as f1 or youden: found sensitivity"
    ):
        worth(Rule("sensitivity", 0.9), 1, 1, 1, 1)


@pytest.mark.parametrize("rule", ["f1 ", "f1:2", "sensitivity", "cost>=5", "cost:5e3", "cost:١"])
def test_what_is_written_otherwise_is_no_rule(rule: str) -> None:
    with pytest.raises(ValueError, match="expected one of the rules f1, youden, "):
        read_rule(rule)
