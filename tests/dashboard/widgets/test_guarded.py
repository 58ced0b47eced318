"""What goes wrong while a page or a part of it is drawn is one sentence."""

import pytest
from streamlit.testing.v1 import AppTest


def script(kind):
    import streamlit as st

    from dashboard.widgets import guarded
    from idc_core.io.refusal import Refusal

    @guarded.fragment()
    def part():
        st.markdown("the part")
        if kind == "refusal":
            raise Refusal("expected a network: found none.")
        if kind == "error":
            raise ZeroDivisionError("secret path")

    part()
    st.markdown("the rest of the page")


def said(at):
    return " ".join(each.value.replace("\\", "") for each in at.markdown)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [("refusal", "expected a network: found none"), ("error", "Internal error (ID ")],
)
def test_a_part_that_fails_says_so_and_the_page_goes_on(kind, sentence):
    at = AppTest.from_function(script, default_timeout=180, kwargs={"kind": kind}).run()
    assert not at.exception
    assert sentence in said(at)
    assert "secret path" not in said(at)
    assert "the rest of the page" in said(at)


def test_a_part_that_works_says_nothing_else():
    at = AppTest.from_function(script, default_timeout=180, kwargs={"kind": "none"}).run()
    assert said(at) == "the part the rest of the page"
