"""The errors of all patients: collapsed, judged together, hidden in a blinded review."""

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.cache import runs
from dashboard.views.patients import error_gallery
from dashboard.widgets import gallery_choice
from idc_core.reviews import data_key, open_reviews

PAGE = """
import streamlit as st
from dashboard.cache import reviews, runs, stores
from dashboard.views.patients import error_gallery
from dashboard.widgets import reader
run = runs.run("small")
reader.field()
error_gallery.of_split(run, "test", 0.5, stores.pixels_of(run), reviews.standing(run))
"""
FOLD = "split_errors_fold"


@pytest.fixture
def page(full_run):
    at = AppTest.from_string(PAGE, default_timeout=60)
    at.session_state["reviewer"] = "Ada"
    return at


def opened(page):
    page.session_state[FOLD] = True
    return page.run()


def errors(page):
    page = opened(page)
    return page.multiselect(key="split_errors_several").options


def test_nothing_is_computed_or_drawn_until_it_is_unfolded(page):
    page.run()
    assert not page.get("vega_lite_chart")
    assert opened(page).get("vega_lite_chart")


def test_patches_of_several_patients_get_one_verdict_and_one_undo_takes_it_back(
    page, app, own_reviews
):
    names = errors(page)
    picked = [names[0], next(n for n in names if n.split()[0] != names[0].split()[0])]
    page.multiselect(key="split_errors_several").set_value(picked).run()
    driven = app.around(page)
    assert driven.panel("split_errors_bulk_verdicts")["title"] == "2 patches of 2 patients"
    driven.act(verdict="unsure", key="split_errors_bulk_verdicts")
    assert not page.exception
    kept = open_reviews(own_reviews).history(_data())
    assert kept["verdict"].tolist() == ["unsure"] * 2
    assert kept["token"].nunique() == 1
    names = [f"{patient} x{x}_y{y}" for patient, _, x, y in gallery_choice.patches(kept)]
    assert sorted(names) == sorted(picked)
    driven.undo("verdicts_status")
    assert open_reviews(own_reviews).standing(_data()).empty


def test_the_page_can_be_chosen_and_let_go_by_keyboard(page):
    names = errors(page)
    page.button(key="split_errors_choose_page").click().run()
    assert set(page.multiselect(key="split_errors_several").value) == set(names)
    assert page.button(key="split_errors_choose_page").disabled
    page.button(key="split_errors_let_go").click().run()
    assert page.multiselect(key="split_errors_several").value == []


def test_who_reads_blind_sees_no_error(page):
    page.session_state["blinded"] = True
    opened(page)
    assert not page.get("vega_lite_chart")
    assert not page.get("expander")
    assert not page.multiselect


def test_a_verdict_is_a_letter_on_a_shape_and_the_newest_counts():
    standing = pd.DataFrame(
        [("A", 1, 1, "agree_label"), ("A", 51, 1, "artefact"), ("A", 1, 1, "unsure")],
        columns=["patient", "x", "y", "verdict"],
    )
    found = error_gallery.marks(standing)
    assert found == {
        ("A", "", 1, 1): ("?", "diamond"),
        ("A", "", 51, 1): ("A", "square"),
    }


def test_every_verdict_has_a_letter_of_its_own():
    verdicts = list(error_gallery.verdict_panel.BADGES)
    standing = pd.DataFrame(
        {"patient": "A", "x": range(len(verdicts)), "y": 1, "verdict": verdicts}
    )
    assert len(set(error_gallery.marks(standing).values())) == len(verdicts)


def _data():
    return data_key(runs.run("small"))
