"""What stands on a page only after a choice is said with the names of the store's classes too."""

import pytest

from dashboard.cache import predictions, runs, slices
from idc_core.io.files import read_json, write_json

NAMED = {"positive": "tumour", "negative": "stroma"}


def named(root):
    for file in ("data/tiny/manifest.json", "models/small/run.json"):
        content = read_json(root / file)
        write_json(root / file, content | {"raster": content.get("raster", {}) | NAMED})


@pytest.fixture(scope="module")
def named_world(copied, tmp_path_factory):
    root = copied(tmp_path_factory.mktemp("classes"))
    named(root)
    return root


@pytest.fixture
def page(named_world, settle, app):
    settle(named_world)
    return app(run="small", split="test", threshold="0.5")


def everything(page):
    """All that is sent to the browser as words."""
    heads = " ".join(heading.value for heading in page.at.header)
    helps = " ".join(str(button.proto.help) for button in page.at.button)
    return f"{page.text} {page.html} {heads} {helps}"


@pytest.mark.parametrize(
    ("outcome", "heading"),
    [("tp", "Tumour found (TP): "), ("fn", "Missed tumour (FN): ")],
)
def test_a_cell_of_the_matrix(page, outcome, heading):
    said = everything(page.open("operating-point/threshold", cell=outcome))
    assert heading in said
    assert "Show the patches: missed tumour" in said
    assert " tumour found, " in said


def test_reclassified_patches(page):
    page.open("operating-point/threshold", below="moves")
    page.at.number_input(key="flips_from").set_value(0.2).run()
    assert "and now predicted stroma: " in page.text
    page.at.number_input(key="flips_from").set_value(0.8).run()
    assert "and now predicted tumour: " in page.text


def test_errors_of_a_subgroup(page):
    page.open("failures/subgroups", errors="fn")
    assert "Missed tumour in this subgroup: " in everything(page)
    choices = {each.label: each for each in page.at.get("button_group")}
    assert choices["Show"].options == ["Missed tumour", "False alarms"]
    assert "weighs missed tumour and false alarms" in choices["Compare by"].proto.help
    assert "rises with the share of tumour" in choices["Compare by"].proto.help


def test_maps_of_all_errors_of_a_patient(page):
    page.open("network/evidence", patient="10253", over="fn")
    assert not page.failed
    (choice,) = (each for each in page.at.get("button_group") if each.label == "Show maps of")
    assert choice.options == ["this patch", "all missed tumour", "all false alarms"]


def test_a_group_of_errors_that_a_patient_has_not(named_world, settle, app):
    settle(named_world)
    page = app(run="small", split="test", threshold="0").open(
        "network/evidence", patient="10253", over="fn"
    )
    assert any("has no missed tumour at this threshold" in each.value for each in page.at.info)


def test_the_nearest_patches_and_the_map_of_them(page):
    page.open("similar", coloured="label")
    assert " are labelled tumour" in page.text or " is labelled tumour" in page.text
    assert "** predicted tumour; they come from " in page.text


def test_what_is_cached_is_not_said_with_the_names_of_before(own_world, app):
    run = runs.run("small")
    assert slices.cuts(run, "test").cuts["burden"].attribute.title == "Patient's share of IDC"
    named(own_world)
    run = runs.run("small")
    assert predictions.scores(run, "test").raster.positive == "tumour"
    assert slices.cuts(run, "test").cuts["burden"].attribute.title == "Patient's share of tumour"
    axes = predictions.scores(run, "test").curves["roc"].axes
    assert axes[1] == "share of tumour found (sensitivity)"
