"""Verdicts on the Patients page: stored, undone, kept when storing fails, and blinded review."""

import re
import sqlite3

import pytest

from dashboard.cache import reviews
from dashboard.widgets import verdict_panel
from idc_core.io.postgres.address import address_of
from idc_core.records.raster import USUAL, Raster
from idc_core.reviews import data_key, open_reviews, reading_order, says
from idc_core.runs.run import open_run


def button(page, key):
    return next(each for each in page.at.button if each.key == key)


def press(page, key):
    button(page, key).click()
    page.at.run()
    return page


@pytest.fixture
def reader(full_run, app):
    """The page with a reader who has entered a name."""
    return app(threshold="0.5").open("patients", patient="10253").read_as("Ada")


def shown(page):
    """The patch that the panel shows."""
    return page.panel()["title"].split()[-1]


def shown_of(panel):
    return panel["title"].split()[-1]


def stored(file):
    return open_reviews(file).history(next(iter(datas(file))))


def datas(file):
    connection = sqlite3.connect(file)
    found = {row[0] for row in connection.execute("SELECT DISTINCT data FROM event")}
    connection.close()
    return found


def test_without_a_name_nothing_can_be_stored(full_run, app, own_reviews):
    page = app(threshold="0.5").open("patients", patient="10253")
    assert "Enter your reader name" in page.panel()["stored"]
    page.act(verdict="unsure")
    assert "expected a reader's name" in page.panel()["trouble"]
    assert not own_reviews.exists()


def test_one_key_stores_a_verdict_and_goes_on(reader, own_reviews):
    first = shown(reader)
    reader.act(verdict="agree_label", note="*at* the rim")
    row = stored(own_reviews).iloc[0]
    assert f"x{row['x']}_y{row['y']}" == first
    said = ("reviewer", "verdict", "comment", "stage", "run", "split", "threshold")
    assert [row[name] for name in said] == [
        "Ada",
        "agree_label",
        "*at* the rim",
        "open",
        "small",
        "test",
        0.5,
    ]
    assert len(row["model"]) == 64
    assert reader.query["patch"] == shown(reader) != first
    assert reader.panel()["stored"] == f"Stored: {first}, agrees with the label."


def test_a_verdict_is_stored_on_the_patch_that_was_shown_and_not_on_the_one_drawn_last(
    reader, own_reviews
):
    before = reader.panel()
    reader.act("show", to=before["steps"][1]["to"])
    assert shown(reader) != shown_of(before)
    reader.act(verdict="unsure", about=before["about"], identity=before["identity"])
    row = stored(own_reviews).iloc[0]
    assert f"x{row['x']}_y{row['y']}" == shown_of(before)


def test_the_threshold_of_a_verdict_is_the_one_beside_which_it_was_given(reader, own_reviews):
    before = reader.panel()
    reader.move_threshold(0.7)
    reader.act(verdict="unsure", about=before["about"])
    assert stored(own_reviews)["threshold"].tolist() == [0.5]


def test_a_patient_who_was_left_meanwhile_gets_the_verdict_and_the_page_stays(reader, own_reviews):
    before = reader.panel()
    reader.at.selectbox(key="bar_patient").select("10254").run()
    reader.act(verdict="unsure", about=before["about"])
    assert stored(own_reviews)["patient"].tolist() == ["10253"]
    assert reader.query["patient"] == "10254"
    assert reader.panel()["stored"].startswith("Stored: 10253 x")


def test_the_same_act_delivered_twice_counts_once(reader, own_reviews):
    token = "0" * 32
    before = reader.panel()
    for _ in range(2):
        reader.act(verdict="unsure", token=token, about=before["about"], replaces="")
    assert len(stored(own_reviews)) == 1
    assert reader.panel()["answered"] == {token: True}


