"""Whole slides become a store by clicks alone: folder, classes, contact sheet, store."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.state.jobs import jobs
from dashboard.state.queue import queue
from dashboard.state.reach import REACH
from dashboard.views.data.cut import section
from idc_core.data.stores.store import open_store
from tests.cut_world import draw_slides
from tests.worked_off import work_off

SIDE = 64


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Only this machine's users reach the server."""
    monkeypatch.setattr(REACH, "others", False)


@pytest.fixture
def root(tmp_path, own_world):
    """The world with a run, so that the page has something to show, and slides beside it."""
    draw_slides(tmp_path / "mine", SIDE, count=3)
    (tmp_path / "mine" / "slides" / "S2.tif").write_bytes(b"no slide")
    return tmp_path / "mine"


def press(page, key):
    next(each for each in page.at.button if each.key == key).click()
    page.at.run()


def wait(page, name):
    """Until the work of this name has ended, and the page is drawn again."""
    job = jobs().get(page.query[name])
    end = time.monotonic() + 120
    while not job.ended:
        assert time.monotonic() < end, job.doing
        time.sleep(0.05)
    page.at.run()
    assert not page.failed
    return job


def table_of(page, column):
    """The table that has this column."""
    (found,) = [each.value for each in page.at.dataframe if column in each.value]
    return found


def looked_into(page, root):
    page.at.text_input(key="cut_slides").set_value(str(root / "slides"))
    press(page, "cut_look_go")
    wait(page, section.LOOK)


def choose(page, name, role):
    page.at.selectbox(key=f"cut_class {name}").set_value(role)


def test_from_a_folder_to_a_store(app, root, own_world):
    page = app(run="small").open("data")
    looked_into(page, root)
    table = table_of(page, "classes")
    assert table["slide"].tolist() == ["S0", "S1", "S2"]
    assert table["classes"].tolist() == ["Stroma, T"] * 3
    choose(page, "Stroma", "negative")
    choose(page, "T", "positive")
    page.at.number_input(key="cut_px").set_value(SIDE)
    page.at.text_input(key="cut_negative").set_value("stroma")
    press(page, "cut_sheet_go")
    wait(page, section.SHEET)
    counts = table_of(page, "alarms")
    assert counts[["slide", "positive", "negative"]].to_numpy().tolist() == [
        ["S0", 9, 6],
        ["S1", 9, 6],
    ]
    assert "1 slide cannot be cut" in "\n".join(each.value for each in page.at.warning)
    page.at.text_input(key="cut_name").set_value("mine")
    press(page, "cut_go")
    assert "No worker is running" in warned(page)
    [cutting] = work_off()
    assert cutting.state == "done", cutting.sentence
    page.at.run()
    assert not page.failed
    store = open_store(own_world / "data" / "mine")
    assert len(store.index) == 30
    assert (store.raster.positive, store.raster.negative) == ("tumour", "stroma")
    (said,) = [each.value for each in page.at.success]
    assert said.startswith("The store mine holds 30 patches of 2 slides.")


def test_a_class_without_a_meaning_is_asked_for_before_any_slide_is_opened(app, root):
    page = app(run="small").open("data")
    looked_into(page, root)
    choose(page, "T", "positive")
    press(page, "cut_sheet_go")
    assert "found none for Stroma" in "\n".join(each.value for each in page.at.warning)
    assert section.SHEET not in page.query


def test_fields_that_changed_since_the_contact_sheet_are_not_cut(app, root):
    page = app(run="small").open("data")
    looked_into(page, root)
    choose(page, "Stroma", "negative")
    choose(page, "T", "positive")
    page.at.number_input(key="cut_px").set_value(SIDE)
    press(page, "cut_sheet_go")
    wait(page, section.SHEET)
    page.at.number_input(key="cut_px").set_value(2 * SIDE)
    page.at.run()
    assert "The fields have changed since" in "\n".join(each.value for each in page.at.warning)
    assert "cut_go" not in [each.key for each in page.at.button]


def warned(page):
    return "\n".join(each.value for each in page.at.warning).replace("\\", "")


