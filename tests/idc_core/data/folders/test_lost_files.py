"""Of the files that were not taken, those are a loss whose patches are in no store."""

import pandas as pd
import pytest

from idc_core.data.folders.lost_files import Loss, judge_files
from idc_core.data.folders.sources import Reject
from idc_core.io.refusal import Refusal

SPLIT_OF = {"8863": "train", "8864": "test", "8865": "validation"}


def name(patient="8863", x=1, label=0):
    return f"{patient}_idx5_x{x}_y51_class{label}.png"


@pytest.fixture
def index():
    rows = [(patient, 1 + 50 * at, 51, at % 2) for patient in SPLIT_OF for at in range(20)]
    return pd.DataFrame(rows, columns=["patient", "x", "y", "label"])


def lost(index, *rejects):
    return judge_files(index, SPLIT_OF, [Reject(*each, "why") for each in rejects]).judged


def test_copies_of_what_was_taken_and_files_that_are_no_patches_are_no_loss(index):
    found = lost(
        index,
        ("in/8863/0/" + name(), "nested_copy"),
        ("8863/0/" + name(), "same_name"),
        ("8863/0/" + name()[:-4] + "_flip.png", "augmented_copy"),
        ("8863/0/" + name()[:-4] + " (1).png", "browser_copy"),
        (".DS_Store", "system_file"),
        ("readme.txt", "no_patch"),
        ("8863/0/notes.md", "not_an_image"),
    )
    assert (found.lost, found.total, found.questions) == (0, 60, ())


def test_a_place_that_two_rejects_name_is_one_patch_and_two_labels_are_none(index):
    found = lost(
        index,
        ("8863/0/" + name(x=2001), "label_conflict"),
        ("8863/1/" + name(x=2001, label=1), "label_conflict"),
        ("8863/0/a.png", "name"),
    )
    assert (found.lost, found.total) == (2, 62)
    assert found.reasons == {
        "a name that is no patch's": 1,
        "two files say two labels for one place": 1,
    }
    assert [(group.name, group.lost, group.total) for group in found.classes] == [
        ("no IDC", 1, 31),
        ("IDC", 0, 30),
    ]
    assert [(group.name, group.lost) for group in found.patients] == [("8863", 2)]
    assert {group.name: group.lost for group in found.splits} == {
        "train": 2,
        "test": 0,
        "validation": 0,
    }


def test_a_side_that_no_patient_of_the_store_stands_on_is_asked_about(index):
    found = lost(index, *(("valid/0/" + name("9", 1 + 50 * at), "truncated") for at in range(3)))
    assert {group.name: group.lost for group in found.splits} == {
        "validation": 3,
        "train": 0,
        "test": 0,
    }
    (question,) = found.questions
    assert question.startswith("expected to keep every patient: 1 patient (9) would be lost whole")


def test_an_archive_or_a_link_called_like_a_patient_is_a_patient(index):
    found = lost(index, ("8866.zip", "archive"))
    assert "1 patient (8866) would be lost whole" in found.questions[0]
    assert "Unpack them first, or go on without them: --accept-loss." in found.questions[0]
    assert lost(index, ("slides.zip", "archive")).questions == ()


def test_one_name_that_its_folder_denies_is_a_slip_and_several_are_a_patient(index):
    assert lost(index, ("8863/0/" + name("broken"), "patient_disagrees")).questions == ()
    found = lost(index, *(("8863/0/" + name("9", x), "patient_disagrees") for x in (1, 51)))
    assert "1 patient (9) would be lost whole" in found.questions[0]


def test_the_question_names_a_file_and_an_answer_takes_it_back(index):
    question = lost(index, ("8866.zip", "archive"))
    first = Reject("=8866.zip", "archive", "not opened")
    said = r"--accept-loss\. One of them: \"'=8866\.zip\" \(not opened\)"
    with pytest.raises(Refusal, match=said):
        Loss(question, first).refuse(accepted=False)
    Loss(question, first).refuse(accepted=True)
