"""Splits that others made are read in all their forms, and refused where they leak."""

import gzip
import json
from collections import Counter

import pandas as pd
import pytest

from idc_core.data.split.given_split import read_given_split
from idc_core.data.split.words import given_words
from idc_core.io.refusal import Refusal

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
    rows = [f"{file_of(patient)},{words[split]}" for patient, split in WANTED.items() for _ in "ab"]
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
    with pytest.raises(Refusal, match=r"expected a (split|table) in"):
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
    splits = Counter(read_given_split(real_root / "splits" / name).patients.values())
    assert (splits["train"], splits["validation"], splits["test"]) == counts


def test_the_published_random_split_is_refused(real_root):
    with pytest.raises(Refusal, match=r"patient 10253 stands in .*\(275 more patients do too\)"):
        read_given_split(real_root / "splits" / "michaeldiam_random_split.csv.gz")


PATIENTS = {f"p-0{at}": split for at, split in enumerate(["train", "train", "validation", "test"])}
SHORT = {"train": "train", "validation": "val", "test": "test"}


def _table(column="split", patient="patient", words=SHORT, rename=str):
    rows = [f"{rename(who)},{words[split]}" for who, split in PATIENTS.items()]
    return "\n".join([f"{patient},{column}", *rows, ""])


def _files(name, ending=".png", folder=""):
    rows = [
        f"{folder}{who}_idx5_x{x}_y1_class0{ending},{SHORT[split]}"
        for who, split in PATIENTS.items()
        for x in (1, 51)
    ]
    return "\n".join([f"{name},split", *rows, ""])


