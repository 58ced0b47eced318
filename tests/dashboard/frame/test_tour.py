"""Five steps through the real pages, left at any time and found again."""

import pytest

from dashboard import pages
from dashboard.frame import tour


def strip(page):
    """What the tour says; None off it."""
    said = [each.value for each in page.at.markdown if "Tour" in each.value]
    return said[0] if said else None


def links(page):
    """The addresses that the tour links to, by their words."""
    return {
        link.proto.label: link.proto.query_string
        for link in page.at.get("page_link")
        if "tour=" in link.proto.query_string
    }


@pytest.mark.parametrize("at", range(5))
def test_a_step_stands_on_its_page_and_leads_to_its_neighbours(full_run, app, at):
    step = tour.STEPS[at]
    page = app().open(step.on, tour=str(at + 1), run="small")
    assert strip(page) == f"**Tour, step {at + 1} of 5.** {step.says}"
    said = links(page)
    assert ("Back" in said) == (at > 0)
    onward = [label for label in said if label.startswith("Next: ")]
    assert len(onward) == (at < 4)
    for label in onward:
        assert label == f"Next: {pages.view(tour.STEPS[at + 1].on).page.title}"
        assert f"tour={at + 2}" in said[label]
        assert "run=small" in said[label]


def test_the_steps_are_five_views_that_exist():
    assert len(tour.STEPS) == 5
    assert all(pages.view(step.on).key == step.on for step in tour.STEPS)


def test_off_the_tour_nothing_is_said(full_run, app):
    page = app().open("overview")
    assert strip(page) is None
    assert "tour" not in page.query


def test_another_page_keeps_the_step_and_leads_back(full_run, app):
    page = app(tour="2").open("calibration")
    assert strip(page) == "**Tour:** step 2 of 5 is on another page."
    assert page.query["tour"] == "2"
    assert "tour=2" in links(page)["Back to Operating point"]


def test_it_is_left_by_a_button_and_found_again_where_it_was_left(full_run, app):
    page = app(tour="3").open("patients")
    page.at.button(key="tour_out").click().run()
    assert strip(page) is None
    assert "tour" not in page.query
    assert page.at.session_state["tour_left_at"] == 2


def test_finished_it_begins_anew(full_run, app):
    page = app(tour="5").open("score/patches")
    assert page.at.button(key="tour_out").label == "Finish the tour"
    page.at.button(key="tour_out").click().run()
    assert page.at.session_state["tour_left_at"] == 0


def test_no_such_step_is_no_tour(full_run, app):
    page = app(tour="6").open("overview")
    assert strip(page) is None
    assert "tour" not in page.query


def test_a_step_names_the_classes_as_the_run_does(tumour_run, app):
    page = app().open("patients", tour="3", run="small")
    assert strip(page).startswith(
        "**Tour, step 3 of 5.** Open a patient. On the slide, missed tumour and false alarms are"
    )