def test_a_verdict_of_ones_own_is_replaced_only_when_it_was_in_view(reader, own_reviews):
    before = reader.panel()
    reader.act(verdict="unsure")
    reader.act(verdict="artefact", about=before["about"], identity=before["identity"], replaces="")
    assert stored(own_reviews)["verdict"].tolist() == ["unsure"]
    reader.open("patients", patient="10253", patch=shown_of(before))
    assert "it has changed" in reader.panel()["trouble"]
    assert reader.panel()["standing"]["words"] == "unsure"
    reader.act(verdict="artefact")  # the browser has asked
    assert stored(own_reviews)["verdict"].tolist() == ["unsure", "artefact"]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"run": "gone"}, "expected the run gone"),
        ({"run": "../../etc"}, "expected the run"),
        ({"data": "of another set"}, "it has other data now"),
        ({"split": "nowhere"}, "expected the nowhere split"),
        ({"patches": [["10253", "", 99951, 1]]}, "there is none at (99951, 1)"),
        ({"patches": [["nobody", "", 1, 1]]}, "expected a patch of patient nobody"),
        ({"patches": []}, "expected a verdict on a patch"),
        ({"patches": [["10253", "", "x", 1]]}, "the browser sent something else"),
        ({"seen": "other scores"}, "scores and labels that were shown"),
        ({"stage": "guessed"}, "expected a verdict on a patch"),
        ({"threshold": float("inf")}, "expected an act with a token and a threshold"),
        ({"reader": "Bo"}, "expected the reader for whom this was shown, Bo"),
    ],
)
def test_an_act_on_what_is_not_there_is_refused_in_a_sentence(
    reader, own_reviews, changed, sentence
):
    reader.act(verdict="unsure", about=changed, reader="Ada")
    assert sentence in reader.panel()["trouble"]
    assert not reader.failed
    assert not own_reviews.exists()


def test_an_act_that_is_none_is_refused_and_breaks_nothing(reader, own_reviews):
    for act in (
        {},
        {"about": 3},
        {"token": "short", "about": {}},
        {"does": "verdict", "about": None},
    ):
        reader.tell("verdicts", "act", act)
        assert not reader.failed
    reader.act(verdict="cancer")
    assert "found 'cancer'" in reader.panel()["trouble"]
    assert not own_reviews.exists()


def test_the_last_patch_of_the_list_is_said_to_be_the_last(reader, own_reviews):
    reader.at.selectbox(key="which").set_value("alarms").run()
    for _ in range(int(reader.panel()["where"].split()[-1])):
        reader.act(verdict="unsure")
    assert reader.panel()["stored"].endswith("This list is finished.")
    assert reader.panel()["standing"]["verdict"] == "unsure"


def test_one_key_has_one_meaning_whatever_the_outcome():
    for outcome, label, called in (("fn", 1, 0), ("fp", 0, 1), ("tp", 1, 1), ("tn", 0, 0)):
        by_key = {each.key: each.verdict for each in verdict_panel.keys_for(outcome, USUAL)}
        assert says(by_key["1"], label, called, 0.5) == 1
        assert says(by_key["2"], label, called, 0.5) == 0
    hidden = verdict_panel.keys_for("", USUAL)
    assert [(each.key, each.verdict) for each in hidden[:2]] == [("1", "idc"), ("2", "no_idc")]
    assert [each.words for each in hidden[:2]] == ["IDC", "No IDC"]
    assert [each.key for each in hidden] == ["1", "2", "3", "4", "5"]


def test_keys_and_verdicts_are_called_as_the_store_calls_its_classes():
    raster = Raster(positive="tumour", negative="stroma")
    shown = verdict_panel.keys_for("fn", raster)[:2]
    assert [(each.key, each.words, each.verdict) for each in shown] == [
        ("1", "Tumour", "agree_label"),
        ("2", "Stroma", "agree_model"),
    ]
    words = verdict_panel.words_of(raster)
    assert (words["idc"], words["no_idc"], words["unsure"]) == ("tumour", "stroma", "unsure")
    assert verdict_panel.words_of(USUAL) == verdict_panel.WORDS


def test_undo_takes_back_what_it_names_and_returns_to_the_patch(reader, own_reviews):
    first = shown(reader)
    reader.act(verdict="agree_model")
    assert reader.panel()["undo"]["words"] == f"Undo: {first}, agrees with the model"
    reader.undo()
    assert stored(own_reviews)["undone"].tolist() == [True]
    assert reader.query["patch"] == first
    assert reader.panel()["stored"] == f"Undone: {first}."
    assert "(undone)" in reader.html


def test_an_undo_that_comes_twice_takes_back_once(reader, own_reviews):
    reader.act(verdict="unsure").act(verdict="artefact")
    last = reader.panel()["undo"]["to"]
    reader.undo()
    reader.act("undo", to=last)
    assert stored(own_reviews)["undone"].tolist() == [False, True]
    assert reader.panel()["stored"] == "That was undone already."


def test_with_nothing_to_take_back_there_is_no_undo(reader):
    assert reader.panel()["undo"] is None


