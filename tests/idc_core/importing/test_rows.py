"""Rows become predictions, or are refused with a reason and their number."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idc_core.data.patches import PatchName
from idc_core.importing.columns import Columns
from idc_core.importing.rows import place

BY_FILE = Columns(path="file", score="score", label="label")
FOLDERS = st.sampled_from(["", "test_images\\", "C:\\a b\\", "/kaggle/input/10258/0/", "a/b\\c/"])
NAMES = st.builds(
    PatchName,
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True).filter(
        lambda name: "_idx" not in name
    ),
    st.integers(0, 999_999),
    st.integers(0, 999_999),
    st.integers(0, 1),
)


def table(*rows):
    return pd.DataFrame(rows, columns=["file", "score", "label"], dtype=object)


def name(x=1, label=0, patient="08863"):
    return str(PatchName(patient, x, 51, label))


@settings(max_examples=80, deadline=None)
@given(found=NAMES, folder=FOLDERS)
def test_a_file_name_in_any_folder_says_where_the_patch_lies(found, folder):
    placed = place(
        pd.DataFrame({"file": [folder + str(found)], "score": ["0.5"]}),
        Columns(path="file", score="score"),
    )
    row = placed.rows.iloc[0]
    assert (row["patient"], row["x"], row["y"], row["label"]) == (
        found.patient,
        found.x,
        found.y,
        found.label,
    )


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("1", 1),
        ("1.0", 1),
        ("IDC", 1),
        (" idc ", 1),
        ("Malignant", 1),
        ("0", 0),
        ("Non-IDC", 0),
        ("NON_IDC", 0),
        ("benign", 0),
    ],
)
def test_labels_may_be_words(said, label):
    placed = place(table((name(label=label), "0.5", said)), BY_FILE)
    assert placed.rows["label"].tolist() == [label]


def test_every_row_left_out_has_its_number_and_reason():
    placed = place(
        table(
            (name(1), "0.5", "0"),
            ("ward3.png", "0.5", "0"),
            (name(51), "", "0"),
            (name(101), "high", "0"),
            (name(151, label=1), "0.5", "0"),
            *[(name(201 + 50 * at), str(at / 99), "0") for at in range(99)],
        ),
        BY_FILE,
    )
    assert placed.rows["x"].tolist()[0] == 1
    assert len(placed.rows) == 100
    assert dict(zip(placed.rejects["row"], placed.rejects["reason"], strict=True)) == {
        2: "no place like 10253_idx5_x1001_y1051_class0.png",
        3: "no score",
        4: "no score",
        5: "the label disagrees with the file name",
    }
    assert placed.rejects["entry"].tolist()[0] == "ward3.png"


def test_rows_keep_the_numbers_of_the_table_they_were_chosen_from():
    rows = table(*[(name(1 + 50 * at), str(at / 9), "0") for at in range(6)], ("ward", "0.5", "0"))
    placed = place(rows[3:], BY_FILE)
    assert placed.rows["row"].tolist() == [4, 5, 6]
    assert placed.rejects["row"].tolist() == [7]


def test_a_patch_that_comes_again_is_taken_once_and_torn_ones_not_at_all():
    placed = place(
        table(
            (name(1), "0.5", "0"),
            ("other/" + name(1), "0.5", "0"),
            (name(51), "0.5", "0"),
            (name(51), "0.6", "0"),
            (name(101), "0.1", "0"),
        ),
        BY_FILE,
    )
    assert placed.again == 1
    assert placed.rows["x"].tolist() == [1, 101]
    assert placed.rejects["row"].tolist() == [3, 4]
    assert "--repeated mean" in str(placed.questions[0])
    assert set(placed.rejects["reason"]) == {"the patch is there again with another score"}


def test_the_probability_of_no_idc_is_turned():
    turned = Columns(path="file", score="score", score_of="no-idc")
    placed = place(table((name(1), "0.25", "0")), turned)
    assert placed.rows["score"].tolist() == [0.75]


def test_places_are_read_from_their_own_columns():
    columns = Columns(patient="patient", x="x", y="y", score="score", label="label", split="split")
    rows = pd.DataFrame(
        {
            "patient": ["08863", "a\tb", "z", "z"],
            "x": [1, 1, 1.5, 51],
            "y": [51, 51, 51, None],
            "score": [0.1, 0.2, 0.3, 0.4],
            "label": [1, 0, 0, 0],
            "split": ["Testing", "val", "train", "test"],
        }
    )
    placed = place(rows, columns)
    assert placed.rows["patient"].tolist() == ["08863"]
    assert placed.rows["split"].tolist() == ["test"]
    assert placed.rejects["row"].tolist() == [2, 3, 4]
    assert placed.rejects["reason"].tolist() == [
        "the sign '\\t' in the patient's name",
        "no place of patient, x and y",
        "no place of patient, x and y",
    ]


def test_places_are_settled_by_whoever_knows_the_grid():
    columns = Columns(patient="patient", x="x", y="y", score="score", label="label")
    rows = pd.DataFrame(
        {
            "patient": ["a", "b", None],
            "x": [0.5, 1.5, 2.5],
            "y": [0.5, 0.5, 0.5],
            "score": [0.1, 0.2, 0.3],
            "label": [1, 0, 0],
        }
    )
    assert len(place(rows, columns).rows) == 0, "half a pixel is no place"

    def settle(frame):
        assert frame["patient"].tolist() == ["a", "b"]
        return frame.assign(x=50 * (frame["x"] - 0.5) + 1, y=1), ("moved to corners",)

    placed = place(rows, columns, settle=settle)
    assert placed.rows[["patient", "x", "y"]].to_numpy().tolist() == [["a", 1, 1], ["b", 51, 1]]
    assert placed.notes == ("moved to corners",)
    assert placed.rejects["row"].tolist() == [3]


def test_ten_thousand_rows_keep_their_scores():
    rng = np.random.default_rng(0)
    scores = rng.random(10_000)
    files = [name(1 + 50 * at, patient=f"p{at % 9}") for at in range(10_000)]
    placed = place(
        pd.DataFrame({"file": files, "score": scores}), Columns(path="file", score="score")
    )
    np.testing.assert_array_equal(placed.rows["score"], scores)
    assert placed.rejects.empty
