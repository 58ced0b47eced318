"""Several patches chosen together: each click counts once, over pages, and none that is gone."""

import pandas as pd
import pytest
import streamlit as st

from dashboard.widgets import gallery_choice as choice

A, B = ("<b>A</b>", "", 1, 51), ("B", "", 51, 1)


@pytest.fixture(autouse=True)
def session(monkeypatch):
    monkeypatch.setattr(st, "session_state", {})


def click(patch, turn):
    return [{"patient": patch[0], "x": patch[2], "y": patch[3], "turn": turn}]


def rows(*patches):
    places = [(patient, x, y) for patient, _, x, y in patches]
    return pd.DataFrame(places, columns=["patient", "x", "y"])


def test_a_click_chooses_and_the_next_one_on_it_lets_go():
    assert choice.toggled("here", click(A, 0))
    assert choice.chosen("here") == {A}
    assert choice.toggled("here", click(A, 1))
    assert choice.chosen("here") == frozenset()


def test_the_same_place_on_two_slides_is_two_patches():
    (clicked,) = click(A, 0)
    assert choice.toggled("here", [clicked | {"slide": "s"}])
    assert choice.chosen("here") == {("<b>A</b>", "s", 1, 51)}
    table = rows(A, A).assign(slide=["s", "t"])
    assert choice.patches(table) == [("<b>A</b>", "s", 1, 51), ("<b>A</b>", "t", 1, 51)]
    assert choice.rows_of(table, "here")["slide"].tolist() == ["s"]


def test_what_a_chart_repeats_is_no_new_click():
    choice.toggled("here", click(A, 0))
    assert not choice.toggled("here", click(A, 0))
    assert not choice.toggled("here", [])
    assert choice.chosen("here") == {A}


def test_a_chart_drawn_anew_adds_to_what_is_chosen():
    choice.toggled("here", click(A, 0))
    choice.toggled("here", click(B, 1))
    assert choice.chosen("here") == {A, B}


def test_two_galleries_do_not_share_a_choice():
    choice.choose("here", [A])
    assert choice.chosen("there") == frozenset()


def test_chosen_rows_are_exactly_those_patches():
    choice.choose("here", [A, B])
    # The same x and y in other pairs and patients must not be caught.
    table = rows(A, B, ("B", "", 1, 51), ("<b>A</b>", "", 51, 51))
    assert choice.patches(choice.rows_of(table, "here")) == [A, B]


def test_a_choice_that_is_no_longer_listed_counts_for_nothing():
    choice.choose("here", [A])
    assert choice.rows_of(rows(B), "here").empty


def test_patches_are_plain_numbers_whatever_the_table_holds():
    table = rows(A).astype({"patient": "category", "x": "int32"})
    assert choice.patches(table) == [A]
    assert type(choice.patches(table)[0][2]) is int
