"""Regions on Patients: an act is stored only if it is what was on the screen; nothing is lost."""

import csv
import io
import json
import uuid

import pandas as pd
import pytest

from dashboard.state import static_files
from dashboard.views.patients import export_patient, region_act
from idc_core.export.patient.regions import Drawn
from idc_core.facts.record import Facts
from idc_core.facts.table import table_csv
from idc_core.io.refusal import Refusal
from idc_core.reviews import default_where
from tests.cut_world import cut_store, draw_slides, trained_on

SIDE = 64
HERE = {"run": "ours", "split": "test", "threshold": "0.5"}
LEFT_HALF = [[0, 0], [2 * SIDE, 0], [2 * SIDE, 3 * SIDE], [0, 3 * SIDE]]


@pytest.fixture(scope="module")
def cut_world(tmp_path_factory):
    root = tmp_path_factory.mktemp("regions")
    trained_on(cut_store(root, draw_slides(root, SIDE), SIDE, "jpeg"), root / "models" / "ours")
    return root


@pytest.fixture
def page(cut_world, settle, app):
    """The patient of the test split, whom Ada reads."""
    from idc_core.io.files import read_parquet

    settle(cut_world)
    rows = read_parquet(cut_world / "models" / "ours" / "predictions.parquet")
    patient = str(rows.loc[rows["split"] == "test", "patient"].iloc[0])
    found = app(**HERE, patient=patient).open("patients").read_as("Ada")
    assert not found.failed
    return found


@pytest.fixture
def shapes(monkeypatch):
    """What the browser would fetch: rings by token, and middles of excluded patches."""
    sent = {}

    def address(content, kind, name):
        if name == "regions":
            sent.update(json.loads(content))
        return ""

    monkeypatch.setattr(static_files, "address", address)
    return sent


def told(page):
    return page.panel("slide_viewer")["regions"]


def act(page, does="save", **parts):
    """What the browser sends of the slide that is on the screen."""
    usual = {
        "does": does,
        "region": uuid.uuid4().hex,
        "follows": "",
        "name": "pen",
        "excluded": True,
        "parts": [[LEFT_HALF]] if does == "save" else [],
        "strokes": [],
        "reader": "Ada",
        "token": uuid.uuid4().hex,
        "about": told(page)["about"],
    }
    return usual | parts


def send(page, payload):
    """Sends an act; what is answered."""
    page.tell("slide_viewer", "region", payload)
    assert not page.failed
    return told(page)["answered"][payload["token"]]


def test_a_region_is_stored_measured_and_listed_with_its_patches(shapes, page):
    payload = act(page)
    assert send(page, payload) == ""
    (found,) = told(page)["stored"]
    assert found["region"] == payload["region"]
    assert found["size"] == "0.00614 mm², perimeter 320 µm"
    assert found["patches"].startswith("6 patches, ")
    assert (found["name"], found["excluded"], found["who"]) == ("pen", True, "Ada")
    assert shapes["parts"][payload["token"]] == [
        [[each for corner in LEFT_HALF for each in corner]]
    ]
    assert told(page)["um"] == [0.5, 0.5]
    assert told(page)["undo"]["words"] == "you drew “pen”"
    assert told(page)["classes"] == ["tumour", "stroma"]


def test_patches_in_an_excluded_region_are_crossed_left_out_of_the_fields_and_said(shapes, page):
    assert shapes["crosses"] == []
    everywhere = [[0, 0], [1000, 0], [1000, 1000], [0, 1000]]
    assert send(page, act(page, parts=[[everywhere]])) == ""
    assert len(shapes["crosses"]) == 15
    assert shapes["crosses"][0] == [SIDE / 2, SIDE / 2]
    assert page.panel("slide_viewer")["strip"] == []
    assert "15 excluded patches." in page.text
    assert "Model and label agree outside the excluded regions at this threshold." in page.text
    assert "All figures, counts and rates still include them." in page.text
    assert "Lies in an excluded region: pen." in page.text.replace("\\", "")


def test_a_region_of_a_class_excludes_nothing(shapes, page):
    assert send(page, act(page, name="tumour", excluded=False)) == ""
    assert shapes["crosses"] == []
    assert "excluded patches" not in page.text


