"""The fields of a table that is brought: which column is what, what its words mean."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from dashboard.charts.theme import plain
from dashboard.views.data.bring_cache import Brought, Choices
from idc_core.data.tables.coordinates import HOW
from idc_core.importing.columns import Columns
from idc_core.importing.options import LABELS_FROM, SCALES

KINDS = {
    "path": "File name",
    "patient": "Patient",
    "x": "x",
    "y": "y",
    "score": "Score",
    "label": "Label",
    "split": "Split",
}
MEANINGS = {None: "not said yet", 1: "IDC", 0: "no IDC", -1: "leave unlabelled"}
"""A label and how it is said."""
MOST_WORDS = 24

_PLACES = {
    "auto": "as recognised",
    "pixels": "pixels, as they are",
    "grid": "squares of their own grid",
    "indices": "columns and rows from 0",
    "indices-from-1": "columns and rows from 1",
}
_SCORE_OF = {"idc": "IDC", "no-idc": "no IDC"}
_FROM = {
    None: "as recognised",
    "file-name": "the file name",
    "column": "the column",
    "none": "none: bring it unlabelled",
}


def columns(brought: Brought, known: Columns | None) -> None:
    """A box for each kind of column; `known` is what was recognised, None where it was not."""
    names: list[str | None] = [None, *map(str, brought.frame.columns)]
    boxes = [*st.columns(4), *st.columns(4)]
    for box, (kind, title) in zip(boxes, KINDS.items(), strict=False):
        found = getattr(known, kind) if known is not None else None
        box.selectbox(
            title,
            names,
            key=key(brought, kind),
            format_func=partial(_named, found),
        )
    boxes[-1].selectbox(
        "Score of", list(_SCORE_OF), key=key(brought, "score_of"), format_func=_SCORE_OF.__getitem__
    )


def _named(found: str | None, name: str | None) -> str:
    return name or _recognised(found)


def _recognised(found: str | None) -> str:
    return f"{found} (recognised)" if found else "none"


def answers(brought: Brought, like: list[str]) -> None:
    """What cannot be told from a table alone; `like`: stores and runs that fit."""
    first, second, third, fourth = st.columns(4)
    first.selectbox(
        "x and y are",
        HOW,
        format_func=_PLACES.__getitem__,
        key=key(brought, "places"),
    )
    second.selectbox(
        "Patients and places as in",
        [None, *like],
        key=key(brought, "like"),
        disabled=not like,
        format_func=lambda name: name or "this table",
    )
    third.selectbox(
        "Scores are",
        [None, *SCALES],
        key=key(brought, "scale"),
        format_func=lambda name: name or "as recognised",
    )
    fourth.selectbox(
        "Labels from",
        [None, *LABELS_FROM],
        key=key(brought, "labels_from"),
        format_func=_FROM.__getitem__,
    )


def words(brought: Brought, unknown: Mapping[str, int]) -> None:
    """A choice for every label word that is not understood, the commonest first."""
    if not unknown:
        return
    st.markdown("**What do these words mean?** They stand in the column of labels.")
    boxes = st.columns(4)
    for at, (word, count) in enumerate(list(unknown.items())[:MOST_WORDS]):
        boxes[at % 4].selectbox(
            f"{_shown(word)} ({count:,} rows)",
            list(MEANINGS),
            key=key(brought, f"word {word}"),
            format_func=MEANINGS.__getitem__,
        )
    if len(unknown) > MOST_WORDS:
        st.caption(f"{len(unknown) - MOST_WORDS:,} more words are not shown.")


def chosen(brought: Brought, unknown: Mapping[str, int], *, wordless: bool = False) -> Choices:
    """What stands in the fields now; `wordless`: without what the words mean."""

    def said(name: str, otherwise: Any = None) -> Any:
        return st.session_state.get(key(brought, name), otherwise)

    given = {kind: said(kind) for kind in KINDS}
    named = Columns(**given, score_of=said("score_of", "idc"))
    meant = [(word, said(f"word {word}")) for word in unknown]
    words_ = tuple((word, label) for word, label in meant if label is not None)
    return Choices(
        named,
        () if wordless else words_,
        said("scale"),
        said("labels_from"),
        said("places", "auto"),
        said("like"),
        bool(said("mean")),
        bool(said("accept")),
    )


def key(brought: Brought, name: str) -> str:
    """A field's key: another table begins with its own choices."""
    return f"bring_{brought.digest[:12]}_{name}"


def _shown(word: str) -> str:
    return f"“{plain(word[:40])}”"
