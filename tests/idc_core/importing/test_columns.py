"""Which column is what: guessed from names and values, corrected by whoever knows better."""

import pandas as pd
import pytest

from idc_core.importing.columns import Columns, guess
from idc_core.io.refusal import Refusal
from idc_core.records.raster import USUAL, Raster

FILE = ["10253_idx5_x1001_y1051_class0.png"]


def table(**columns):
    """As many rows as the longest column has: short ones go on with their last cell."""
    most = max(len(cells) for cells in columns.values())
    return pd.DataFrame(
        {
            name.replace("__", " "): cells + cells[-1:] * (most - len(cells))
            for name, cells in columns.items()
        }
    )


@pytest.mark.parametrize(
    ("samples", "path", "score", "label", "of"),
    [
        (
            table(image_path=FILE, prob=["0.3"], **{"class": ["0"]}),
            "image_path",
            "prob",
            "class",
            "idc",
        ),
        (table(name=FILE, label=["0"], prediction=["0.07"]), "name", "prediction", "label", "idc"),
        (
            table(
                image_names=FILE,
                actual_prediction=["IDC"],
                predictions=["Non-IDC"],
                probability=["0.3"],
            ),
            "image_names",
            "probability",
            "actual_prediction",
            "idc",
        ),
        (
            table(filepath=FILE, pred_class=["1"], prob_non_idc=["0.03"], prob_idc=["0.97"]),
            "filepath",
            "prob_idc",
            None,
            "idc",
        ),
        (
            table(File__Name=FILE, prob_non_idc=["0.03"]),
            "File Name",
            "prob_non_idc",
            None,
            "no-idc",
        ),
        (table(file=FILE, pred=["1", "0"], score=["0.9", "0.2"]), "file", "score", None, "idc"),
    ],
)
def test_the_tables_people_write_are_understood(samples, path, score, label, of):
    found = guess(samples)
    assert (found.path, found.score, found.label, found.score_of) == (path, score, label, of)


def test_both_classes_are_held_against_each_other():
    found = guess(table(file=FILE, prob_idc=["0.3"], prob_non_idc=["0.7"]))
    assert found.other == "prob_non_idc"


def test_places_do_without_a_file_name():
    found = guess(table(patient=["a"], x=["1"], y=["51"], label=["1"], score=["0.2"]))
    assert found.path is None
    assert (found.patient, found.x, found.y) == ("patient", "x", "y")


def test_a_name_column_that_holds_no_patches_gives_way_to_places():
    found = guess(
        table(name=["ward 3"], patient=["a"], x=["1"], y=["51"], label=["1"], score=["0.2"])
    )
    assert found.path is None


def test_what_is_asked_for_wins():
    samples = table(file=FILE, prob=["0.3"], other=["0.4"])
    found = guess(samples, Columns(score="other", score_of="no-idc"))
    assert (found.score, found.score_of) == ("other", "no-idc")
    assert "probability of no IDC from “other”" in found.words(USUAL)
    said = found.words(Raster(positive="tumour", negative="stroma"))
    assert "probability of stroma from “other”" in said


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        (table(slide_id=["8863"], prob=["0.4"], slide_label=["1"]), "table of slides or of models"),
        (table(model=["B3"], auc=["93"]), "--path-column NAME"),
        (table(file=["ward3.png"], prob=["0.4"]), "--path-column NAME"),
        (table(file=FILE, prob=["high"]), "holds texts like 'high', which are no numbers"),
        (table(file=FILE, cnn=["0.3"]), "of which 'cnn' hold numbers.*--score-column cnn"),
        (
            table(file=FILE, prob_vgg=["0.3"], prob_resnet=["0.2"]),
            "“prob_vgg”, “prob_resnet” all look like scores.*--score-column prob_vgg",
        ),
    ],
)
def test_what_is_missing_is_named_with_its_option(samples, said):
    with pytest.raises(Refusal, match=said):
        guess(samples)