def test_a_correction_follows_what_was_seen_and_a_removal_can_be_undone(page):
    first = act(page)
    send(page, first)
    brush = {"points": [[160, 96]], "radius": 20, "erases": False}
    second = act(page, region=first["region"], follows=first["token"], strokes=[brush])
    assert send(page, second) == ""
    (found,) = told(page)["stored"]
    assert found["token"] == second["token"]
    late = act(page, region=first["region"], follows=first["token"])
    assert "has changed since" in send(page, late)
    gone = act(page, "remove", region=first["region"], follows=second["token"])
    assert send(page, gone) == ""
    assert told(page)["stored"] == []
    assert told(page)["undo"] == {"token": gone["token"], "words": "you removed “pen”"}
    assert send(page, act(page, "undo", follows=gone["token"])) == ""
    assert told(page)["stored"][0]["token"] == second["token"]


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"parts": [[[[0, 0], [90, 90], [90, 0], [0, 90]]]]}, "do not cross"),
        ({"parts": [[[[900, 900], [990, 900], [990, 990]]]]}, "on the slide"),
        ({"parts": [[[[at, at % 7] for at in range(20_001)]]]}, "at most 20,000 corners"),
        ({"name": "n" * 5000}, "name of the region"),
        ({"name": " "}, "name of the region"),
        ({"reader": ""}, "reader's name"),
        ({"parts": "polygon"}, "something else"),
        ({"about": None}, "something else"),
        ({"does": "burn"}, "act on a region"),
        ({"region": "../.."}, "region with a mark"),
        ({"strokes": [{"points": [[1, 1]], "radius": "inf", "erases": True}]}, "stroke"),
    ],
)
def test_what_cannot_be_stored_is_answered_with_one_sentence(page, parts, sentence):
    payload = act(page, **parts)
    said = send(page, payload)
    assert sentence in said
    assert told(page)["stored"] == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"run": "gone"}, "it is gone"),
        ({"data": "other"}, "other data now"),
        ({"patient": "nobody"}, "it is not there"),
        ({"slide": "S77"}, "it is not there"),
        ({"frame": "patches"}, "lie as it did on the screen"),
    ],
)
def test_an_act_on_something_else_than_is_there_is_refused(page, changed, sentence):
    about = told(page)["about"] | changed
    assert sentence in send(page, act(page, about=about))
    assert told(page)["stored"] == []


def test_an_act_delivered_twice_counts_once(page):
    payload = act(page)
    for _ in range(2):
        assert send(page, payload) == ""
    assert len(told(page)["stored"]) == 1
    gone = act(page, "remove", region=payload["region"], follows=payload["token"])
    for _ in range(2):
        assert send(page, gone) == ""
    undone = act(page, "undo", follows=gone["token"])
    for _ in range(2):
        assert send(page, undone) == ""
    assert len(told(page)["stored"]) == 1


def test_another_slide_does_not_show_it_and_blinded_readers_see_none(page, app):
    send(page, act(page))
    there = HERE | {"split": "validation"}
    patient = app(**there).open("patients").listed("worklist")["patient"].iloc[0]
    assert told(app(**there, patient=patient).open("patients"))["stored"] == []
    blind = app(**HERE, patient=told(page)["about"]["patient"], blind="1").open("patients")
    assert blind.panel("slide_viewer")["regions"] is None


def test_reader_agreement_says_how_many_regions_there_are(page, app):
    send(page, act(page))
    send(page, act(page, name="tumour", excluded=False))
    found = app(**HERE).open("readers")
    assert not found.failed
    assert "**2 regions** drawn on 1 slide, 1 of them excluded" in found.text


def test_without_a_cut_a_region_is_in_pixels_and_the_page_says_so(full_run, app):
    page = app(run="small", patient="10253", threshold="0.5").open("patients").read_as("Ada")
    about = told(page)["about"]
    assert (about["frame"], about["slide"], told(page)["um"]) == ("patches", "", None)
    assert "the size of a pixel is not known" in told(page)["note"]
    place = page.panel("slide_viewer")["picked"]
    left, top = (each - 1 for each in place)
    ring = [[left, top], [left + 50, top], [left + 50, top + 50], [left, top + 50]]
    assert send(page, act(page, parts=[[ring]])) == ""
    assert told(page)["stored"][0]["size"] == "2,500 px², perimeter 200 px"
    assert told(page)["stored"][0]["patches"].startswith("1 patch, ")


def test_a_region_of_another_frame_is_counted_and_not_shown(page, monkeypatch):
    assert send(page, act(page)) == ""
    assert told(page)["note"] == ""
    monkeypatch.setattr(Drawn, "here", lambda self: [])
    page.at.run()
    assert told(page)["note"].startswith("1 region of this slide cannot be shown: how the patches")


def test_a_damaged_file_of_reviews_leaves_the_slide_and_says_why_nothing_can_be_drawn(page, app):
    send(page, act(page))
    default_where().write_bytes(b"no database " * 500)
    for beside in default_where().parent.glob(f"{default_where().name}-*"):
        beside.unlink()
    found = app(**HERE, patient=told(page)["about"]["patient"]).open("patients")
    assert found.panel("slide_viewer")["regions"] is None
    assert "Regions cannot be shown or drawn" in found.text


def test_the_exported_table_and_page_say_what_is_excluded():
    rows = pd.DataFrame(
        {"patient": "p", "x": [1, 51], "y": 1, "score": 0.5, "excluded": ["pen", ""]}
    )
    table = list(csv.DictReader(io.StringIO(table_csv(rows, Facts()))))
    assert [each["excluded"] for each in table] == ["pen", ""]
    assert export_patient._excluded(rows) == {
        "excluded": "1 patch in excluded regions; figures include them"
    }
    assert export_patient._excluded(rows.assign(excluded="")) == {}


def test_an_act_that_is_none_raises():
    with pytest.raises(Refusal, match="something else"):
        region_act.read({})
