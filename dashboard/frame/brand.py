"""The product's name and its purpose, at the head of the sidebar."""

import streamlit as st

from dashboard.pages import PRODUCT, PURPOSE


def show() -> None:
    """Before the navigation: the sidebar is drawn once, with both in it."""
    st.sidebar.html(f'<div class="idc-brand"><b>{PRODUCT}</b><span>{PURPOSE}</span></div>')
