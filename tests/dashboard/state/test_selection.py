"""The selection: chosen once, in the address, across pages; what cannot be had is said."""

import shutil
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.state.selection import Selection, patch_name
from idc_core.io.files import read_parquet, write_parquet


def test_a_patch_is_named_and_read_back():
    assert Selection(patch=patch_name(1001, 51)).place == (1001, 51)


@pytest.mark.parametrize("patch", [None, "", "x1_y", "x1_y2 ", "x1234567_y1", "x١_y1", "1_2"])
def test_a_text_that_is_no_patch_has_no_place(patch):
    assert Selection(patch=patch).place is None


def test_without_an_address_the_thread_starts_at_the_operating_point_of_the_test_side(
    full_run, app, small_world
):
    page = app()
    assert page.query["run"] == small_world.RUN
    assert page.query["split"] == "test"
    assert "patient" not in page.query
    assert "operating point, locked" in page.threshold["state"]


def test_the_demo_is_preferred_where_there_are_several_runs(own_world, app):
    for name in ("another", "demo", "zebra"):
        shutil.copytree(own_world / "models" / "small", own_world / "models" / name)
    assert app().query["run"] == "demo"


def test_a_link_opens_its_run_split_threshold_patient_and_patch(full_run, app):
    asked = {
        "run": "small",
        "split": "validation",
        "threshold": "0.31",
        "patient": "9036",
        "patch": "x1101_y551",
    }
    page = app(**asked).open("patients")
    assert page.query == asked
    assert page.at.selectbox(key="bar_split").value == "validation"
    assert page.threshold["value"] == pytest.approx(0.31)
    assert page.at.selectbox(key="bar_patient").value == "9036"
    assert page.at.selectbox(key="bar_patch").value == "x1101_y551"
    assert "Patient 9036" in page.text


def test_the_address_carries_the_very_threshold(full_run, app):
    exact = 0.12345678806304932
    page = app(threshold=repr(exact))
    assert page.query["threshold"] == repr(exact)
    assert page.threshold["value"] == exact
    page.open("operating-point/threshold")
    page.at.segmented_control(key="matrix_share").set_value("column").run()
    assert page.query["threshold"] == repr(exact), "another control leaves it as it is"
    page.at.query_params["threshold"] = repr(exact + 1e-8)
    page.at.run()
    assert page.query["threshold"] == repr(exact + 1e-8)


def test_what_the_bar_showed_before_does_not_take_the_thread_back(full_run, app):
    page = app(patient="10253").open("patients")
    page.at.button(key="next_patient").click().run()
    asked = page.query["patient"]
    # The next click comes before the browser has drawn the answer: it still holds 10253.
    page.at.selectbox(key="bar_patient").select("10253").run()
    assert page.query["patient"] == asked != "10253"


def test_a_threshold_that_was_moved_for_another_run_or_split_is_ignored(own_world, app):
    shutil.copytree(own_world / "models" / "small", own_world / "models" / "other")
    page = app(run="small", split="validation", threshold="0.5").open("operating-point/threshold")
    for about in ({"run": "other"}, {"split": "test"}):
        page.move_threshold(0.9, **about)
        assert page.query["threshold"] == "0.5"
        assert page.threshold["value"] == 0.5
    page.move_threshold(0.9)
    assert page.query["threshold"] == "0.9"


def test_a_threshold_that_is_sent_with_another_run_does_not_go_over_to_it(own_world, app):
    shutil.copytree(own_world / "models" / "small", own_world / "models" / "other")
    page = app(run="small", threshold="0.5").open("operating-point/threshold")
    page.at.selectbox(key="bar_run").select("other")
    page.move_threshold(0.9)
    assert page.query["run"] == "other"
    assert page.threshold["about"]["run"] == "other"
    assert page.query["threshold"] not in ("0.5", "0.9")


def test_a_threshold_that_is_delivered_twice_counts_once_and_is_answered(full_run, app):
    page = app(threshold="0.5").open("operating-point/threshold")
    assert page.threshold["answered"] == ""
    act = {"threshold": 0.6, "about": page.threshold["about"], "token": "a"}
    page.tell("bar_threshold", "moved", act)
    assert page.threshold["answered"] == "a"
    page.at.button(key="rule_youden").click().run()
    asked = page.query["threshold"]
    page.tell("bar_threshold", "moved", act)
    assert page.query["threshold"] == asked != "0.6"


@pytest.mark.parametrize("sent", [1.01, -0.1, float("nan"), True, "0.6", None])
def test_what_is_no_threshold_is_not_chosen(full_run, app, sent):
    page = app(threshold="0.5")
    page.move_threshold(sent)
    assert not page.failed
    assert page.query["threshold"] == "0.5"


