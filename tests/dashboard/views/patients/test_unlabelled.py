"""Patients without labels: listed, opened, judged, exported; nothing is said that needs one."""

import json

import numpy as np
import pandas as pd
import pytest

from dashboard.cache import all_patches, reviews
from dashboard.views.patients import export_patient, unlabelled_worklist
from idc_core.io.files import read_parquet, write_parquet
from idc_core.reviews import open_reviews
from idc_core.runs.run import open_run

THRESHOLD = "0.5"
NEEDS_A_LABEL = (
    "missed",
    "false alarm",
    "sensitivity",
    "specificity",
    "AUC",
    "burden",
    "errors",
    "label-error",
    "TP",
    "FN",
)


def button(page, key):
    return next(each for each in page.at.button if each.key == key)


def said(page):
    """All that is said, but for the terms that are explained at the head and rules of style."""
    kinds = ("header", "markdown", "caption", "text")
    return "\n".join(str(block.value) for kind in kinds for block in page.at.get(kind))


@pytest.fixture
def unlabelled(changed_world):
    """The run, no patch of which has a label."""
    return open_run(changed_world("without labels") / "models" / "small")


@pytest.fixture
def rows(unlabelled):
    """Its predictions on test, by patient."""
    table = unlabelled.predictions()
    table = table[table["split"] == "test"]
    return dict(list(table.groupby("patient")))


@pytest.fixture
def opened(unlabelled, app):
    """A patient with a reader who has entered a name."""
    return app(threshold=THRESHOLD).open("patients", patient="10253").read_as("Ada")


def test_the_list_says_what_is_predicted_of_each_patient_and_nothing_else(unlabelled, rows, app):
    page = app(threshold=THRESHOLD).open("patients")
    assert not page.failed
    table = page.listed("worklist_unlabelled").set_index("patient")
    for patient, own in rows.items():
        called = int((own["score"] >= 0.5).sum())
        assert table.loc[patient, "patches"] == str(len(own))
        assert table.loc[patient, "predicted"] == str(called)
        assert table.loc[patient, "share"] == f"{100 * called / len(own):.1f} %"
        assert table.loc[patient, "highest"] == f"{own['score'].max():.3f}"
    assert table["share"].str.removesuffix(" %").astype(float).is_monotonic_decreasing
    assert (table["verdicts"] == "0").all()
    assert {*table.columns} == {
        *("map", "patches", "predicted", "share", "highest", "verdicts", "reviewed")
    }
    assert not [word for word in NEEDS_A_LABEL if word in said(page)]
    assert "What does the model predict here" in page.html


def test_patients_with_equal_shares_and_scores_are_listed_by_name():
    rows = pd.DataFrame(
        {
            "patient": pd.Categorical.from_codes(
                np.repeat([0, 1, 2], 2), pd.Index(["b", "a", "c"])
            ),
            "x": 0,
            "y": [0, 50] * 3,
            "label": -1,
            "score": np.float32([0.9, 0.1, 0.9, 0.1, 0.9, 0.8]),
        }
    )
    every = all_patches.AllPatches(rows, ["b", "a", "c"], np.array([0, 2, 4]), frozenset(), 50)
    listed = unlabelled_worklist.table(every, 0.5, reviews.none())
    assert listed["patient"].tolist() == ["c", "a", "b"]
    assert listed["share"].tolist() == [1.0, 0.5, 0.5]


def test_a_patient_is_said_in_a_sentence_without_a_figure_that_needs_a_label(opened, rows):
    own = rows["10253"]
    called = int((own["score"] >= 0.5).sum())
    assert not opened.failed
    assert f"Of {len(own)} patches, {called} are predicted IDC at this threshold" in opened.text
    assert not [word for word in NEEDS_A_LABEL if word in said(opened)]
    assert "nobody labelled this patch" in opened.text


def test_overlays_that_need_a_label_are_not_offered(opened):
    [overlay] = [each for each in opened.at.get("button_group") if each.key == "overlay"]
    assert overlay.options == ["score", "prediction", "near the threshold", "tissue only"]
    [shown] = opened.panel("slide_viewer")["maps"]
    assert shown["rule"] == "score"


