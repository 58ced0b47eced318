"""The one thread: run → split → threshold → patient → slide → patch, chosen once for every page.

It lives in the address bar under those names, so that a copied link opens the same view, and in the
session, so that it survives a change of page (Streamlit drops the query then).
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from idc_core.data.places import SLIDE
from idc_core.data.shown_splits import OF_FOLDS
from idc_core.io.paths import models_root
from idc_core.runs.notes import offered
from idc_core.runs.run import list_runs

NAMES = ("run", "split", "threshold", "patient", "slide", "patch")
SPLITS = ("test", "validation", "train", "unused", *OF_FOLDS)
_KEY = "thread"
_NOTES = "thread_notes"
_FOLLOWED = "thread_followed"
_PATCH = re.compile(r"x(\d{1,6})_y(\d{1,6})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Selection:
    """What is being looked at; `threshold` is None until one is chosen or the run has one."""

    run: str | None = None
    split: str = "test"
    threshold: float | None = None
    patient: str | None = None
    patch: str | None = None
    slide: str | None = None
    """Only where the data's slides have names of their own."""

    @property
    def place(self) -> tuple[int, int] | None:
        """The patch's (x, y)."""
        found = _PATCH.fullmatch(self.patch or "")
        return (int(found[1]), int(found[2])) if found else None


def enter() -> None:
    """At the start of every rerun: take over what the address says, write back what holds."""
    known = st.session_state.get(_KEY, Selection())
    given = {name: st.query_params[name] for name in NAMES if name in st.query_params}
    _keep(_checked(known, given))


def current() -> Selection:
    """What is being looked at now."""
    thread: Selection = st.session_state.get(_KEY, Selection())
    return thread


def follow(parts: tuple[str, ...]) -> None:
    """The page that is drawn now follows these parts only (`pages.Page.takes`)."""
    st.session_state[_FOLLOWED] = parts


def follows(part: str) -> bool:
    """Whether the page's figures follow this part of the selection."""
    return part in st.session_state.get(_FOLLOWED, NAMES)


def change(**parts: Any) -> None:
    """Choose another run, split, threshold, patient or patch; what no longer fits is dropped."""
    if "run" in parts:
        parts = {"threshold": None, "patient": None} | parts
    if "patient" in parts:
        parts = {"slide": None} | parts
    if "slide" in parts:
        parts = {"patch": None} | parts
    _keep(replace(current(), **parts))


def patch_name(x: int, y: int) -> str:
    """How the address writes a patch.

    >>> patch_name(1001, 51)
    'x1001_y51'
    """
    return f"x{x}_y{y}"


def to(row: "Mapping[Any, Any] | pd.Series[Any]") -> dict[str, str]:
    """What is to be chosen to open the patch of a row: its patient, slide and name.

    >>> to({"patient": "9036", "x": 1001, "y": 51})
    {'patient': '9036', 'patch': 'x1001_y51'}
    """
    slide = {SLIDE: str(row[SLIDE])} if SLIDE in row else {}
    patch = patch_name(int(row["x"]), int(row["y"]))
    return {"patient": str(row["patient"]), **slide, "patch": patch}


def on_slide(rows: pd.DataFrame) -> pd.DataFrame:
    """Those of a patient's rows that lie on the slide that is looked at."""
    slide = current().slide
    return rows if slide is None or SLIDE not in rows else rows[rows[SLIDE] == slide]


def query(**parts: Any) -> dict[str, str]:
    """The query of a link to this thread, with some parts changed."""
    return _written(replace(current(), **parts))


def link(page: str, **parts: Any) -> str:
    """The address of a page with this thread, relative to the server's root."""
    return f"/{page}?{urlencode(query(**parts))}"


def note(text: str) -> None:
    """Say once, under the bar, what was asked for and could not be had."""
    st.session_state.setdefault(_NOTES, []).append(text)


def notes() -> list[str]:
    """What is to be said, once."""
    return list(dict.fromkeys(st.session_state.pop(_NOTES, [])))


def _checked(known: Selection, given: dict[str, str]) -> Selection:
    runs = list_runs(models_root())
    run = given.get("run", known.run)
    if run not in runs:
        if run is not None and runs:
            note(f"There is no run called {run[:80]}: showing {_first(runs)} instead.")
        run = _first(offered(models_root()) or runs)
    if run != known.run:
        known = Selection()
    split = given.get("split", known.split)
    if split not in SPLITS:
        note(f"There is no split called {split[:80]}: showing test instead.")
        split = "test"
    patch = given.get("patch", known.patch)
    if patch is not None and not _PATCH.fullmatch(patch):
        note(f"Expected a patch like x1001_y1051: found {patch[:80]}.")
        patch = None
    patient = given.get("patient", known.patient)
    slide = given.get("slide", known.slide if patient == known.patient else None)
    return Selection(run, split, _threshold(given, known), patient, patch, slide)


def _threshold(given: dict[str, str], known: Selection) -> float | None:
    text = given.get("threshold")
    if text is None:
        return known.threshold
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1:
        note(f"Expected a threshold from 0 to 1: found {text[:80]}.")
        return known.threshold
    return value


def _first(runs: list[str]) -> str | None:
    for preferred in ("demo", "reference"):
        if preferred in runs:
            return preferred
    return runs[0] if runs else None


def _written(thread: Selection) -> dict[str, str]:
    values = {name: getattr(thread, name) for name in NAMES}
    if thread.threshold is not None:
        # The shortest text that reads back as the very same number: a digit less calls others.
        values["threshold"] = repr(float(thread.threshold))
    return {name: str(value) for name, value in values.items() if value is not None}


def _keep(thread: Selection) -> None:
    st.session_state[_KEY] = thread
    written = _written(thread)
    for name in NAMES:
        if name in written:
            if st.query_params.get(name) != written[name]:
                st.query_params[name] = written[name]
        elif name in st.query_params:
            del st.query_params[name]
