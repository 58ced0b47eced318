"""The words for a split's sides, and the sentence when a patient stands on two."""

import pytest

from idc_core.data.split_names import SPLIT_WORDS, SPLITS, refuse_patients_in_two_splits
from idc_core.io.refusal import Refusal


def test_every_word_means_one_of_our_sides():
    assert set(SPLIT_WORDS.values()) == set(SPLITS)


def test_no_leak_is_no_refusal():
    refuse_patients_in_two_splits({}, "this split")


def test_a_leak_names_the_patient_its_sides_and_how_many_more():
    with pytest.raises(Refusal, match=r"patient 10 stands in train and test \(1 more patient does"):
        refuse_patients_in_two_splits({"9": ["train", "test"], "10": ["train", "test"]}, "it")
