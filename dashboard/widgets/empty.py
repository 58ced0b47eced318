"""What a page shows when it has no content: what is missing, and how to get it."""

import re

import streamlit as st

from dashboard.charts.theme import plain

_COMMAND = re.compile(r"(python train_cli\.py [^:;]*?)(?:\.(?:\s|$)|$)")


def show(sentence: str) -> None:
    """The sentence and, if it names a command, the command ready to copy."""
    with st.container(border=True):
        st.markdown(plain(sentence))
        command = _COMMAND.search(sentence)
        if command:
            st.code(command[1], language="bash")


def no_runs() -> None:
    """The page of a new installation."""
    with st.container(border=True):
        st.markdown(
            "**No run yet.** A run is a trained network with its scores. To build the demo:"
        )
        st.code("make demo", language="bash")
        st.markdown("To train on your own patches:")
        st.code(
            "python train_cli.py prepare SOURCE --name mine\n"
            "python train_cli.py train --data mine --run first",
            language="bash",
        )
