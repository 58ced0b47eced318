"""What a newcomer reads first, and the three ways in."""

from dashboard import pages
from dashboard.views.overview.front_door import DOORS, intro
from idc_core.records.raster import USUAL, Raster


def doors(page):
    labels = [label for _, label, _ in DOORS]
    return {
        each.proto.label: each.proto
        for each in page.at.get("page_link")
        if each.proto.label in labels
    }


def test_it_says_what_it_is_and_what_idc_is(full_run, app):
    said = app().html
    assert "<b>IDC Review</b> shows what a breast-cancer patch classifier gets right and wrong" in (
        said
    )
    assert "Invasive ductal carcinoma (IDC) is the most common breast cancer" in said


def test_three_doors_lead_on_with_the_selection(full_run, app):
    found = doors(app(patient="10253", threshold="0.5"))
    assert list(found) == [
        "Review a patient",
        "Choose an operating point",
        "Bring my data or model",
    ]
    for each in found.values():
        assert "run=small" in each.query_string
        assert "patient=10253" in each.query_string
        assert "threshold=0.5" in each.query_string
    assert [each.page for each in found.values()] == ["patients", "operating-point", "guide"]
    assert "tab=bring" in found["Bring my data or model"].query_string


def test_doors_stand_without_any_run_too(empty_models, app):
    assert len(doors(app())) == 3


def test_every_door_leads_to_a_view_that_exists():
    assert [pages.view(key).key for key, _, _ in DOORS] == [key for key, _, _ in DOORS]


def test_what_idc_is_is_not_said_where_a_run_looks_for_something_else():
    said = intro(Raster(positive="tumour", negative="stroma"))
    assert said.endswith("at which threshold, in which patient, and why.")
    assert intro(USUAL).startswith(f"{said} Invasive ductal carcinoma (IDC) is")


def test_the_overview_names_the_classes_as_the_run_does(tumour_run, app):
    page = app(split="test").open("overview")
    worst = [each.label for each in page.at.button if (each.key or "").startswith("worst_")]
    assert len(worst) == 3
    assert all(" missed tumour, " in label for label in worst)
    assert (
        "Research use only – not a diagnosis. tumour (label 1) is the positive class: a patch is "
        "predicted tumour when its score ≥ threshold."
    ) in page.html
    assert "Invasive ductal carcinoma" not in page.html