def test_the_shown_patch_stays_when_the_threshold_takes_it_out_of_the_list(reader):
    first = shown(reader)
    reader.move_threshold(0.0)
    if reader.panel()["where"].startswith("1 of"):
        reader.move_threshold(1.0)
    assert shown(reader) == first
    assert reader.panel()["where"].startswith("not in this list of ")
    assert "at this threshold, and the list shows all errors" in reader.panel()["where"]


def test_a_locked_file_is_said_and_the_patch_stays(reader, own_reviews, monkeypatch):
    monkeypatch.setattr(reviews, "WAIT", 0.05)
    reader.act(verdict="unsure")
    patch = reader.query["patch"]
    other = sqlite3.connect(own_reviews, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    reader.act(verdict="unsure", note="typed", token="1" * 32)
    assert "another process holds it" in reader.panel()["trouble"]
    assert reader.panel()["answered"]["1" * 32] is False  # the browser keeps the note
    assert reader.query["patch"] == patch
    other.execute("ROLLBACK")
    other.close()
    reader.act(verdict="unsure", note="typed")
    assert reader.panel()["trouble"] == ""
    assert stored(own_reviews)["comment"].tolist() == ["", "typed"]


def test_the_history_shows_names_and_notes_as_they_are(full_run, app):
    page = app(threshold="0.5").open("patients", patient="10253").read_as("<b>Bo</b>")
    patch = shown(page)
    page.act(verdict="unsure", note="<img src=x>")
    page.open("patients", patient="10253", patch=patch)
    assert "&lt;b&gt;Bo&lt;/b&gt;" in page.html
    assert "&lt;img src=x&gt;" in page.html
    assert "<img src=x>" not in page.html


def test_one_verdict_for_the_whole_list_is_one_batch(reader, own_reviews):
    press(reader, "area_all")
    assert reader.panel("area_verdicts")["title"] == "3 patches of 10253"
    reader.act(verdict="unsure", key="area_verdicts")
    history = stored(own_reviews)
    assert history["token"].nunique() == 1
    assert len(history) == 3
    assert reader.panel()["undo"]["words"] == "Undo: 3 patches of 10253, unsure"
    reader.undo()
    assert stored(own_reviews)["undone"].all()


def test_a_bulk_verdict_is_stored_on_the_patches_it_named(reader, own_reviews):
    press(reader, "area_all")
    before = reader.panel("area_verdicts")["about"]
    reader.move_threshold(0.9)
    assert reader.panel("area_verdicts")["about"]["patches"] != before["patches"]
    reader.act(verdict="unsure", key="area_verdicts", about=before)
    found = [[row.patient, "", row.x, row.y] for row in stored(own_reviews).itertuples()]
    assert found == before["patches"]


def test_a_bulk_verdict_says_how_many_of_ones_own_it_replaces(reader):
    reader.act(verdict="unsure")
    press(reader, "area_all")
    assert reader.panel("area_verdicts")["standing"]["words"] == "You have judged 1 of 3 already"


def test_a_chosen_list_can_be_let_go(reader):
    press(reader, "area_all")
    assert "3 patches selected" in reader.text
    press(reader, "area_none")
    assert "patches selected" not in reader.text


def test_reading_blind_hides_all_that_model_and_label_say(reader):
    seen = reader.text
    assert "missed" in seen
    reader.at.toggle(key="blinded_toggle").set_value(True).run()
    hidden = re.sub('<dl class="idc-terms">.*?</dl>', "", reader.text)  # what words mean is no hint
    for told in ("Score", "Outcome", "missed", "false alarm", "predicted IDC;", "label IDC"):
        assert told not in hidden
    assert not reader.at.get("vega_lite_chart")
    assert reader.query["blind"] == "1"


def test_the_answer_shows_after_the_reader_committed_and_both_are_stored(reader, own_reviews):
    reader.at.toggle(key="blinded_toggle").set_value(True).run()
    reader.act(verdict="idc")
    assert "You said IDC" in reader.panel()["said"]
    assert "the label says" in reader.panel()["said"]
    reader.act(verdict="no_idc")
    assert stored(own_reviews)[["stage", "verdict"]].to_numpy().tolist() == [
        ["blind", "idc"],
        ["revealed", "no_idc"],
    ]
    assert reader.panel()["said"] == ""  # the next patch is hidden again


def test_what_the_browser_gets_of_an_unread_patch_tells_neither_score_nor_label(reader):
    reader.at.toggle(key="blinded_toggle").set_value(True).run()
    assert set(reader.panel()["about"]) == {
        "run",
        "data",
        "split",
        "threshold",
        "stage",
        "reader",
        "patches",
        "seen",
        "following",
    }


def test_a_blind_answer_cannot_be_given_again_after_the_reveal(reader, own_reviews):
    reader.at.toggle(key="blinded_toggle").set_value(True).run()
    unread = reader.panel()
    reader.act(verdict="idc")
    reader.act(verdict="no_idc", about=unread["about"], identity=unread["identity"], replaces="")
    assert stored(own_reviews)["verdict"].tolist() == ["idc"]


def test_a_first_answer_can_be_kept_by_one_key(reader, own_reviews):
    reader.at.toggle(key="blinded_toggle").set_value(True).run()
    reader.act(verdict="no_idc")
    keep = reader.panel()["buttons"][0]
    assert (keep["words"], keep["key"], keep["verdict"]) == ("Keep: no IDC", "K", "no_idc")
    reader.act(verdict=keep["verdict"])
    assert stored(own_reviews)["verdict"].tolist() == ["no_idc", "no_idc"]


def test_each_reader_has_an_order_of_their_own_and_gets_it_again(full_run, app):
    run = open_run(full_run / "models" / "small")
    rows = run.predictions().query("patient == '10253'")
    places = sorted(zip(rows["x"].astype(int), rows["y"].astype(int), strict=True))
    for name, steps in (("Ada", len(places)), ("Bo", 8), ("Ada", 8)):
        page = app(threshold="0.5", blind="1").open("patients", patient="10253", blind="1")
        page.read_as(name)
        at = reading_order(name, "small", data_key(run), "10253", len(places))
        expected = [f"x{places[n][0]}_y{places[n][1]}" for n in at[:steps]]
        walked = []
        for _ in expected:
            walked.append(shown(page))
            page.act("show", to=page.panel()["steps"][1]["to"])
        assert walked == expected


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


def test_a_review_speaks_of_the_classes_as_the_run_does(tumour_run, app, own_reviews):
    page = app(threshold="0.5").open("patients", patient="10253", blind="1").read_as("Ada")
    assert [each["words"] for each in page.panel()["buttons"][:2]] == ["Tumour", "Stroma"]
    page.act(verdict="no_idc")
    assert page.panel()["stored"] == f"Stored: {shown(page)}, stroma."
    assert page.panel()["said"].startswith("You said stroma. The model predicts ")
    assert re.search(r"the label says (tumour|stroma) – ", page.panel()["said"])
    assert page.panel()["buttons"][0]["words"] == "Keep: stroma"
    assert page.panel()["undo"]["words"].endswith(", stroma")
    assert "<td>stroma, blinded</td>" in page.html
    assert stored(own_reviews)["verdict"].tolist() == ["no_idc"]


def test_a_verdict_goes_to_the_server_that_is_named(
    full_run, app, own_reviews, new_url, monkeypatch
):
    url = new_url()
    monkeypatch.setenv("IDC_REVIEWS_URL", url)
    page = app(threshold="0.5").open("patients", patient="10253").read_as("Ada")
    first = shown(page)
    page.act(verdict="agree_label")
    run = open_run(full_run / "models" / "small")
    [row] = open_reviews(address_of(url)).history(data_key(run)).to_dict("records")
    assert f"x{row['x']}_y{row['y']}" == first
    assert page.panel()["stored"] == f"Stored: {first}, agrees with the label."
    assert not own_reviews.exists()


def test_a_server_that_is_away_takes_nothing_else_away_and_claims_nothing(
    full_run, app, monkeypatch, free_port
):
    monkeypatch.setenv("IDC_REVIEWS_URL", f"postgresql://ada:sesame@127.0.0.1:{free_port}/x")
    page = app(threshold="0.5").open("patients", patient="10253").read_as("Ada")
    first = shown(page)
    page.act(verdict="agree_label", note="at the rim")
    trouble = page.panel()["trouble"]
    assert (
        f"expected the PostgreSQL server 127.0.0.1:{free_port}/x: it cannot be reached" in trouble
    )
    assert "Nothing was stored" in trouble
    assert page.panel()["stored"] == ""
    assert shown(page) == first
    assert "sesame" not in trouble + page.text
