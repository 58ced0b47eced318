"""The import options of an uploaded table: what its columns are, what its label words mean."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from dashboard.charts.theme import plain
from dashboard.views.data.bring_cache import ImportOptions, UploadedTable
from idc_core.data.tables.coordinates import HOW
from idc_core.importing.columns import Columns
from idc_core.importing.options import LABELS_FROM, SCALES
from idc_core.records.raster import Raster

KINDS = {
    "path": "File name",
    "patient": "Patient",
    "slide": "Slide",
    "x": "x",
    "y": "y",
    "score": "Score",
    "label": "Label",
    "split": "Split",
}
MEANINGS = {None: "not set", 1: "IDC", 0: "no IDC", -1: "leave unlabelled"}
"""Labels and how they are shown where the classes are called as the public set's."""
MOST_WORDS = 24

_PLACES = {
    "auto": "as recognised",
    "pixels": "pixels",
    "grid": "cells of the table's own grid",
    "indices": "columns and rows from 0",
    "indices-from-1": "columns and rows from 1",
}
_SCORE_OF = {"idc": "IDC", "no-idc": "no IDC"}
_FROM = {
    None: "as recognised",
    "file-name": "the file name",
    "column": "the label column",
    "none": "none: import unlabelled",
}


def columns(uploaded: UploadedTable, known: Columns | None, raster: Raster) -> None:
    """A select box per kind of column; `known`: the recognised columns, if any were."""
    names: list[str | None] = [None, *map(str, uploaded.frame.columns)]
    boxes = [*st.columns(5), *st.columns(4)]
    for box, (kind, title) in zip(boxes, KINDS.items(), strict=False):
        found = getattr(known, kind) if known is not None else None
        box.selectbox(
            title,
            names,
            key=key(uploaded, kind),
            format_func=partial(_named, found),
        )
    boxes[-1].selectbox(
        "Score is for",
        list(_SCORE_OF),
        key=key(uploaded, "score_of"),
        format_func=lambda key: raster.say(_SCORE_OF[key]),
    )


def _named(found: str | None, name: str | None) -> str:
    return name or _recognised(found)


def _recognised(found: str | None) -> str:
    return f"{found} (recognised)" if found else "none"


def answers(uploaded: UploadedTable, like: list[str]) -> None:
    """What a table alone cannot tell; `like`: stores and runs that match."""
    first, second, third, fourth = st.columns(4)
    first.selectbox(
        "x and y are",
        HOW,
        format_func=_PLACES.__getitem__,
        key=key(uploaded, "places"),
    )
    second.selectbox(
        "Take patients and coordinates from",
        [None, *like],
        key=key(uploaded, "like"),
        disabled=not like,
        format_func=lambda name: name or "this table",
    )
    third.selectbox(
        "Scores are",
        [None, *SCALES],
        key=key(uploaded, "scale"),
        format_func=lambda name: name or "as recognised",
    )
    fourth.selectbox(
        "Labels from",
        [None, *LABELS_FROM],
        key=key(uploaded, "labels_from"),
        format_func=_FROM.__getitem__,
    )


def words(uploaded: UploadedTable, unknown: Mapping[str, int], raster: Raster) -> None:
    """A select box for every unknown label word, the most frequent first."""
    if not unknown:
        return
    st.markdown("**What do these label words mean?**")
    boxes = st.columns(4)
    for at, (word, count) in enumerate(list(unknown.items())[:MOST_WORDS]):
        boxes[at % 4].selectbox(
            f"{_shown(word)} ({count:,} rows)",
            list(MEANINGS),
            key=key(uploaded, f"word {word}"),
            format_func=lambda label: raster.say(MEANINGS[label]),
        )
    if len(unknown) > MOST_WORDS:
        st.caption(f"{len(unknown) - MOST_WORDS:,} more words are not shown.")


def selected_options(
    uploaded: UploadedTable, unknown: Mapping[str, int], *, wordless: bool = False
) -> ImportOptions:
    """The current values of the fields; `wordless`: without the meanings of label words."""

    def said(name: str, otherwise: Any = None) -> Any:
        return st.session_state.get(key(uploaded, name), otherwise)

    given = {kind: said(kind) for kind in KINDS}
    named = Columns(**given, score_of=said("score_of", "idc"))
    meant = [(word, said(f"word {word}")) for word in unknown]
    words_ = tuple((word, label) for word, label in meant if label is not None)
    return ImportOptions(
        named,
        () if wordless else words_,
        said("scale"),
        said("labels_from"),
        said("places", "auto"),
        said("like"),
        bool(said("mean")),
        bool(said("accept")),
    )


def key(uploaded: UploadedTable, name: str) -> str:
    """A field's key: every table has options of its own."""
    return f"bring_{uploaded.digest[:12]}_{name}"


def _shown(word: str) -> str:
    return f"“{plain(word[:40])}”"
