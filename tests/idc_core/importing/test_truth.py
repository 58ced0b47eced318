"""The file name's label is the truth; a column that repeats the scores is the model's call."""

import numpy as np
import pandas as pd
import pytest

from idc_core.data.known_labels import UNLABELLED
from idc_core.importing.columns import Columns
from idc_core.importing.options import Asked
from idc_core.importing.truth import DISAGREES, WORD, read_labels, threshold_of
from idc_core.io.refusal import Refusal

COUNT = 200
SCORES = np.random.default_rng(1).permutation(np.linspace(0, 1, COUNT))
NAMED = (np.random.default_rng(2).random(COUNT) < SCORES).astype(float)
NOBODY = np.full(COUNT, np.nan)


def labels(named, asked=None, sure=False, call=None, **columns):
    frame = pd.DataFrame({name: list(cells) for name, cells in columns.items()})
    found = Columns(label=next(iter(columns), None), labels=tuple(columns), call=call)
    return read_labels(frame, found, named, SCORES, asked or Asked(), sure=sure)


def words(labels_, idc, other):
    return np.where(labels_ == 1, idc, other)


def test_a_call_is_known_by_the_scores_and_no_error_is_lost():
    call = SCORES >= 0.5
    wrong = int((call != (NAMED == 1)).sum())
    assert wrong > 30
    found = labels(NAMED, **{"class": call.astype(int)})
    np.testing.assert_array_equal(found.values, NAMED)
    assert (found.reasons == "").all()
    assert found.source == "label from the file name"
    (note,) = found.notes
    assert "“class” is the model's call, not the label: it says what score ≥ 0.503 says" in note
    assert f"differs from the file name in {wrong} rows" in note


@pytest.mark.parametrize("threshold", [0.1, 0.37, 0.9])
def test_a_call_at_any_threshold_is_known_even_with_rounded_scores(threshold):
    call = (threshold <= SCORES).astype(int)
    call[np.argsort(np.abs(SCORES - threshold))[6]] ^= 1
    assert "model's call" in labels(NAMED, label=call).notes[0]


def test_a_label_that_differs_and_is_no_call_is_left_out_by_row():
    other = NAMED.copy()
    other[[3, 9, 100]] = 1 - other[[3, 9, 100]]
    found = labels(NAMED, label=other.astype(int))
    assert np.flatnonzero(found.reasons == DISAGREES).tolist() == [3, 9, 100]
    column = labels(NAMED, Asked(labels_from="column"), label=other.astype(int))
    np.testing.assert_array_equal(column.values, other)
    named = labels(NAMED, Asked(labels_from="file-name"), label=other.astype(int))
    assert (named.reasons == "").all()


def test_a_label_that_is_the_opposite_everywhere_is_said():
    found = labels(NAMED, label=(1 - NAMED).astype(int))
    assert (found.reasons == "").all()
    assert "says the opposite of the file name in every row" in found.notes[0]


def test_an_unknown_word_beside_file_names_costs_no_row():
    found = labels(NAMED, label=words(NAMED, "Maligent", "Begin"))
    np.testing.assert_array_equal(found.values, NAMED)
    assert f"“Begin” ({int((NAMED == 0).sum())} rows)" in found.notes[0]


def test_an_unknown_word_alone_is_a_question_with_its_count_and_its_answer():
    cells = words(NAMED, "Tumurous", "negative")
    count = int(NAMED.sum())
    found = labels(NOBODY, label=cells)
    assert (found.reasons == WORD).sum() == count
    assert found.unknown == {"Tumurous": count}
    assert str(found.questions[0]) == (
        f"expected IDC, no IDC or nothing as label in 'label': “Tumurous” ({count} rows) is not "
        'understood. Say what is meant, such as --label-words "Tumurous=idc". Or go on without '
        "these rows: --accept-loss."
    )
    answered = labels(NOBODY, Asked(words={"tumurous": 1}), label=cells)
    np.testing.assert_array_equal(answered.values, NAMED)
    assert answered.questions == ()


@pytest.mark.parametrize("nothing", ["", "NA", "unknown", "-1", None])
def test_a_row_without_a_label_is_kept_without_one(nothing):
    cells = [nothing if at < 50 else str(int(label)) for at, label in enumerate(NAMED)]
    found = labels(NOBODY, label=cells)
    assert (found.values == UNLABELLED).sum() == 50
    assert (found.reasons == "").all()
    assert found.notes[0].startswith("50 of 200 rows have no label in “label”")
    assert found.questions == ()
    beside = labels(NAMED, label=cells)
    np.testing.assert_array_equal(beside.values, NAMED)


def test_no_label_at_all_is_an_unlabelled_table():
    for found in (labels(NOBODY), labels(NOBODY, label=[""] * COUNT)):
        assert (found.values == UNLABELLED).all()
        assert "--label-column NAME" in found.notes[0]
    with pytest.raises(Refusal, match="file names that end in _class0 or _class1"):
        labels(NOBODY, Asked(labels_from="file-name"), label=NAMED)


def test_a_label_that_the_scores_repeat_everywhere_is_asked_about():
    call = (SCORES >= 0.5).astype(int)
    found = labels(NOBODY, **{"class": call})
    (question,) = found.questions
    assert not question.of_loss, "no loss is accepted by it"
    assert "in every row it says what score ≥ 0.503 says" in str(question)
    for sure in (
        labels(NOBODY, sure=True, **{"class": call}),
        labels(NOBODY, Asked(labels_from="column"), **{"class": call}),
        labels(NOBODY, y_true=call),
        labels(NOBODY, call="pred", label=call),
    ):
        assert sure.questions == ()
    assert (labels(NOBODY, Asked(labels_from="none"), label=call).values == UNLABELLED).all()


def test_labels_that_the_scores_do_not_repeat_are_not_asked_about():
    assert labels(NOBODY, **{"class": NAMED.astype(int)}).questions == ()


def test_whole_numbers_as_doubles_are_labels():
    np.testing.assert_array_equal(labels(NOBODY, label=NAMED.astype(float)).values, NAMED)


def test_the_threshold_of_a_call_is_the_least_score_called():
    assert threshold_of(np.array([0, 0, 1, 1.0]), np.array([0.1, 0.2, 0.3, 0.4])) == 0.3
    assert threshold_of(np.array([1, 0, 1, 1.0]), np.array([0.1, 0.2, 0.3, 0.4])) is None
    assert threshold_of(np.array([1, 1, 1, 1.0]), np.array([0.1, 0.2, 0.3, 0.4])) is None


def test_classes_counted_from_one_are_asked_about_as_such():
    found = labels(NOBODY, label=(NAMED + 1).astype(int))
    assert '--label-words "1=no-idc, 2=idc"' in str(found.questions[0])


def test_a_column_that_agrees_with_the_file_names_is_said():
    assert (
        labels(NAMED, label=NAMED.astype(int)).source == "label from the file name, as in “label”"
    )
    assert labels(NAMED).source == "label from the file name"
    assert labels(NAMED, label=[""] * COUNT).source == "label from the file name"
