"""Names of files and patients as people have them: placed where that is certain, else by cause."""

import pandas as pd
import pytest

from idc_core.data.tables.names import EATEN, NO_PLACE, of_files, of_patients

PLAIN = "10253_idx5_x1001_y1051_class1.png"


def files(*texts, **options):
    return of_files(pd.Series(texts, dtype="str", name="file"), **options)


def first(found):
    return found.frame.iloc[0][["patient", "x", "y", "label"]].tolist()


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        f"0/{PLAIN}",
        f"a b\\c\\{PLAIN}",
        f" {PLAIN} ",
        PLAIN.upper(),
        PLAIN[:-4],
        "10253_idx5_x1001_y1051_class1 (1).png",
        "10253_idx5_x1001_y1051_class1 - Copy.png",
        "10253_idx5_x1001_y1051_class1_resized.png",
        "10253_idx5_x1001_y1051_class1.png.npy",
        "10253_idx5_x1001_y1051_class1_5f0c8f3e-9d7c-4d3e-8a55-0123456789ab.png",
        f"https://host.example/a%20b/{PLAIN}?v=2",
        f"gs://bucket/{PLAIN}#x",
        f"file:///{PLAIN}",
        f"aug_{PLAIN}",
        f"aug_0_{PLAIN}",
        f"Copy of {PLAIN}",
        f"5f0c8f3e-9d7c-4d3e-8a55-0123456789ab_{PLAIN}",
        f"5F0C8F3E9D7C4D3E8A550123456789AB_{PLAIN}",
    ],
)
def test_what_stands_around_a_patch_is_put_aside(text):
    found = files(text)
    assert found.reasons.tolist() == [""]
    assert first(found) == ["10253", 1001, 1051, 1]


def test_what_is_put_aside_is_said():
    (said,) = files("10253_idx5_x1_y1_class1 (1).png").notes
    assert said == "1 file names go on behind the label, like “ (1).png”: put aside."
    (said,) = files(f"aug_{PLAIN}").notes
    assert "like “aug_10253”: patient “10253”" in said


def test_a_name_without_a_label_says_the_place():
    found = files("10253_idx5_x1001_y1051.png")
    assert found.frame["x"].tolist() == [1001]
    assert found.frame["label"].isna().all()


@pytest.mark.parametrize("text", ["ward3.png", "10253_x1_y1.png", "", "_idx5_x1_y1_class1.png"])
def test_what_says_no_place_has_none(text):
    assert files(text, PLAIN).reasons.tolist() == [NO_PLACE, ""]


def test_a_path_without_its_separators_is_told_and_can_be_answered():
    text = f"D:Projectenvimg1{PLAIN}"
    assert files(text).reasons.tolist() == [EATEN]
    assert first(files(text, strip="D:Projectenvimg1"))[0] == "10253"


def test_a_long_word_before_every_patient_is_said():
    found = files(
        "Projectenvstaticimg110253_idx5_x1_y1_class1.png",
        "Projectenvstaticimg120000_idx5_x1_y1_class1.png",
    )
    assert "begins with “Projectenvstaticimg1”" in found.notes[0]
    assert "--strip-prefix TEXT" in found.notes[0]
    assert files("patient1_idx5_x1_y1_class1.png", "patient2_idx5_x1_y1_class1.png").notes == ()


def test_a_slash_belongs_to_the_patient_where_patches_would_be_one_without_it():
    names = [f"S20-{at}/{at % 2}_idx5_x1_y1_class0.png" for at in range(8)]
    found = files(*names)
    assert found.frame["patient"].tolist()[:2] == ["S20-0/0", "S20-1/1"]
    assert "like “S20-0/0”" in found.notes[0]


@pytest.mark.parametrize("folders", [("a", "b"), ("test", "train"), ("0", "1")])
def test_folders_of_whole_sets_are_no_part_of_a_patient(folders):
    names = [f"{folder}/{who}_idx5_x1_y1_class0.png" for folder in folders for who in range(4)]
    assert files(*names).frame["patient"].nunique() == 4


@pytest.mark.parametrize(
    "name",
    [
        "10253",
        "00123",
        "NA",
        "000.A1",
        "S20-1000/2",
        "TCGA-A1-00-DX1.B34C267B-CAAA",
        "Müller, A.",
        "患者七",
        "Ω(3)+x~#",
        "null",
        "-7",
    ],
)
def test_a_patients_name_is_opaque_text(name):
    found = of_patients(pd.Series([name], dtype="str", name="patient"))
    assert (found.frame["patient"].tolist(), found.reasons.tolist()) == ([name], [""])


def test_a_patient_named_like_a_file_is_the_patient():
    found = of_patients(pd.Series(["10253_idx5", "10254_idx5"], dtype="str", name="patient"))
    assert found.frame["patient"].tolist() == ["10253", "10254"]
    assert found.notes == (
        "2 names of patients end like a file's, such as “10253_idx5”: patient “10253”.",
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a\x07b", "the sign '\\x07' in the patient's name"),
        ("a\u202eb", "the sign '\\u202e' in the patient's name"),
        ("x" * 129, "a patient's name of more than 128 signs"),
        (None, "no patient"),
    ],
)
def test_a_sign_that_is_not_allowed_is_named(name, reason):
    found = of_patients(pd.Series([name, "b"], dtype="str", name="patient"))
    assert found.reasons.tolist() == [reason, ""]


def test_two_spellings_of_one_letter_are_one_patient():
    found = of_patients(pd.Series(["Mu\u0308ller", "M\u00fcller"], dtype="str", name="patient"))
    assert found.frame["patient"].nunique() == 1


def test_a_running_number_before_every_patient_is_put_aside():
    names = [f"{at:05}_P{at % 6}_idx5_x{1 + 50 * (at // 6)}_y1_class0.png" for at in range(60)]
    found = files(*names)
    assert sorted(found.frame["patient"].unique()) == [f"P{at}" for at in range(6)]
    assert "like “00000_P0”: patient “P0”" in found.notes[0]
    own = [f"site_{at:05}_idx5_x1_y1_class0.png" for at in range(60)]
    assert files(*own).frame["patient"].nunique() == 60
