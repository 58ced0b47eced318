"""Which subgroup is open where nobody has chosen one."""

from streamlit.testing.v1 import AppTest


def page(default):
    from types import SimpleNamespace

    import streamlit as st

    from dashboard.views.failures.subgroups.slice_choice import slice_of

    slices = [
        SimpleNamespace(key=key, title="Burden", label=key, figure=SimpleNamespace(value=value))
        for key, value in (("a", 0.75), ("b", float("nan")), ("c", 0.25), ("d", 0.5))
    ]
    st.markdown(slice_of(slices, default).key)


def opened(default=None):
    at = AppTest.from_function(page, kwargs={"default": default}).run()
    assert not at.exception
    return at.markdown[0].value


def test_the_lowest_is_open_and_none_that_is_not_defined():
    assert opened() == "c"


def test_the_page_may_name_another():
    assert opened("d") == "d"
