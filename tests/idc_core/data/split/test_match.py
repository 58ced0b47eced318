"""A given split held against the patients there are."""

import pandas as pd
import pytest

from idc_core.data.split.given_split import GivenSplit
from idc_core.data.split.match import by_patient, match
from idc_core.data.split.splits import splits_of
from idc_core.data.tables.patient_names import who_is_meant
from idc_core.io.refusal import Refusal


def test_patients_are_found_in_another_spelling_and_it_is_told():
    rule = GivenSplit({"DEMO-01": "train", "8863": "test", "a/b": "train", "z": "test"}, "s.csv")
    found = match(rule, ["demo-01", "08863", "b", "z"])
    assert found.splits == {"demo-01": "train", "08863": "test", "b": "train", "z": "test"}
    assert found.notes == (
        "One patient is found without regard to case: 'DEMO-01' is patient 'demo-01'.",
        "One patient is found without the zeros in front: '8863' is patient '08863'.",
        "One patient is found without folders: 'a/b' is patient 'b'.",
    )


def test_an_ambiguous_spelling_is_nobody():
    meant, notes = who_is_meant(["p1", "x"], ["P1", "p1", "X", "x "])
    assert meant == {"p1": "p1"}
    assert notes == []


def test_who_is_not_named_and_who_is_not_here_is_counted():
    rule = GivenSplit({"a": "train", "b": "test", "c": "train"}, "s.csv")
    found = match(rule, ["a", "b", "d", "e"])
    assert found.splits == {"a": "train", "b": "test", "d": "unused", "e": "unused"}
    assert found.unnamed == ("d", "e")
    assert found.absent == ("c",)
    assert found.notes == (
        "2 of 4 patients (d, e) are not named in s.csv: unused.",
        "1 of 3 patients (c) is named in s.csv and not here.",
    )


def test_a_side_of_which_nobody_is_here_is_a_question():
    rule = {"a": "train", "b": "test"}
    with pytest.raises(Refusal, match=r"none of the 1 of test is here \(b\).*--accept-loss"):
        match(GivenSplit(rule, "s.csv"), ["a", "c"])
    assert match(GivenSplit(rule, "s.csv", accept_loss=True), ["a", "c"]).splits == {
        "a": "train",
        "c": "unused",
    }


def test_a_split_of_other_patients_is_refused_with_both_spellings():
    with pytest.raises(Refusal, match="called like 'demo-01', those in the split like '1'"):
        match(GivenSplit({"1": "train"}, "s.csv"), ["demo-01"])


def test_copies_made_by_augmentation_go_with_their_original():
    found = match(
        GivenSplit({"8863": "train", "aug_0_8863": "train", "flip_8864": "test"}, "s.csv"),
        ["8863", "8864"],
    )
    assert found.splits == {"8863": "train", "8864": "test"}
    assert found.absent == ()
    assert found.notes == (
        "2 names in the split are copies made by augmentation: 'aug_0_8863' is patient '8863'.",
    )


def test_a_copy_on_another_side_than_its_original_is_a_leak():
    rule = GivenSplit({"8863": "test", "aug_0_8863": "train", "8864": "train"}, "s.csv")
    with pytest.raises(
        Refusal, match="augmented copies among them: patient 8863 stands in train and test"
    ):
        match(rule, ["8863", "8864"])


def test_a_class_that_the_split_leaves_out_whole_is_a_question():
    index = pd.DataFrame({"patient": ["a", "a", "b"], "label": [0, 0, 1]})
    with pytest.raises(Refusal, match=r"all 1 patches labelled IDC are of patients it does not"):
        splits_of(index, GivenSplit({"a": "train"}, "s.csv"))
    taken = splits_of(index, GivenSplit({"a": "train"}, "s.csv", accept_loss=True))
    assert taken == {"a": "train", "b": "unused"}


SLIDES = pd.DataFrame(
    {"patient": ["p", "p", "q", "r"], "slide": ["p-1", "p-2", "q-1", "x"], "label": [0, 1, 1, 0]}
)


def test_slides_that_a_split_names_are_their_patients():
    rule = GivenSplit({"p-1": "train", "P": "train", "q-1.svs": "test", "z": "test"}, "s.csv")
    found = by_patient(rule, SLIDES)
    assert found.patients == {"p": "train", "q": "test", "z": "test"}
    assert found.notes == ("2 slides are named in s.csv, like 'p-1': the split of patient 'p'.",)
    assert splits_of(SLIDES, rule) == {"p": "train", "q": "test", "r": "unused"}


def test_a_split_of_patients_is_left_as_it_is_and_so_is_that_of_slides_of_two():
    rule = GivenSplit({"p": "train", "q": "test"}, "s.csv")
    assert by_patient(rule, SLIDES) is rule
    assert by_patient(rule, SLIDES.drop(columns="slide")) is rule
    shared = GivenSplit({"a": "train"}, "s.csv")
    assert by_patient(shared, SLIDES.assign(slide="a")) is shared


@pytest.mark.parametrize("other", ["p-2", "p"])
def test_slides_of_a_patient_in_two_splits_are_refused(other):
    rule = GivenSplit({"p-1": "train", other: "test", "q": "test"}, "s.csv")
    with pytest.raises(
        Refusal,
        match=r"every patient in one split of the split s\.csv, which names slides: patient p "
        r"stands in train and test\. Put all slides of a patient into one split",
    ):
        splits_of(SLIDES, rule)
