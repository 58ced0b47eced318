"""Words for labels are read by their parts; what is not understood is a question, not a guess."""

import pytest

from idc_core.data.label_words import answer, asked_about, given_words, meaning, understand
from idc_core.io.refusal import Refusal

PAIRS = [
    ("1", "0"),
    ("1.0", "0.0"),
    ("IDC", "Non-IDC"),
    ("idc", "non_idc"),
    ("IDC", "nonIDC"),
    ("IDC", "no IDC"),
    ("IDC(+)", "IDC(-)"),
    ("IDC (+)", "IDC (−)"),
    ("idc+", "idc-"),
    ("IDC Positive", "IDC Negative"),
    ("positive_IDC", "negative_IDC"),
    ("pos_idc", "neg_idc"),
    ("LABEL_1", "LABEL_0"),
    ("class_1", "class_0"),
    ("class1", "class0"),
    ("Class 1", "Class 0"),
    ("[1]", "[0]"),
    ("(1,)", "(0,)"),
    ("[0. 1.]", "[1. 0.]"),
    ("[0, 1]", "[1, 0]"),
    ("[0.0, 1.0]", "[1.0, 0.0]"),
    ("['IDC']", "['Non-IDC']"),
    ("b'1'", "b'0'"),
    ("Cancerous", "Non-Cancerous"),
    ("cancer", "no cancer"),
    ("cancer", "not cancer"),
    ("invasive", "non-invasive"),
    ("Tumorous", "Negative"),
    ("tumour", "normal"),
    ("tumor_tissue", "non_tumor"),
    ("malignant", "benign"),
    ("Y", "N"),
    ("yes", "no"),
    ("true", "FALSE"),
    ("pos", "neg"),
    ("1 (IDC)", "0 (benign)"),
    ("IDC: 1", "non-IDC: 0"),
    ("tensor(1)", "tensor(0)"),
    ("bösartig", "gutartig"),
    ("恶性", "良性"),
    ("idc_1", "no_idc_0"),
    (" idc ", " benign "),
]


@pytest.mark.parametrize(("idc", "other"), PAIRS)
def test_both_words_of_a_pair_are_understood(idc, other):
    assert (meaning(idc), meaning(other)) == (1, 0)


@pytest.mark.parametrize(
    "word",
    ["", " ", "NA", "n/a", "NaN", "None", "unknown", "Unlabelled", "-1", "-1.0", "?", "null"],
)
def test_nothing_said_is_no_label_and_no_class(word):
    assert meaning(word) == -1


@pytest.mark.parametrize(
    "word",
    [
        "2",
        "0.5",
        "DCIS",
        "Maligent",
        "Begin",
        "tumurous",
        "IDC grade 2",
        "not benign",
        "class 2",
        "IDC negative 1",
        "in situ",
        "benign malignant",
        "perhaps",
        "[0. 0.]",
        "[1. 1.]",
        "train",
    ],
)
def test_what_may_mean_anything_is_not_guessed(word):
    assert meaning(word) is None


def test_a_lone_minus_is_an_empty_cell_unless_there_is_a_plus():
    assert understand({"+": 2, "-": 5}).meanings == {"+": 1, "-": 0}
    assert understand({"1": 2, "-": 5}).meanings == {"1": 1, "-": -1}


def test_unknown_words_come_back_with_their_counts_the_most_frequent_first():
    found = understand({"benign": 7, "tumurous": 30, "Begin": 50})
    assert found.meanings == {"benign": 0}
    assert list(found.unknown.items()) == [("Begin", 50), ("tumurous", 30)]
    assert asked_about(found.unknown) == "“Begin” (50 rows), “tumurous” (30 rows)"
    assert answer(found.unknown) == '--label-words "Begin=idc, tumurous=no-idc"'


def test_what_is_given_wins_over_what_is_known():
    found = understand({"1": 5, "2": 4, "Perhaps": 1}, given_words("1=no-idc,2=idc,perhaps=NA"))
    assert found.meanings == {"1": 0, "2": 1, "Perhaps": -1}
    assert found.unknown == {}


@pytest.mark.parametrize("text", ["tumurous", "=idc", "tumurous=dcis"])
def test_an_answer_that_says_nothing_is_refused(text):
    with pytest.raises(Refusal, match=r'like "tumurous=idc, begin=no-idc'):
        given_words(text)


def test_many_words_are_counted_and_not_listed():
    assert asked_about({str(at): 1 for at in range(2, 12)}).endswith("“5” (1 row) and 6 more")