def test_the_ten_fields_with_the_highest_scores_are_reviewed_first(opened, unlabelled):
    every = all_patches.of_split(unlabelled, "test")
    fields = every.fields[every.fields["patient"] == "10253"]
    first = fields.iloc[0]
    assert 0 < len(fields) <= 10
    assert opened.panel()["title"] == f"10253 x{first['x']}_y{first['y']}"
    assert opened.panel()["where"] == f"1 of {len(fields)}"
    assert opened.panel("slide_viewer")["strip"] == fields[["x", "y"]].to_numpy().tolist()


def test_a_key_says_the_class_and_goes_on_to_the_next_field(opened, own_reviews, unlabelled):
    words = [each["words"] for each in opened.panel()["buttons"]]
    assert words == ["IDC", "No IDC", "Unsure", "Artefact", "Not assessable"]
    assert {each["hint"] for each in opened.panel()["buttons"]} == {""}
    before = opened.panel()["title"]
    opened.act(verdict="idc")
    assert opened.panel()["title"] != before
    [told] = open_reviews(own_reviews).history(reviews.data_key(unlabelled)).to_dict("records")
    assert (told["verdict"], told["label"], told["says"]) == ("idc", -1, 1)
    assert "**1 of " in opened.text


def test_a_verdict_counts_in_the_list_and_the_next_patient_who_waits_is_one_key_away(
    unlabelled, app
):
    page = app(threshold=THRESHOLD).open("patients").read_as("Ada")
    order = page.listed("worklist_unlabelled")["patient"].tolist()
    assert button(page, "next_unreviewed").proto.shortcut == "u"
    button(page, "next_unreviewed").click().run()
    assert page.query["patient"] == order[0]
    for _ in range(10):
        if "This list is finished" in page.panel()["stored"]:
            break
        page.act(verdict="no_idc")
    assert "fields reviewed." in page.text
    assert "All " in page.text
    button(page, "next_unreviewed_slide").click()
    page.at.run()
    assert page.query["patient"] == order[1]
    button(page, "all_patients").click()
    page.at.run()
    table = page.listed("worklist_unlabelled").set_index("patient")
    assert table.loc[order[0], "reviewed"] == "100.0 %"
    assert int(table.loc[order[0], "verdicts"]) >= 1
    assert table.loc[order[1], "reviewed"] == "0.0 %"


def test_several_patches_get_a_class_and_never_that_the_label_is_right(opened):
    button(opened, "area_all").click()
    opened.at.run()
    words = [each["words"] for each in opened.panel("area_verdicts")["buttons"]]
    assert words[:2] == ["IDC", "No IDC"]
    assert "without a label" in opened.text


def test_other_lists_hold_what_is_predicted_and_all_patches(unlabelled, rows, app):
    own = rows["10253"]
    query = {"threshold": THRESHOLD, "which": "called"}
    page = app(**query).open("patients", patient="10253")
    called = int((own["score"] >= 0.5).sum())
    assert page.panel()["where"] == f"1 of {called}"
    highest = own.loc[own["score"].idxmax()]
    assert page.panel()["title"] == f"10253 x{highest['x']}_y{highest['y']}"
    page = app(threshold=THRESHOLD, which="all", order="near").open("patients", patient="10253")
    nearest = own.loc[(own["score"] - 0.5).abs().idxmin()]
    assert page.panel()["where"] == f"1 of {len(own)}"
    assert page.panel()["title"] == f"10253 x{nearest['x']}_y{nearest['y']}"


def test_no_look_at_test_is_counted_where_nothing_can_be_judged(unlabelled, app):
    page = app(threshold="0.37").open("patients", patient="10253")
    assert not page.failed
    assert not (unlabelled.path / "looks.jsonl").exists()
    assert "look at test" not in page.text


def test_a_refusing_page_and_the_overview_lead_to_patients(unlabelled, app):
    for view in ("operating-point/threshold", "labels", "overview"):
        page = app().open(view)
        links = [each.proto.label for each in page.at.get("page_link")]
        assert "Review the patches" in links, view


def test_the_exported_squares_are_called_as_predicted_and_the_facts_say_no_label(unlabelled, rows):
    own = rows["10253"].assign(outcome="unlabelled")
    text = export_patient.squares(
        own, None, {"labels": "no label"}, own.iloc[:0].assign(verdict=""), *_cut(unlabelled)
    )
    found = json.loads(text)
    assert found["properties"]["labels"] == "no label"
    names = [each["properties"]["classification"]["name"] for each in found["features"]]
    predicted = np.where(own["score"] >= 0.5, "predicted IDC", "predicted no IDC")
    assert names == predicted.tolist()
    assert (
        len({json.dumps(each["properties"]["classification"]) for each in found["features"]}) == 2
    )
    assert not any("label" in each["properties"]["measurements"] for each in found["features"])


