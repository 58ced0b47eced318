"""Choices that only one page has, kept in the address, so that a copied link shows them too."""

from collections.abc import Sequence

import streamlit as st


def remember(name: str, value: str | None) -> None:
    """Write a choice into the address; None takes it out."""
    if value is None:
        if name in st.query_params:
            del st.query_params[name]
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def whole(name: str, below: int) -> int | None:
    """A whole number from 0 to `below` − 1 as the address says it; None for anything else."""
    text = st.query_params.get(name)
    known = text is not None and text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if known and int(text) < below else None  # type: ignore[arg-type]


def one_of(name: str, options: Sequence[str], default: str) -> str:
    """One of some words as the address says it, the default for anything else."""
    said = st.query_params.get(name)
    return said if said is not None and said in options else default
