"""For which threshold charts are sent: the one in force, but after a movement that the browser has
painted the one before."""

import pytest
import streamlit as st

from dashboard.state import drawn_at


@pytest.fixture(autouse=True)
def session(monkeypatch):
    monkeypatch.setattr(st, "session_state", {})


def test_where_nothing_is_known_it_is_the_threshold_in_force():
    assert drawn_at.now(0.4) == 0.4


def test_a_first_rerun_sends_for_its_own_threshold_even_where_it_was_painted():
    drawn_at.painted()
    drawn_at.enter(0.4, "table")
    assert drawn_at.now(0.7) == 0.4


def test_after_a_painted_movement_charts_stay_as_they_were_sent():
    drawn_at.enter(0.4, "table")
    for threshold in (0.5, 0.6):
        drawn_at.painted()
        drawn_at.enter(threshold, "table")
        assert drawn_at.now(threshold) == 0.4


def test_every_other_rerun_sends_for_the_threshold_in_force():
    drawn_at.enter(0.4, "table")
    drawn_at.painted()
    drawn_at.enter(0.6, "table")
    drawn_at.enter(0.6, "table")
    assert drawn_at.now(0.6) == 0.6


def test_another_view_run_or_table_is_sent_anew():
    drawn_at.enter(0.4, ("view", "run", "table"))
    drawn_at.painted()
    drawn_at.enter(0.6, ("view", "run", "other"))
    assert drawn_at.now(0.6) == 0.6


def test_what_the_browser_cannot_paint_is_sent_anew():
    drawn_at.enter(0.4, None)
    drawn_at.painted()
    drawn_at.enter(0.6, None)
    assert drawn_at.now(0.6) == 0.6