def _cut(run):
    return run.info.raster, 0.5


@pytest.fixture
def half(own_run):
    """10254 has no label, and every third patch of 10253 has none."""
    file = own_run / "predictions.parquet"
    table = read_parquet(file)
    one = np.flatnonzero(table["patient"] == "10253")[::3]
    labels = table["label"].to_numpy().copy()
    labels[one] = labels[table["patient"] == "10254"] = -1
    write_parquet(file, table.assign(label=labels))
    return table.iloc[one]


def test_a_run_with_some_labels_lists_both_kinds_of_patients(half, own_run, app):
    page = app(threshold=THRESHOLD).open("patients")
    assert not page.failed
    assert set(page.listed("worklist")["patient"]) == {"10253", "08863"}
    assert page.listed("worklist_unlabelled")["patient"].tolist() == ["10254"]
    page = app(threshold=THRESHOLD).open("patients", patient="10254")
    assert "None has a label" in page.text


def test_patches_without_a_label_of_a_labelled_patient_are_in_a_list_of_their_own(
    half, own_run, app
):
    page = app(threshold=THRESHOLD).open("patients", patient="10253")
    assert "patches without a label" in page.at.selectbox(key="which").options
    page = app(threshold=THRESHOLD, which="unlabelled").open("patients", patient="10253")
    page.read_as("Ada")
    assert page.panel()["where"] == f"1 of {len(half)}"
    assert [each["words"] for each in page.panel()["buttons"]][:2] == ["IDC", "No IDC"]
    page.act(verdict="no_idc")
    assert page.panel()["stored"].endswith("no IDC.")
    sent = all_patches.of_split(open_run(own_run), "test").of("10253")
    assert len(sent) == len(read_parquet(own_run / "predictions.parquet").query("patient=='10253'"))


def test_a_fully_labelled_patient_is_offered_no_list_of_patches_without(full_run, app):
    page = app(threshold=THRESHOLD).open("patients", patient="10253")
    assert "patches without a label" not in page.at.selectbox(key="which").options


def test_of_patients_without_a_label_the_largest_share_comes_first(half, own_run):
    every = all_patches.of_split(open_run(own_run), "test")
    table = unlabelled_worklist.table(every, 0.5, reviews.none())
    assert table["patient"].tolist() == ["10254"]
    own = every.of("10254")
    assert table["predicted"].tolist() == [int((own["score"] >= 0.5).sum())]
    assert table["open"].tolist() == table["fields"].tolist()


@pytest.fixture
def two_slides():
    """B with two slides of two squares, three apart, and A with one; the later the higher."""
    rows = pd.DataFrame(
        {
            "patient": pd.Categorical(["A", "A", "B", "B", "B", "B"]),
            "slide": ["1", "1", "2", "2", "3", "3"],
            "x": [1, 201] * 3,
            "y": 1,
            "label": -1,
            "score": [0.1, 0.2, 0.3, 0.7, 0.8, 0.9],
        }
    )
    return all_patches.AllPatches(rows, ["A", "B"], np.array([0, 2]), frozenset(), 50)


def test_a_slide_waits_until_each_of_its_fields_has_a_verdict(two_slides):
    standing = pd.DataFrame(
        {"patient": ["B", "B", "A"], "slide": ["2", "2", "1"], "x": [1, 201, 1], "y": 1}
    )
    table = unlabelled_worklist.table(two_slides, 0.5, standing)
    assert table["patient"].tolist() == ["B", "A"]
    assert table["slides"].tolist() == [2, 1]
    assert table["share"].tolist() == [0.75, 0.0]
    assert table["fields"].tolist() == [4, 2]
    assert table["judged"].tolist() == [2, 1]
    assert table["verdicts"].tolist() == [2, 1]
    waiting = unlabelled_worklist.waiting(two_slides, table, standing)
    assert waiting == [("B", "3"), ("A", "1")]
    assert unlabelled_worklist.waiting(two_slides, table, standing.iloc[:0]) == [
        *(("B", "2"), ("B", "3"), ("A", "1"))
    ]
