"""Which column is what: guessed from names and values, corrected by whoever knows better."""

import pytest

from idc_core.importing.columns import Columns, guess
from idc_core.refusal import Refusal

FILE = ["10253_idx5_x1001_y1051_class0.png"]


def table(**columns):
    return {name.replace("__", " "): values for name, values in columns.items()}


@pytest.mark.parametrize(
    ("samples", "path", "score", "label", "of"),
    [
        (table(image_path=FILE, prob=["0.3"], **{"class": ["0"]}), "image_path", "prob", "class",
         "idc"),
        (table(name=FILE, label=["0"], prediction=["0.07"]), "name", "prediction", "label", "idc"),
        (table(image_names=FILE, actual_prediction=["IDC"], predictions=["Non-IDC"],
               probability=["0.3"]), "image_names", "probability", "actual_prediction", "idc"),
        (table(filepath=FILE, pred_class=["1"], prob_non_idc=["0.03"], prob_idc=["0.97"]),
         "filepath", "prob_idc", None, "idc"),
        (table(File__Name=FILE, prob_non_idc=["0.03"]), "File Name", "prob_non_idc", None,
         "no-idc"),
        (table(file=FILE, pred=["1", "0"], score=["0.9", "0.2"]), "file", "score", None, "idc"),
    ],
)  # fmt: skip
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
    assert "probability of no IDC from “other”" in found.words()


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        (table(slide_id=["8863"], prob=["0.4"], slide_label=["1"]), "table of slides or of models"),
        (table(model=["B3"], auc=["93"]), "--score-column NAME"),
        (table(file=["ward3.png"], prob=["0.4"]), "--path-column NAME"),
        (table(file=FILE, pred=["1", "0"]), "column with a score"),
        (table(patient=["a"], x=["1"], y=["51"], score=["0.2"]), "--label-column NAME"),
    ],
)
def test_what_is_missing_is_named_with_its_option(samples, said):
    with pytest.raises(Refusal, match=said):
        guess(samples)


def test_a_column_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(Refusal, match=r"a column 'skore': the table has 'file', 'prob'"):
        guess(table(file=FILE, prob=["0.3"]), Columns(score="skore"))
