"""Bring data on the page Data: looked at first, written when the button is pressed."""

import json

import pandas as pd
import pytest

from idc_core.runs.run import list_runs, open_run
from tests.idc_core.importing import world

TABLE = world.tissue(tuple(f"9{at:03}" for at in range(6)))


@pytest.fixture
def page(tmp_path, monkeypatch, app):
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "models"))
    (tmp_path / "models").mkdir()
    opened = app().open("data")
    opened.root = tmp_path
    return opened


def brought(page, table, name="theirs.csv"):
    file = (name, table.to_csv(index=False).encode(), "text/csv")
    page.at.get("file_uploader")[0].set_value(file).run()
    assert not page.failed
    return page


def box(page, label):
    (found,) = [each for each in page.at.selectbox if page_text(each.label).split(" (")[0] == label]
    return found


def told(page):
    kinds = ("warning", "error", "success")
    return [page_text(each.value) for kind in kinds for each in page.at.get(kind)]


def page_text(text):
    return text.replace("\\", "")


def written(page):
    page.at.button(key="bring_write").click().run()
    assert not page.failed
    return list_runs(page.root / "models")


def test_a_fresh_start_offers_to_bring_data(page):
    assert "No run yet" in page.text
    assert page.at.get("file_uploader")


def test_a_table_is_shown_and_nothing_is_written_until_the_button_is_pressed(page):
    brought(page, TABLE)
    assert f"theirs.csv, {len(TABLE):,} rows" in page_text(page.text).replace("*", "")
    assert "Read as: patch from “patient”, “x”, “y”" in page_text(page.text)
    assert f"{len(TABLE):,} patches of 6 patients" in page.text
    assert list_runs(page.root / "models") == []
    assert written(page) == ["theirs"]
    kept = open_run(page.root / "models" / "theirs")
    assert len(kept.predictions()) == len(TABLE)
    assert kept.info.source.file == "theirs.csv"
    assert page.query["run"] == "theirs"


def test_indices_are_recognised_and_a_click_says_otherwise(page):
    table = TABLE.assign(x=(TABLE["x"] - 1) // 50, y=(TABLE["y"] - 1) // 50)
    brought(page, table)
    assert "columns and rows of patches, counted from 0" in page_text(page.text)
    box(page, "x and y are").select("pixels").run()
    assert any("share a square of 50×50 pixels" in each for each in told(page))


def test_columns_are_mapped_by_clicks(page):
    table = TABLE.rename(columns={"score": "thing", "label": "other"})
    brought(page, table)
    assert any("expected a column with a score" in each for each in told(page))
    assert not [each for each in page.at.button if each.key == "bring_write"]
    box(page, "Score").select("thing").run()
    box(page, "Label").select("other").run()
    assert "probability of IDC from “thing”; label from “other”" in page_text(page.text)
    box(page, "Score is for").select("no IDC").run()
    assert "probability of no IDC from “thing”" in page_text(page.text)
    assert written(page) == ["theirs"]
    kept = open_run(page.root / "models" / "theirs").predictions()
    assert kept["score"].sum() == pytest.approx((1 - TABLE["score"]).sum())


def test_slides_are_recognised_named_by_a_click_and_kept(page):
    two = [
        TABLE.assign(slide=name, score=TABLE["score"] * by) for name, by in (("a", 1), ("b", 0.9))
    ]
    table = pd.concat(two, ignore_index=True)
    brought(page, table.rename(columns={"slide": "<i>glass</i>"}))
    assert any("come more than once with differing scores" in each for each in told(page))
    box(page, "Slide").select("<i>glass</i>").run()
    assert "patch from “patient”, “<i>glass</i>”, “x”, “y”" in page_text(page.text)
    assert not any(each.allow_html for each in page.at.markdown if "glass" in each.value)
    assert not told(page)
    assert written(page) == ["theirs"]
    kept = open_run(page.root / "models" / "theirs").predictions()
    assert kept.groupby("slide").size().to_dict() == {"a": len(TABLE), "b": len(TABLE)}


def test_every_unknown_word_is_asked_with_its_count_before_anything_is_written(page):
    words = TABLE["label"].map({1: "quux", 0: "fnord"})
    brought(page, TABLE.assign(label=words))
    asked = [page_text(each.label) for each in page.at.selectbox if "rows)" in each.label]
    many = words.value_counts()
    assert sorted(asked) == [f"“fnord” ({many['fnord']} rows)", f"“quux” ({many['quux']} rows)"]
    assert not [each for each in page.at.button if each.key == "bring_write" and not each.disabled]
    box(page, "“quux”").select("IDC").run()
    box(page, "“fnord”").select("no IDC").run()
    assert written(page) == ["theirs"]
    kept = open_run(page.root / "models" / "theirs").predictions()
    assert kept["label"].sum() == TABLE["label"].sum()


def test_a_share_for_validation_is_not_asked_where_the_table_says_its_split(page):
    brought(page, TABLE)
    assert not page.at.number_input(key="bring_share").disabled
    brought(page, TABLE.assign(split="test"))
    assert page.at.number_input(key="bring_share").disabled


def test_what_fits_a_store_is_said_and_mended_by_a_click(page):
    world.run(page.root / "models", "before", TABLE)
    brought(page, TABLE.assign(x=TABLE["y"], y=TABLE["x"], score=TABLE["score"] * 0.9))
    assert any("once x and y are exchanged" in each for each in told(page))
    box(page, "Take patients and coordinates from").select("before").run()
    assert any("patches are in the run “before”" in each for each in told(page))
    assert written(page) == ["before", "theirs"]
    info = json.loads((page.root / "models" / "theirs" / "run.json").read_text())
    assert info["source"]["asked"] == {"like": "before"}


def test_a_name_that_is_no_word_or_taken_is_refused_in_place(page):
    world.run(page.root / "models", "taken", TABLE.assign(patient="other"))
    brought(page, TABLE)
    (name,) = [each for each in page.at.text_input if each.label == "Name of the run"]
    for wrong, why in (("../out", "expected a name of at most 64"), ("taken", "is there already")):
        name.set_value(wrong).run()
        assert written(page) == ["taken"]
        assert any(why in each for each in told(page))
    assert not (page.root / "out").exists()


def test_a_file_that_is_no_table_is_refused_in_place(page):
    file = ("theirs.csv", b"\x80\x04\x95", "text/csv")
    page.at.get("file_uploader")[0].set_value(file).run()
    assert not page.failed
    assert told(page)
    assert list_runs(page.root / "models") == []


def test_a_click_on_what_is_no_longer_there_writes_nothing(page):
    brought(page, TABLE)
    other = ("theirs.csv", TABLE.iloc[1:].to_csv(index=False).encode(), "text/csv")
    page.at.get("file_uploader")[0].set_value(other)
    assert written(page) == []
    assert any("another was uploaded" in each for each in told(page))
    box(page, "Score is for").select("no IDC")
    assert written(page) == []
    assert any("they have changed since" in each for each in told(page))
    assert written(page) == ["theirs"]
