"""What the input check says of patches that were brought: how many are odd, and in what."""

import pandas as pd
import streamlit as st

from dashboard.charts.theme import counted, plain
from idc_core.score.input_check import Checked

ODD = "!"
"""How an odd square is marked on a map."""


def said(checked: Checked, reference: str, noun: str = "patches") -> None:
    """In a sentence: a warning where most are odd, and one of the set where all are in one way."""
    sentence = plain(checked.sentence(noun, reference))
    of_the_set = checked.of_the_set(reference)
    if of_the_set:
        st.warning(f"**{plain(' '.join(of_the_set))}** {sentence}")
    elif checked.mostly:
        st.warning(f"**Most of this is no picture of the usual kind.** {sentence}")
    else:
        st.caption(("⚠ " if checked.count else "") + sentence)


def noted(note: str, odd: str) -> str:
    """A patch's note with what is odd about it.

    >>> noted("40×50, padded with white", "too small"), noted("", "")
    ('40×50, padded with white · ⚠ too small', '')
    """
    return " · ".join(filter(None, [note, f"⚠ {odd}" if odd else ""]))


def listed(rows: pd.DataFrame, checked: Checked) -> None:
    """Every odd square of a slide: where it lies, its score, what is odd."""
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
    """The mark of each odd square by its place."""
    own = rows[checked.odd]
    return {(int(x), int(y)): ODD for x, y in zip(own["x"], own["y"], strict=True)}
