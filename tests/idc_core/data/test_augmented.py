"""Augmented copies are known by their names and by the places they share with their originals."""

import pandas as pd
import pytest

from idc_core.data.augmented import augmented_copies, groups_of


def index_of(*patients, places=((1, 51), (51, 51))):
    rows = [(patient, x, y) for patient in patients for x, y in places]
    return pd.DataFrame(rows, columns=["patient", "x", "y"])


NAMES = (
    "aug_0_8863",
    "aug-12-8863",
    "augmented_8863",
    "8863_aug",
    "8863_aug_3",
    "8863_flip",
    "8863-hflip",
    "8863flipLR",
    "Flip_8863",
    "flipud_8863",
    "rot90_8863",
    "8863_rot_90",
    "8863_180",
    "rotated270deg_8863",
    "8863_mirrored",
    "turned_8863",
    "8863_flip_rot90",
    "aug_1_8863_flip",
    "8863_transpose",
    "8863_brightness_2",
    "8863_noise",
    "8863_copy",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_with_words_of_augmentation_at_its_ends_is_a_copy(name):
    assert augmented_copies(index_of("8863", "8864", name)) == {name: "8863"}


@pytest.mark.parametrize(
    "name", ["8863_2", "8863b", "august_8863", "8863_flipper", "demo-02", "8863_flip_other"]
)
def test_another_patient_is_no_copy(name):
    assert augmented_copies(index_of("8863", "demo-01", "demo", name)) == {}


def test_an_original_that_is_not_there_or_shares_no_place_makes_no_copy():
    assert augmented_copies(index_of("8864", "8863_flip")) == {}
    apart = pd.concat([index_of("8863"), index_of("8863_flip", places=[(101, 51)])])
    assert augmented_copies(apart) == {}


def test_the_longest_name_that_is_a_patient_is_the_original():
    assert augmented_copies(index_of("8863", "8863_1", "aug_8863_1")) == {"aug_8863_1": "8863_1"}
    assert augmented_copies(index_of("90", "8863", "rot90_8863")) == {"rot90_8863": "8863"}


def test_a_copy_of_a_copy_belongs_to_the_original():
    found = augmented_copies(index_of("8863", "8863_flip", "8863_flip_rot90"))
    assert found == {"8863_flip": "8863", "8863_flip_rot90": "8863"}
    assert groups_of(found) == [["8863", "8863_flip", "8863_flip_rot90"]]


def test_copies_without_their_original_belong_together():
    found = augmented_copies(index_of("aug_0_8863", "flip_8863", "rot90_8864", "rot90_8865"))
    assert found == {"aug_0_8863": "flip_8863"}
    assert augmented_copies(index_of("aug_flip_8863", "flip_8863")) == {
        "aug_flip_8863": "flip_8863"
    }