def test_the_thread_survives_a_change_of_page(full_run, app, views):
    page = app().open("operating-point/threshold")
    page.at.selectbox(key="bar_split").select("validation").run()
    page.move_threshold(0.62)
    page.at.selectbox(key="bar_patient").select("9037").run()
    for view in views:
        page.at.query_params.clear()  # as a link of the navigation does
        page.open(view)
        assert page.query["split"] == "validation", view
        assert float(page.query["threshold"]) == pytest.approx(0.62)
        assert page.query["patient"] == "9037"


def test_another_run_lets_go_of_patient_and_threshold(own_world, app):
    shutil.copytree(own_world / "models" / "small", own_world / "models" / "other")
    page = app(run="small", patient="10253", patch="x1001_y501", threshold="0.9")
    page.at.selectbox(key="bar_run").select("other").run()
    assert page.query["run"] == "other"
    assert "patient" not in page.query
    assert "patch" not in page.query
    assert float(page.query["threshold"]) != pytest.approx(0.9)


def test_another_patient_lets_go_of_the_patch(full_run, app):
    page = app(patient="10253", patch="x1001_y501")
    page.at.selectbox(key="bar_patient").select("10254").run()
    assert page.query["patient"] == "10254"
    assert "patch" not in page.query


def test_the_bar_chooses_a_patch(full_run, app):
    page = app(patient="10253")
    page.at.selectbox(key="bar_patch").select("x1101_y551").run()
    assert page.query["patch"] == "x1101_y551"
    page.at.selectbox(key="bar_patch").select("–").run()
    assert "patch" not in page.query


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("run", "gone", "no run called gone"),
        ("split", "holdout", "no split called holdout"),
        ("threshold", "high", "threshold from 0 to 1: found high"),
        ("threshold", "1.5", "threshold from 0 to 1: found 1.5"),
        ("threshold", "nan", "threshold from 0 to 1: found nan"),
        ("patient", "nobody", "nobody is not in this split"),
        ("patch", "here", "found here"),
    ],
)
def test_a_value_that_cannot_be_had_falls_back_and_is_said(full_run, app, name, value, said):
    page = app(**{name: value})
    assert not page.failed
    assert said in page.text.replace("\\", "")
    assert page.query.get(name) != value
    page.at.run()
    assert said not in page.text.replace("\\", ""), "it is said once"


def test_a_place_without_a_patch_is_said(full_run, app):
    page = app(patient="10253", patch="x1_y1")
    assert "has no patch x1_y1" in page.text.replace("\\", "")
    assert "patch" not in page.query


def test_a_patient_of_another_split_is_shown_there(full_run, app):
    page = app(split="train", patient="10253")
    assert (page.query["split"], page.query["patient"]) == ("test", "10253")
    assert "10253 is in the test split" in page.text


def test_a_patient_that_nobody_knows_is_let_go(full_run, app):
    page = app(split="train", patient="nobody")
    assert "patient" not in page.query
    assert "nobody is not in this split" in page.text


def test_a_moved_threshold_is_exploratory_and_the_chosen_one_locked(full_run, app):
    page = app().open("operating-point/threshold")
    locked = page.query["threshold"]
    page.move_threshold(0.7)
    assert "exploratory" in page.threshold["state"]
    page.at.button(key="rule_locked").click().run()
    assert page.query["threshold"] == locked
    assert "locked" in page.threshold["state"]


@pytest.mark.parametrize("name", ["**bold** _it_ [a](b)", "<b>x</b>", ":material/home: $x$ `y`"])
def test_markup_in_a_patients_name_is_shown_literally(own_run, app, name):
    table = read_parquet(own_run / "predictions.parquet")
    table["patient"] = table["patient"].replace({"10253": name})
    write_parquet(own_run / "predictions.parquet", table)
    page = app(patient=name).open("patients")
    assert not page.failed
    assert page.query["patient"] == name
    said = [each.value for each in page.at.header if "Patient" in each.value]
    assert said
    escaped = "".join("\\" + sign if not sign.isalnum() and sign != " " else sign for sign in name)
    assert escaped.replace("\\/", "/").replace("\\ ", " ") in said[0].replace("\\/", "/")
    gone = app(patient=f"{name} gone")
    notes = [each.value for each in gone.at.caption if "not in this split" in each.value]
    assert notes
    assert "**" not in notes[0].replace("\\*", "")
    assert "$" not in notes[0].replace("\\$", "")


def test_a_link_holds_the_thread(full_run, app, monkeypatch):
    import streamlit as st

    from dashboard.state import selection

    held = Selection("a b", "test", 0.25, "p&q", "x1_y1")
    monkeypatch.setattr(st, "session_state", {"thread": held})
    address = urlsplit(selection.link("patients", patch=None))
    assert address.path == "/patients"
    assert parse_qs(address.query) == {
        "run": ["a b"],
        "split": ["test"],
        "threshold": ["0.25"],
        "patient": ["p&q"],
    }
