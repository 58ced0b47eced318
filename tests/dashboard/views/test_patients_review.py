"""Verdicts on the Patients page: stored, undone, kept when storing fails, and read blind."""

import sqlite3

import pytest

from dashboard import loaders_reviews
from idc_core.reviews import open_reviews


def button(page, key):
    return next(each for each in page.at.button if each.key == key)


def press(page, key):
    button(page, key).click()
    page.at.run()
    return page


@pytest.fixture
def reader(full_run, app):
    """The page with a reader who said who they are."""
    page = app(threshold="0.5").open("patients", patient="10253")
    page.at.text_input(key="reviewer_field").set_value("Ada").run()
    return page


def stored(file):
    return open_reviews(file).history(next(iter(datas(file))))


def datas(file):
    connection = sqlite3.connect(file)
    found = {row[0] for row in connection.execute("SELECT DISTINCT data FROM event")}
    connection.close()
    return found


def test_without_a_name_nothing_can_be_stored(full_run, app, own_reviews):
    page = app(threshold="0.5").open("patients", patient="10253")
    assert button(page, "verdict_1").disabled
    assert "Write who reads" in page.text
    assert not own_reviews.exists()


def test_one_key_stores_a_verdict_and_goes_on(reader, own_reviews):
    first = reader.text.split(" · 1 of")[0].split()[-1]
    reader.at.text_input(key="verdict_note").set_value("*at* the rim").run()
    press(reader, "verdict_2")
    row = stored(own_reviews).iloc[0]
    assert f"x{row['x']}_y{row['y']}" == first
    said = ("reviewer", "verdict", "comment", "stage", "run", "split", "threshold")
    assert [row[name] for name in said] == [
        "Ada", "agree_label", "*at* the rim", "open", "small", "test", 0.5,
    ]  # fmt: skip
    assert len(row["model"]) == 64
    assert reader.query["patch"] != first
    assert "Stored" in reader.text
    assert reader.at.text_input(key="verdict_note").value == ""


def test_undo_takes_it_back_and_returns_to_the_patch(reader, own_reviews):
    press(reader, "verdict_1")
    row = stored(own_reviews).iloc[0]
    press(reader, "verdict_undo")
    assert stored(own_reviews)["undone"].tolist() == [True]
    assert reader.query["patch"] == f"x{row['x']}_y{row['y']}"
    assert "taken back" in reader.html


def test_with_nothing_to_take_back_it_says_so(reader):
    press(reader, "verdict_undo")
    assert "Nothing of yours" in reader.text


def test_a_locked_file_keeps_the_note_and_the_patch(reader, own_reviews, monkeypatch):
    monkeypatch.setattr(loaders_reviews, "WAIT", 0.05)
    press(reader, "verdict_1")
    patch = reader.query["patch"]
    reader.at.text_input(key="verdict_note").set_value("typed").run()
    other = sqlite3.connect(own_reviews, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    press(reader, "verdict_1")
    assert "another process holds it" in "".join(each.value for each in reader.at.warning)
    assert reader.at.text_input(key="verdict_note").value == "typed"
    assert reader.query["patch"] == patch
    other.execute("ROLLBACK")
    other.close()
    press(reader, "verdict_1")
    assert stored(own_reviews)["comment"].tolist() == ["", "typed"]


def test_the_history_shows_names_and_notes_as_they_are(full_run, app):
    page = app(threshold="0.5").open("patients", patient="10253")
    page.at.text_input(key="reviewer_field").set_value("<b>Bo</b>").run()
    patch = page.text.split(" · 1 of")[0].split()[-1]
    page.at.text_input(key="verdict_note").set_value("<img src=x>").run()
    press(page, "verdict_3")
    page.open("patients", patient="10253", patch=patch)
    assert "&lt;b&gt;Bo&lt;/b&gt;" in page.html
    assert "&lt;img src=x&gt;" in page.html
    assert "<img src=x>" not in page.html


def test_one_verdict_for_the_whole_list_is_one_batch(reader, own_reviews):
    press(reader, "area_all")
    press(reader, "area_unsure")
    history = stored(own_reviews)
    assert history["token"].nunique() == 1
    assert len(history) == 3
    press(reader, "verdict_undo")
    assert stored(own_reviews)["undone"].all()


def test_a_chosen_list_can_be_let_go(reader):
    press(reader, "area_all")
    assert "3 squares chosen" in reader.text
    press(reader, "area_none")
    assert "squares chosen" not in reader.text


def test_reading_blind_hides_all_that_model_and_label_say(reader):
    seen = reader.text
    assert "missed" in seen
    reader.at.toggle(key="blinded_toggle").set_value(True).run()
    hidden = reader.text
    for told in ("Score", "Outcome", "missed", "false alarm", "called IDC;", "label IDC"):
        assert told not in hidden
    assert not reader.at.get("vega_lite_chart")
    assert reader.query["blind"] == "1"


def test_the_answer_shows_after_the_reader_committed_and_both_are_stored(reader, own_reviews):
    reader.at.toggle(key="blinded_toggle").set_value(True).run()
    press(reader, "verdict_1")
    assert "You said **IDC**" in reader.text
    assert "the label says" in reader.text
    press(reader, "verdict_2")
    assert stored(own_reviews)[["stage", "verdict"]].to_numpy().tolist() == [
        ["blind", "idc"], ["revealed", "no_idc"],
    ]  # fmt: skip
    assert "You said" not in reader.text  # the next patch is hidden again


def test_a_first_answer_can_be_kept_by_one_key(reader, own_reviews):
    reader.at.toggle(key="blinded_toggle").set_value(True).run()
    press(reader, "verdict_2")
    press(reader, "verdict_K")
    assert stored(own_reviews)["verdict"].tolist() == ["no_idc", "no_idc"]


def test_every_reader_gets_the_same_order_and_another_patient_another(reader):
    reader.at.toggle(key="blinded_toggle").set_value(True).run()
    first = reader.text.split(" · 1 of")[0].split()[-1]
    reader.at.text_input(key="reviewer_field").set_value("Bo").run()
    assert reader.text.split(" · 1 of")[0].split()[-1] == first


def test_a_link_can_ask_for_a_blind_reading(full_run, app):
    page = app(threshold="0.5", blind="1").open("patients", patient="10253", blind="1")
    assert page.at.toggle(key="blinded_toggle").value
    assert "Outcome" not in page.text


def test_the_strip_follows_what_it_is_asked_for(reader):
    before = reader.text
    control = reader.at.selectbox(key="strip_kind")
    control.set_value(control.options[1]).run()
    assert reader.text != before


def test_a_damaged_file_of_reviews_takes_nothing_else_away(full_run, app, own_reviews):
    own_reviews.parent.mkdir(parents=True)
    own_reviews.write_bytes(b"no database " * 500)
    page = app(threshold="0.5").open("patients", patient="10253")
    assert not page.failed
    assert "damaged" in "".join(each.value for each in page.at.warning)
    found = page.at.get("bidi_component")
    assert any(each.proto.id.endswith("-slide_viewer") for each in found)