def sheet_of(page, root):
    looked_into(page, root)
    choose(page, "Stroma", "negative")
    choose(page, "T", "positive")
    page.at.number_input(key="cut_px").set_value(SIDE)
    press(page, "cut_sheet_go")
    wait(page, section.SHEET)


def test_who_types_and_cuts_at_once_is_told_and_nothing_is_cut(app, root, own_world):
    page = app(run="small").open("data")
    sheet_of(page, root)
    page.at.text_input(key="cut_name").set_value("mine")
    page.at.number_input(key="cut_px").set_value(2 * SIDE)
    press(page, "cut_go")
    assert "Nothing was cut: the fields have changed since" in warned(page)
    assert section.CUT not in page.query
    assert not (own_world / "data" / "mine").exists()


def test_another_folder_or_another_meaning_of_its_outlines_is_looked_into_again(app, root):
    page = app(run="small").open("data")
    looked_into(page, root)
    page.at.checkbox(key="cut_exhaustive").set_value(True)
    page.at.run()
    assert "look into the folder again" in warned(page)
    assert "cut_sheet_go" not in [each.key for each in page.at.button]


def test_after_a_reload_the_fields_say_what_was_looked_into(app, root):
    page = app(run="small").open("data")
    looked_into(page, root)
    again = app(**page.query).open("data")
    assert again.at.text_input(key="cut_slides").value == str(root / "slides")
    assert "cut_sheet_go" in [each.key for each in again.at.button]


@pytest.mark.parametrize(
    ("typed", "said"), [("", "none was named"), ("/nowhere", "/nowhere is not there")]
)
def test_a_folder_that_is_not_there_gets_a_sentence_at_once(app, full_run, typed, said):
    page = app(run="small").open("data")
    page.at.text_input(key="cut_slides").set_value(typed)
    press(page, "cut_look_go")
    assert said in "\n".join(each.value for each in page.at.warning)
    assert section.LOOK not in page.query


def test_a_name_that_is_taken_or_none_is_refused(app, root, own_world):
    page = app(run="small").open("data")
    sheet_of(page, root)
    page.at.text_input(key="cut_name").set_value("tiny")
    press(page, "cut_go")
    assert "tiny" in warned(page)
    assert section.CUT not in page.query
    assert queue().all() == []
    assert (own_world / "data" / "tiny" / "patches.npy").is_file()


def test_a_cutting_is_found_again_by_who_comes_back_and_stopped(app, root, own_world):
    page = app(run="small").open("data")
    sheet_of(page, root)
    page.at.text_input(key="cut_name").set_value("mine")
    press(page, "cut_go")
    (job,) = queue().all()
    assert (job.kind, job.name, job.state) == ("cut_slides", "mine", "waiting")
    again = app(run="small").open("data")
    (said,) = [each.proto.text for each in again.at.get("progress")]
    assert said == "The store mine – waiting for its turn …"
    press(again, "cut_stop")
    assert queue().get(job.id).state == "cancelled"
    page.at.run()
    assert "The store mine: stopped. What was cut is kept" in page.text
    assert not (own_world / "data" / "mine").exists()


def test_a_server_that_others_may_reach_says_so_in_place_of_the_fields(app, full_run, monkeypatch):
    monkeypatch.setattr(REACH, "others", True)
    page = app(run="small").open("data")
    assert "cut_slides" not in [each.key for each in page.at.text_input]
    assert "Others may reach this server" in page.text


def progress_of(done, of):
    from dashboard.state import jobs
    from dashboard.views.data.cut import section

    job = jobs.Job("a1", "cut", doing="Reading slides", done=done, of=of)
    section.jobs = lambda: type("Known", (), {"get": lambda self, number: job})()
    section._waiting("a1", "cut")


@pytest.mark.parametrize(
    ("done", "of", "percent", "words"),
    [(3, 4, 75, "Reading slides: 3 of 4"), (0, 0, 0, "Reading slides …")],
)
def test_work_says_how_far_it_is(monkeypatch, done, of, percent, words):
    monkeypatch.setattr(section, "jobs", section.jobs)  # what the script puts there goes with it
    at = AppTest.from_function(progress_of, kwargs={"done": done, "of": of}).run()
    assert not at.exception
    (shown,) = at.get("progress")
    assert (shown.proto.value, shown.proto.text) == (percent, words)
