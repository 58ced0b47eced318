"""A page that waits for its table is drawn once more when it is there."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.cache import runs, threshold_table
from dashboard.cache.threshold_table import FAILED, Told


def page():
    import streamlit as st

    from dashboard.cache import threshold_table
    from dashboard.frame import table_wait

    st.session_state["drawn"] = st.session_state.get("drawn", 0) + 1
    if threshold_table.told("mine", "test").is_made:
        table_wait.show("mine", "test")


@pytest.mark.parametrize(
    ("later", "drawn"),
    [(Told("x"), 1), (Told("x", "/there"), 2), (Told("x", trouble=FAILED), 2)],
)
def test_the_page_is_drawn_again_only_when_there_is_something_new(monkeypatch, later, drawn):
    answers = [Told("x")]

    def told(run, split):
        return answers.pop() if answers else later

    monkeypatch.setattr(threshold_table, "told", told)
    monkeypatch.setattr(runs, "run", lambda name: name)
    at = AppTest.from_function(page, default_timeout=60).run()
    assert not at.exception
    assert at.session_state["drawn"] == drawn