KINDS = {
    "names like files": _table(rename=lambda who: f"{who}_idx5"),
    "semicolons": _table().replace(",", ";"),
    "UTF-16 with tabs": _table().replace(",", "\t").encode("utf-16"),
    "capitals and spaces": _table("Set", "Patient ID", rename=lambda who: f" {who} "),
    "other words": _table(words={"train": "Training", "validation": "dev", "test": "holdout"}),
    "validate": _table(words={"train": "TRAIN", "validation": "validate ", "test": "Test set"}),
    "eval beside test": _table(words={"train": "train", "validation": "eval", "test": "test"}),
    "eval beside tuning": _table(words={"train": "train", "validation": "tuning", "test": "eval"}),
    "separators at the end": _table().replace("\n", ",\n").replace("split,", "split"),
    "a column of rows before": "n,"
    + "\n".join(f"{at},{line}" if at else line for at, line in enumerate(_table().split("\n")[:-1]))
    + "\n",
    "paths of Windows": _files("filename", folder="C:\\data\\x\\0\\"),
    "other endings": _files("image", ending=".jpg"),
    "no endings": _files("name", ending=""),
    "browser copies": _files("file", ending=" (1).png"),
    "a column of another name": _files("where it lies", folder="a/b/"),
    "no header": _table().split("\n", 1)[1],
    "two columns of yes and no": "patient,is_val,is_test\n"
    + "".join(
        f"{who},{split == 'validation'},{split == 'test'}\n" for who, split in PATIENTS.items()
    ),
    "an unknown name for the patient": _table(patient="who"),
    "JSON records": json.dumps(
        [{"patient": who, "split": SHORT[split]} for who, split in PATIENTS.items()]
    ),
    "JSON lines": "\n".join(
        json.dumps({"case": who, "set": split}) for who, split in PATIENTS.items()
    ),
    "JSON, wrapped, with a seed": json.dumps(
        {
            "seed": 7,
            **{
                f"{SHORT[split]}_ids": [
                    {"image": f"{who}_idx5_x1_y1_class0.png", "label": 0}
                    for who, of in PATIENTS.items()
                    if of == split
                ]
                for split in SHORT
            },
        }
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_split_says_the_same(tmp_path, kind):
    path = tmp_path / ("split.json" if kind.startswith("JSON") else "split.csv")
    content = KINDS[kind]
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert read_given_split(path).patients == PATIENTS


@pytest.mark.parametrize("ending", ["csv", "txt", "csv.gz"])
@pytest.mark.parametrize("name", ["{}", "{}_patients", "fold-{}"])
@pytest.mark.parametrize("by_file", [False, True])
def test_three_lists_of_any_kind_are_read(tmp_path, ending, name, by_file):
    for split, word in SHORT.items():
        mine = [who for who, of in PATIENTS.items() if of == split]
        rows = [f"a/{who}_idx5_x1_y1_class0.png,0" if by_file else f"{who}_idx5" for who in mine]
        text = "\n".join(["filepath,label" if by_file else "patient", *rows]).encode()
        file = tmp_path / f"{name.format(word)}.{ending}"
        file.write_bytes(gzip.compress(text) if ending.endswith("gz") else text)
    one = tmp_path / f"{name.format('val')}.{ending}"
    for given in (tmp_path, one):
        assert read_given_split(given).patients == PATIENTS


def test_a_list_alone_is_a_sentence(tmp_path):
    (tmp_path / "holdout.txt").write_text("p-01\n")
    with pytest.raises(Refusal, match=r"the one for train is missing \(found holdout.txt\)"):
        read_given_split(tmp_path / "holdout.txt")
    (tmp_path / "names.txt").write_text("p-01\np-02\n")
    with pytest.raises(Refusal, match="Three lists say the split in their names"):
        read_given_split(tmp_path / "names.txt")


@pytest.mark.parametrize(
    ("text", "said", "words"),
    [
        (
            "patient,split\na,0\nb,0\nc,1\nd,2\n",
            "codes do not say which",
            "0=train, 1=validation, 2=test",
        ),
        ("patient,fold\na,0\nb,1.0\n", "numbers of folds do not say", "0=train, 1=validation"),
        (
            "patient,is_test\na,True\nb,False\n",
            "says who is test, not in which split",
            "True=test, False=train",
        ),
        ("patient,split\na,train\nb,eval\n", "“eval” may be validation or test", "eval=test"),
        ("patient,split\na,train\nb,outside\n", "not all of these are splits", "outside=test"),
    ],
)
def test_codes_are_a_question_with_the_option_that_answers_it(tmp_path, text, said, words):
    path = tmp_path / "split.csv"
    path.write_text(text)
    with pytest.raises(Refusal, match=said) as asked:
        read_given_split(path)
    assert f'--split-words "{words}"' in str(asked.value)
    answered = read_given_split(path, given_words(words))
    assert set(answered.patients) == {line[0] for line in text.split("\n")[1:-1]}


def test_what_names_nobody_is_left_out_and_told(tmp_path):
    path = tmp_path / "split.csv"
    path.write_text("patient,split\na,train\n,test\nb,\nc,test\n")
    given = read_given_split(path)
    assert given.patients == {"a": "train", "c": "test"}
    assert given.notes == ("2 rows of split.csv name no patient or no split: left out.",)


def test_names_are_opaque_text_in_any_script(tmp_path):
    path = tmp_path / "split.csv"
    names = ["NA", "00123", "S20-1000/2", "000.A1", "患者七", "TCGA-A1-A0S0-01Z-00-DX1.B34C"]
    path.write_text("patient,split\n" + "".join(f"{name},train\n" for name in names))
    assert list(read_given_split(path).patients) == names


def test_numbers_that_a_spreadsheet_made_of_names_are_names_again(tmp_path):
    path = tmp_path / "split.csv"
    path.write_text("patient,split\n10253.0,train\n10254.0,test\n")
    assert list(read_given_split(path).patients) == ["10253", "10254"]
    path.write_text("patient,split\n1.03E+04,train\n10254,test\n")
    with pytest.raises(Refusal, match=r"row 1 holds 1\.03E\+04"):
        read_given_split(path)


@pytest.mark.parametrize("order", ["patient,slide,split", "slide,patient,split"])
def test_a_split_by_slide_and_patient_is_one_by_patient_and_a_leak_is_refused(tmp_path, order):
    rows = [("p", "1", "train"), ("p", "2", "train"), ("q", "1", "test")]
    frame = pd.DataFrame(rows, columns=["patient", "slide", "split"])
    path = tmp_path / "split.csv"
    frame[order.split(",")].to_csv(path, index=False)
    assert read_given_split(path).patients == {"p": "train", "q": "test"}
    frame.loc[1, "split"] = "test"
    frame[order.split(",")].to_csv(path, index=False)
    with pytest.raises(Refusal, match="patient p stands in train and test"):
        read_given_split(path)
