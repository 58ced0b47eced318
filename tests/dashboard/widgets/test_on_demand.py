"""A popover whose content is made when it is opened."""

from streamlit.testing.v1 import AppTest


def script():
    import streamlit as st

    from dashboard.widgets import on_demand

    with on_demand.popover("More …", "more", keeps=("name",)) as is_open:
        if is_open:
            st.text_input("Name", key="name")
            st.text_input("Left", key="left")


def opened(page, is_open):
    page.session_state["more"] = is_open
    page.run()


def test_nothing_of_it_is_made_before_it_is_opened():
    page = AppTest.from_function(script).run()
    assert not page.text_input
    opened(page, True)
    assert [each.label for each in page.text_input] == ["Name", "Left"]


def test_what_was_typed_in_a_field_that_is_kept_stays_when_it_is_closed():
    page = AppTest.from_function(script).run()
    opened(page, True)
    page.text_input(key="name").set_value("for the ward")
    page.text_input(key="left").set_value("dropped")
    page.run()
    for _ in range(2):
        opened(page, False)
    assert not page.text_input
    opened(page, True)
    assert page.text_input(key="name").value == "for the ward"
    assert page.text_input(key="left").value == ""
    sent = page.text_input(key="name").proto
    assert (sent.set_value, sent.value) == (True, "for the ward"), "the browser shows it"
    page.run()
    assert not page.text_input(key="name").proto.set_value, "what is typed meanwhile stands"
