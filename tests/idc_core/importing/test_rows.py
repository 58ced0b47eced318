"""Rows become predictions, or are refused with a reason and their number."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idc_core.importing.columns import Columns
from idc_core.importing.rows import place
from idc_core.patches import PatchName
from idc_core.refusal import Refusal

BY_FILE = Columns(path="file", score="score", label="label")
FOLDERS = st.sampled_from(["", "test_images\\", "C:\\a b\\", "/kaggle/input/10258/0/", "a/b\\c/"])
NAMES = st.builds(
    PatchName,
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True).filter(
        lambda name: "_idx" not in name
    ),
    st.integers(0, 999_999), st.integers(0, 999_999), st.integers(0, 1),
)  # fmt: skip


def table(*rows):
    return pd.DataFrame(rows, columns=["file", "score", "label"], dtype=object)


def name(x=1, label=0, patient="08863"):
    return str(PatchName(patient, x, 51, label))


@settings(max_examples=80, deadline=None)
@given(found=NAMES, folder=FOLDERS)
def test_a_file_name_in_any_folder_says_where_the_patch_lies(found, folder):
    placed = place(pd.DataFrame({"file": [folder + str(found)], "score": ["0.5"]}),
                   Columns(path="file", score="score"))  # fmt: skip
    row = placed.rows.iloc[0]
    assert (row["patient"], row["x"], row["y"], row["label"]) == (
        found.patient, found.x, found.y, found.label,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "label"),
    [("1", 1), ("1.0", 1), ("IDC", 1), (" idc ", 1), ("Malignant", 1),
     ("0", 0), ("Non-IDC", 0), ("NON_IDC", 0), ("benign", 0)],
)  # fmt: skip
def test_labels_may_be_words(said, label):
    placed = place(table((name(label=label), "0.5", said)), BY_FILE)
    assert placed.rows["label"].tolist() == [label]


def test_every_refused_row_has_its_number_and_reason():
    placed = place(
        table(
            (name(1), "0.5", "0"),
            ("ward3.png", "0.5", "0"),
            (name(51), "", "0"),
            (name(101), "high", "0"),
            (name(151), "0.5", "perhaps"),
            (name(201), "0.5", "1"),
        ),
        BY_FILE,
    )
    assert placed.rows["x"].tolist() == [1]
    assert dict(zip(placed.rejects["row"], placed.rejects["reason"], strict=True)) == {
        2: "no place like 10253_idx5_x1001_y1051_class0.png",
        3: "no score",
        4: "no score",
        5: "a label that is neither IDC nor no IDC",
        6: "the label disagrees with the file name",
    }
    assert placed.rejects["entry"].tolist()[0] == "ward3.png"


def test_a_patch_that_comes_again_is_taken_once_and_torn_ones_not_at_all():
    placed = place(
        table(
            (name(1), "0.5", "0"), ("other/" + name(1), "0.5", "0"),
            (name(51), "0.5", "0"), (name(51), "0.6", "0"), (name(101), "0.1", "0"),
        ),
        BY_FILE,
    )  # fmt: skip
    assert placed.again == 1
    assert placed.rows["x"].tolist() == [1, 101]
    assert placed.rejects["row"].tolist() == [3, 4]
    assert set(placed.rejects["reason"]) == {"the patch is there again with another score"}


@pytest.mark.parametrize(
    ("score", "cure"),
    [("1.5", "percentages"), ("87", "percentages"), ("-2.5", "logits"), ("140", "logits")],
)
def test_scores_that_are_no_probabilities_are_refused_by_row(score, cure):
    with pytest.raises(Refusal, match=rf"row 2 holds {float(score):g}, and 0 more .*{cure}"):
        place(table((name(1), "0.5", "0"), (name(51), score, "0")), BY_FILE)


def test_the_probability_of_no_idc_is_turned():
    turned = Columns(path="file", score="score", score_of="no-idc")
    placed = place(table((name(1), "0.25", "0")), turned)
    assert placed.rows["score"].tolist() == [0.75]


def test_probabilities_of_both_classes_must_add_up():
    both = Columns(path="file", score="score", other="label")
    assert len(place(table((name(1), "0.25", "0.7501")), both).rows) == 1
    with pytest.raises(Refusal, match=r"add up to 1: in row 1 they are 0.25 and 0.5"):
        place(table((name(1), "0.25", "0.5")), both)


def test_places_are_read_from_their_own_columns():
    columns = Columns(patient="patient", x="x", y="y", score="score", label="label", split="split")
    rows = pd.DataFrame(
        {
            "patient": ["08863", "a/b", "z", "z"], "x": [1, 1, 1.5, 51], "y": [51, 51, 51, None],
            "score": [0.1, 0.2, 0.3, 0.4], "label": [1, 0, 0, 0],
            "split": ["Testing", "val", "train", "test"],
        }
    )  # fmt: skip
    placed = place(rows, columns)
    assert placed.rows["patient"].tolist() == ["08863"]
    assert placed.rows["side"].tolist() == ["test"]
    assert placed.rejects["row"].tolist() == [2, 3, 4]


def test_ten_thousand_rows_keep_their_scores():
    rng = np.random.default_rng(0)
    scores = rng.random(10_000)
    files = [name(1 + 50 * at, patient=f"p{at % 9}") for at in range(10_000)]
    placed = place(pd.DataFrame({"file": files, "score": scores}),
                   Columns(path="file", score="score"))  # fmt: skip
    np.testing.assert_array_equal(placed.rows["score"], scores)
    assert placed.rejects.empty
