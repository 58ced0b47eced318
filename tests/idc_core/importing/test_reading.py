"""A table as it is understood before anything is written: what it asks, and what it would lose."""

import numpy as np
import pandas as pd
import pytest

from idc_core.data.label_words import given_words
from idc_core.data.patches import PatchName
from idc_core.importing.columns import Columns
from idc_core.importing.options import Asked, where_of
from idc_core.importing.reading import read_frame, read_table
from idc_core.io.refusal import Refusal
from idc_core.records.raster import USUAL

PATIENTS, EACH = 10, 40


def world(seed=0):
    rng = np.random.default_rng(seed)
    label = rng.random(PATIENTS * EACH) < 0.35
    score = np.clip(rng.normal(0.35 + 0.3 * label, 0.2), 0.01, 0.99).round(4)
    who = [f"P{at % PATIENTS}" for at in range(len(label))]
    x = 1 + 50 * (np.arange(len(label)) // PATIENTS)
    return pd.DataFrame({"patient": who, "x": x, "y": 1, "label": label.astype(int), "prob": score})


def by_file(rows, **more):
    names = [
        str(PatchName(str(who), int(x), int(y), int(label)))
        for who, x, y, label in zip(
            rows["patient"], rows["x"], rows["y"], rows["label"], strict=True
        )
    ]
    return pd.DataFrame({"file": names, "prob": rows["prob"], **more})


def read(table, columns=None, **asked):
    return read_frame(table.astype(str), "t.csv", columns, Asked(**asked))


def test_the_models_call_beside_the_file_name_loses_no_error():
    rows = world()
    reading = read(by_file(rows, **{"class": (rows["prob"] >= 0.5).astype(int)}))
    assert len(reading.rows) == len(rows)
    assert reading.rows["label"].tolist() == rows["label"].tolist()
    assert reading.questions == ()
    assert reading.mapping(USUAL) == (
        "Read as: patch from the file name in “file”; probability of IDC from “prob”; label from "
        "the file name."
    )


def test_errors_that_would_be_left_out_stop_with_a_question():
    rows = world()
    noisy = (rows["prob"] >= 0.5).astype(int)
    # A call by another model: it follows the scores, but not by one threshold.
    noisy[::9] = rows["label"][::9]
    reading = read(by_file(rows, **{"class": noisy}))
    (question,) = reading.loss.questions
    assert "expected no loss that falls on the errors" in question
    assert "--label-from file-name, or --label-from column" in question
    with pytest.raises(Refusal, match="falls on the errors"):
        reading.refuse_open(accept_loss=False)
    assert read(by_file(rows, **{"class": noisy}), labels_from="file-name").questions == ()


def test_an_unknown_word_is_asked_about_before_its_class_is_lost():
    rows = world()
    table = rows.assign(label=np.where(rows["label"] == 1, "Tumurous", "Negative"))
    reading = read(table)
    assert reading.unknown == {"Tumurous": int(rows["label"].sum())}
    with pytest.raises(Refusal, match='--label-words "Tumurous=idc"'):
        reading.refuse_open(accept_loss=False)
    answered = read(table, words=given_words("tumurous=idc"))
    assert answered.rows["label"].tolist() == rows["label"].tolist()
    assert answered.questions == ()


def test_two_models_in_one_table_are_asked_about_by_their_column():
    rows = by_file(world(), label=world()["label"])
    table = pd.concat([rows.assign(model="a"), rows.assign(model="b", prob=1 - rows["prob"])])
    reading = read(table)
    assert "“model” tells them apart (“a”, “b”)" in reading.questions[0]
    assert "--where model=a" in reading.questions[0]
    one = read(table, where=where_of(["model=b"]))
    assert one.questions == ()
    np.testing.assert_allclose(one.rows["score"], 1 - rows["prob"])
    assert one.rows["row"].tolist()[0] == len(rows) + 1
    assert "400 of 800 rows have “b” in “model”." in one.notes
    with pytest.raises(Refusal, match=r"rows with 'c' in 'model' .*: it holds “a”, “b”"):
        read(table, where={"model": "c"})
    with pytest.raises(Refusal, match="a column 'net' for --where"):
        read(table, where={"net": "a"})


def test_several_looks_at_a_patch_are_asked_about_or_averaged():
    rows = by_file(world())
    rows["site"] = ["A" if at % 2 else "B" for at in range(len(rows))]
    table = pd.concat([rows, rows.assign(prob=rows["prob"] / 2)])
    (question,) = read(table).questions
    assert "tells them apart" not in question, "both rows of a patch have one site"
    assert "400 patches come more than once with differing scores, in 800 rows" in question
    mean = read(table, repeated="mean")
    assert mean.questions == ()
    np.testing.assert_allclose(mean.rows["score"], rows["prob"] * 0.75)
    assert "The score of 400 patches is the mean of their 800 rows." in mean.notes
    with pytest.raises(Refusal, match="“mean” for --repeated"):
        read(table, repeated="max")


def test_a_few_patches_with_two_scores_are_asked_about_too():
    rows = by_file(world())
    table = pd.concat([rows, rows.head(3).assign(prob=0.123)])
    assert "3 patches come more than once" in read(table).questions[0]
    kept = read(table)
    kept.refuse_open(accept_loss=True)
    assert len(kept.rows) == len(rows) - 3


def test_a_patch_with_two_labels_is_left_out():
    rows = world()
    table = pd.concat([rows, rows.head(1).assign(label=1 - rows["label"][0])])
    reading = read(table)
    assert set(reading.rejects["reason"]) == {"the patch is there again with another label"}
    assert reading.rejects["row"].tolist() == [1, 401]


def test_columns_that_are_not_read_are_named():
    rows = world()
    reading = read(by_file(rows, fold=[at % 5 for at in range(len(rows))], site="A", pred=1))
    assert reading.notes[-1] == (
        "Not used: “fold” (holds 0, 1, 2, 3, …, which are no splits), “site”, “pred” "
        "(the model's prediction)."
    )


def test_a_split_in_other_words_is_answered():
    rows = world()
    table = by_file(rows, split=["A" if who < "P5" else "B" for who in rows["patient"]])
    assert "split" not in read(table).rows
    said = read(table, split_words={"A": "validation", "B": "test"})
    assert said.rows["split"].value_counts().to_dict() == {"validation": 200, "test": 200}
    with pytest.raises(Refusal, match=r"row 1 holds 'A'.*--split-words"):
        read(table, Columns(split="split"))


def test_what_is_left_out_above_one_in_a_hundred_is_said():
    rows = by_file(world())
    rows["prob"] = rows["prob"].astype(str).where(np.arange(len(rows)) % 80 != 7, "")
    reading = read(rows)
    assert reading.loss.sentences[0] == ("5 of 400 rows (1.2 %) are left out: 5 for “no score”.")
    assert reading.questions == ()


def test_a_table_in_which_nothing_has_a_place_is_refused_whatever_is_accepted():
    rows = world().assign(x="here")
    with pytest.raises(Refusal, match=r"400 of 400 rows cannot be placed.*--x-column"):
        read(rows).refuse_open(accept_loss=True)


def test_a_file_is_read_by_the_one_reader_of_tables(tmp_path):
    rows = by_file(world())
    file = tmp_path / "t.csv"
    file.write_text("# model v3\n" + rows.to_csv(index=False, sep=";", decimal=","))
    reading = read_table(file)
    np.testing.assert_allclose(reading.rows["score"], rows["prob"])
    assert any("decimal comma" in note or "omma" in note for note in reading.notes)
