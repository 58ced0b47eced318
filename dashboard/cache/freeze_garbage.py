"""What is loaded and stays is no matter of the garbage collector."""

import gc

import streamlit as st


@st.cache_resource(show_spinner=False)
def freeze(page: str) -> None:
    """Once a page: take all that is loaded by now out of the garbage collector's rounds.

    Streamlit collects after every rerun and looks at every object then: modules, charts and tables
    that stay anyway cost 0.1 s each time, in which no answer is sent.
    """
    gc.collect()
    gc.freeze()
