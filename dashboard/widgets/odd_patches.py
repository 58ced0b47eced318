"""The input check of uploaded patches: how many are out of distribution, and how."""

import pandas as pd
import streamlit as st

from dashboard.charts.theme import counted, plain
from idc_core.score.input_check import Checked

ODD = "!"
"""Marks an out-of-distribution square on a map."""


def said(checked: Checked, reference: str, noun: str = "patches") -> None:
    """Say it in a sentence: a warning if most patches are odd, or the whole set in the same way."""
    sentence = plain(checked.sentence(noun, reference))
    of_the_set = checked.of_the_set(reference)
    if of_the_set:
        st.warning(f"**{plain(' '.join(of_the_set))}** {sentence}")
    elif checked.mostly:
        st.warning(f"**Most of this is out of distribution.** {sentence}")
    else:
        st.caption(("⚠ " if checked.count else "") + sentence)


def noted(note: str, odd: str) -> str:
    """A patch's note with the result of its input check.

    >>> noted("40×50, padded with white", "too small"), noted("", "")
    ('40×50, padded with white · ⚠ too small', '')
    """
    return " · ".join(filter(None, [note, f"⚠ {odd}" if odd else ""]))


def listed(rows: pd.DataFrame, checked: Checked) -> None:
    """List the odd squares of a slide: position, score, what is odd."""
    if not checked.count:
        return
    odd = rows.assign(odd=checked.words())[checked.odd][["x", "y", "score", "odd"]]
    with st.expander(f"{counted(len(odd), 'odd square')}, marked “{ODD}” on the map"):
        st.dataframe(
            odd.rename(columns={"odd": "what is odd"}),
            hide_index=True,
            key="odd_squares",
            column_config={"score": st.column_config.NumberColumn(format="%.7g")},
        )


def marks(rows: pd.DataFrame, checked: Checked) -> dict[tuple[int, int], str]:
    """The mark of each odd square by its position."""
    own = rows[checked.odd]
    return {(int(x), int(y)): ODD for x, y in zip(own["x"], own["y"], strict=True)}