def test_a_column_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(Refusal, match=r"a column 'skore': the table has 'file', 'prob'"):
        guess(table(file=FILE, prob=["0.3"]), Columns(score="skore"))


@pytest.mark.parametrize(
    ("names", "score", "other"),
    [
        (("0", "1"), "1", "0"),
        (("prob[0]", "prob[1]"), "prob[1]", "prob[0]"),
        (("benign", "malignant"), "malignant", "benign"),
        (("P0", "P1"), "P1", "P0"),
        (("p(class=0)", "p(class=1)"), "p(class=1)", "p(class=0)"),
        (("softmax_0", "softmax_1"), "softmax_1", "softmax_0"),
        (("Non-IDC Probability", "IDC Probability"), "IDC Probability", "Non-IDC Probability"),
    ],
)
def test_a_pair_of_classes_is_known_by_its_names(names, score, other):
    found = guess(table(file=FILE, **{names[0]: ["0.93"], names[1]: ["0.07"]}, y_true=["0"]))
    assert (found.score, found.other, found.label) == (score, other, "y_true")


def test_a_truth_goes_before_a_class_and_a_prediction_is_a_call():
    found = guess(table(file=FILE, pred=["1", "0"], label=["0"], y_true=["0"], y_pred_prob=["0.3"]))
    assert (found.score, found.label, found.call) == ("y_pred_prob", "y_true", "pred")
    assert found.labels == ("y_true", "label")


def test_calls_alone_are_taken_for_the_score():
    found = guess(table(file=FILE, pred=["1", "0"], label=["0", "1"]))
    assert (found.score, found.label) == ("pred", "label")
    assert guess(table(file=FILE, prediction=["IDC", "Non-IDC"])).score == "prediction"
    assert guess(table(file=FILE, prob=["1", "0"])).score == "prob"


def test_a_file_name_is_known_by_what_it_holds():
    assert guess(table(whatever=FILE, score=["0.3"])).path == "whatever"


def test_a_table_without_names_is_understood_by_what_its_columns_hold():
    found = guess(table(column__1=FILE, column__2=["0.7"], column__3=["1", "0"]))
    assert (found.path, found.score, found.label) == ("column 1", "column 2", "column 3")


def test_rows_and_columns_of_a_grid_are_y_and_x():
    found = guess(table(patient=["a"], row=["1"], col=["5"], label=["1"], score=["0.2"]))
    assert (found.x, found.y) == ("col", "row")


def test_a_column_y_of_many_places_is_no_label():
    rows = {"patient": ["a"], "x": ["1"], "y": [str(at) for at in range(60)], "score": ["0.2"]}
    assert guess(table(**rows, file=FILE)).label is None


@pytest.mark.parametrize(
    ("words", "split"),
    [
        (["train", "val"], "fold"),
        (["TEST ", "Val"], "fold"),
        (["dev", "holdout"], "fold"),
        (["0", "1"], None),
        (["0.0", "1.0"], None),
        (["site A", "site B"], None),
    ],
)
def test_a_column_is_a_split_where_it_holds_sides(words, split):
    assert guess(table(file=FILE, prob=["0.3"], fold=words)).split == split


def test_a_column_of_one_hot_labels_is_that_of_idc():
    found = guess(table(file=FILE, y_true_0=["1", "0"], y_true_1=["0", "1"], prob=["0.3"]))
    assert (found.label, found.score) == ("y_true_1", "prob")


def test_scores_that_begin_with_a_thousand_noughts_are_scores():
    cells = ["0"] * 3_000 + ["0.5", "1"] * 2_000
    assert guess(table(file=FILE, pred=["0", "1"], score=cells)).score == "score"


def test_a_split_can_be_declined():
    split = table(file=FILE, prob=["0.3"], split=["train", "test"])
    assert guess(split).split == "split"
    assert guess(split, Columns(split="none")).split is None
