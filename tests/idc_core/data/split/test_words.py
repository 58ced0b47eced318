"""What the words and codes of a split mean, and what is asked where they mean nothing."""

from collections import Counter
from pathlib import Path

import pytest

from idc_core.data.split import words
from idc_core.io.refusal import Refusal

TABLE = Path("splits.csv")


def test_given_words_are_read_in_any_case_and_the_last_equals_sign_counts():
    assert words.given_words(" 0=train,Fold=A=Test ,") == {"0": "train", "fold=a": "test"}
    assert words.given_words(None) == {}


@pytest.mark.parametrize("text", ["0=nothing", "=train", "0"])
def test_a_pair_that_names_no_split_or_no_word_is_refused(text):
    with pytest.raises(Refusal, match=rf"^expected words like .* found '{text}'"):
        words.given_words(f"1=test, {text}")


def test_words_that_are_understood_are_taken_and_given_ones_come_before():
    assert words.splits_meant(["Train set", "dev", "7", "?"], {"7": "test", "dev": "train"}) == {
        "Train set": "train",
        "dev": "train",
        "7": "test",
    }


def test_codes_with_and_without_a_point_are_one():
    assert [words.plain(each) for each in ("2.0", "2.50", " 2 ", "2.", "V2.0")] == [
        "2",
        "2.50",
        "2",
        "2",
        "v2.0",
    ]


def test_yes_and_no_are_told_from_other_words():
    assert words.are_truths(["TRUE", "no", "1.0"])
    assert not words.are_truths(["true", "test"])
    assert not words.are_truths([])
    assert [words.is_true(each) for each in ("Y", "n", "1.0", "0", "test")] == [
        True,
        False,
        True,
        False,
        False,
    ]


def asked(counts, column="set"):
    return str(words.question(Counter(counts), column, "patients", TABLE))


def test_folds_are_named_by_their_numbers_in_order_and_an_answer_is_proposed():
    assert asked({"2": 1, "0": 5, "1": 3, "3": 4}) == (
        "expected the splits of patients in the column 'set' of splits.csv: it holds '0' "
        "(5 patients), '1' (3 patients), '2' (1 patient), '3' (4 patients); numbers of folds do "
        "not say which is train, validation and test. Say it: --split-words "
        '"0=train, 1=validation, 2=test, 3=train".'
    )
    assert "; codes do not say" in asked({"0": 1, "1": 1})
    assert "; numbers of folds do not say" in asked({"0": 1, "1": 1}, column="Fold")


def test_a_yes_or_no_says_who_is_in_one_split_and_asks_about_the_others():
    assert asked({"True": 2, "False": 9}, column="is_test").endswith(
        "that says who is test, not in which split the others are. Say it: --split-words "
        '"False=train, True=test".'
    )
    assert '"False=test, True=train"' in asked({"True": 2, "False": 9}, column="train")


def test_eval_may_be_either_and_unknown_words_are_named_with_the_commonest_first():
    assert "“eval” may be validation or test" in asked({"eval": 2, "train": 3})
    said = asked({"blue": 1, "red": 3, "train": 9})
    assert "it holds 'train' (9 patients), 'red' (3 patients), 'blue' (1 patient)" in said
    assert said.endswith('Say it: --split-words "red=test, blue=test".')
