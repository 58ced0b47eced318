"""Splits that others made are read in all their forms, and refused where they leak."""

import gzip
import json
from collections import Counter

import pytest

from idc_core.given_split import read_given_split
from idc_core.refusal import Refusal

WANTED = {"8863": "train", "08864": "validation", "x-1": "test"}


def file_of(patient):
    return f"some/folder\\{patient}_idx5_x1_y51_class0.png"


@pytest.fixture
def lists(tmp_path):
    (tmp_path / "a_cases_train.txt").write_text("8863\n\n")
    (tmp_path / "a_cases_val.txt").write_text(" 08864\r\n")
    (tmp_path / "a_cases_test.txt").write_text("x-1")
    (tmp_path / "README.txt").write_text("nothing to do with it")
    return tmp_path


def test_a_table_by_patient_is_read_and_names_stay_text(tmp_path):
    path = tmp_path / "split.csv"
    path.write_text("\ufeffPatient,split\n8863,training\n08864,VAL\nx-1,testing\n")
    assert read_given_split(path).patients == WANTED


@pytest.mark.parametrize("zipped", [False, True])
def test_a_table_by_file_name_gives_patients(tmp_path, zipped):
    path = tmp_path / ("split.csv.gz" if zipped else "split.csv")
    words = {"train": "train", "validation": "valid", "test": "test"}
    rows = [f"{file_of(patient)},{words[side]}" for patient, side in WANTED.items() for _ in "ab"]
    text = "\n".join(["filename,split", *rows]).encode()
    path.write_bytes(gzip.compress(text) if zipped else text)
    assert read_given_split(path).patients == WANTED


def test_json_is_read_as_lists_by_side_or_sides_by_patient(tmp_path):
    path = tmp_path / "split.json"
    names = {"train_names": [file_of("8863")], "val": ["08864"], "test_patients": ["x-1"]}
    for content in (names, WANTED):
        path.write_text(json.dumps(content))
        assert read_given_split(path).patients == WANTED


@pytest.mark.parametrize("given", ["", "a_cases_val.txt", "a_cases_*.txt", "*.txt"])
def test_three_lists_are_found_by_folder_by_one_of_them_and_by_pattern(lists, given):
    assert read_given_split(lists / given).patients == WANTED


def test_a_missing_list_is_named(lists):
    (lists / "a_cases_val.txt").unlink()
    with pytest.raises(Refusal, match="the one for validation is missing"):
        read_given_split(lists / "a_cases_test.txt")


def test_two_lists_for_one_side_are_refused(lists):
    (lists / "b_cases_train.txt").write_text("1")
    with pytest.raises(Refusal, match="one list for train"):
        read_given_split(lists)


@pytest.mark.parametrize("second", ["test", "train+test", "single_prediction"])
def test_a_patient_on_two_sides_is_refused_by_name(tmp_path, second):
    path = tmp_path / "split.csv"
    path.write_text(f"filename,split\n{file_of('8863')},train\n{file_of('8863')},{second}\n")
    with pytest.raises(Refusal, match="patient 8863 stands in train and "):
        read_given_split(path)


def test_a_file_listed_in_two_sets_at_once_is_a_leak(tmp_path):
    path = tmp_path / "split.csv"
    path.write_text(f"filename,split\n{file_of('8863')},test+training\n")
    with pytest.raises(Refusal, match="patient 8863 stands in train and test"):
        read_given_split(path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("patient,split\n1,elsewhere\n", "it holds 'elsewhere' .1 patient.; not all of these are"),
        ("patient,split\n", "it names nobody"),
        ("a,b\n1,2\n", "expected the columns patient"),
        ("", "it is empty"),
        ("patient,split\na\x07b,train\n", "holds the sign .*x07"),
        (f"patient,split\n{'a' * 129},train\n", "at most 128 signs"),
        ("filename,split\nnonsense.png,train\n", "expected a name like"),
        ("patient,split\n1\n", "2 names and rows of 1 field:"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(tmp_path, text, sentence):
    path = tmp_path / "split.csv"
    path.write_text(text)
    with pytest.raises(Refusal, match=sentence):
        read_given_split(path)


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.json", "gone.csv"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path, name):
    if name != "gone.csv":
        (tmp_path / name).write_bytes(b"\x1f\x8b\xff\x00\xfe")
    with pytest.raises(Refusal, match="expected a (split|table) in"):
        read_given_split(tmp_path / name)


def test_json_of_another_shape_is_refused(tmp_path):
    path = tmp_path / "a.json"
    for content in ([1], {"train": 3}, {"train": [[3]]}, {"train": [["a", "b"]]}):
        path.write_text(json.dumps(content))
        with pytest.raises(Refusal, match="expected"):
            read_given_split(path)


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("reference_split.csv", (173, 39, 39)),
        ("femiogundare_patientwise_split.json", (223, 28, 28)),
        ("cruzroa2014_cases_test.txt", (84, 29, 49)),
        ("", (84, 29, 49)),
    ],
)
def test_the_published_splits_are_read(real_root, name, counts):
    sides = Counter(read_given_split(real_root / "splits" / name).patients.values())
    assert (sides["train"], sides["validation"], sides["test"]) == counts


def test_the_published_random_split_is_refused(real_root):
    with pytest.raises(Refusal, match=r"patient 10253 stands in .*\(275 more patients do too\)"):
        read_given_split(real_root / "splits" / "michaeldiam_random_split.csv.gz")
