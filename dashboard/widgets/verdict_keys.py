"""A patch with its keys and its note; an act says what stood on the screen when it was done.

A button of Streamlit's carries what the server drew last, which is not what the browser shows when
the hand moves. Here picture, keys and identity are one element: they change together, one act at a
time is under way, and the act carries the identity with it.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import streamlit as st

from dashboard.state import static_files
from dashboard.widgets.script import script, style

_HERE = Path(__file__).parent
_KEPT = 16
"""Answers that the browser may still ask for."""

_PANEL = st.components.v2.component(
    "idc_verdict_keys",
    html="""
<div class="verdicts">
  <div class="body">
    <div class="picture"></div>
    <div class="head"><span class="title"></span><span class="where"></span>
      <span class="steps"></span></div>
    <div class="missing" hidden></div><div class="said" hidden></div>
    <div class="keys" role="group" aria-label="Verdict"></div>
  </div>
  <input class="note" type="text" aria-label="Note" autocomplete="off" hidden>
  <div class="foot"><span class="undo"></span><span class="stored" role="status"></span>
    <span class="now" role="status" aria-live="polite"></span></div>
  <div class="trouble" role="alert" hidden></div>
</div>""",
    css=style(_HERE / "verdict_keys.css"),
    js=script(_HERE / "verdict_keys.js"),
)


@dataclass(frozen=True, slots=True)
class Action:
    """A button and its key. `does`: verdict, show, undo or next."""

    does: str
    words: str
    key: str = ""
    hint: str = ""
    verdict: str = ""
    to: str = ""
    off: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """This reader's earlier verdict, and the token that replaces it."""

    verdict: str
    words: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """All that is shown; `about` is what an act on it brings back."""

    about: Mapping[str, Any]
    subject: str
    """What it is about, as one text: a note and a warning stay while this stays."""
    buttons: tuple[Action, ...] = ()
    steps: tuple[Action, ...] = ()
    undo: Action | None = None
    standing: Standing | None = None
    title: str = ""
    where: str = ""
    said: str = ""
    picture: "np.ndarray | None" = None
    alt: str = ""
    missing: str = ""
    stored: str = ""
    patches: int = 1
    notes: int = 0
    """The longest note; 0 for no field."""
    reading: bool = True
    """Whether an act needs a reader's name."""


def show(
    panel: Panel, *, key: str, on_act: Callable[[dict[str, Any]], None], listens: bool
) -> None:
    """Draw a panel; `on_act` gets an act before the rerun, as `verdict_act.read` takes it.

    `listens`: whether it gets the page's keys, which only one panel of a page can.
    """

    def acted() -> None:
        act = st.session_state[key].get("act")
        if not isinstance(act, dict) or str(act.get("token")) in _answers():
            return  # delivered twice
        on_act(act)
        _answers().setdefault(str(act.get("token")), False)
        _forget()

    _PANEL(key=key, data=_data(panel, key, listens), on_act_change=acted)


def answered(token: str) -> None:
    """The act was done; without this it was not, and the browser keeps what was typed."""
    _answers()[token] = True


def _data(panel: Panel, key: str, listens: bool) -> dict[str, Any]:
    about = dict(panel.about)
    trouble = st.session_state.get(f"{key}_trouble", ("", ""))
    identity = hashlib.sha256(panel.subject.encode()).hexdigest()[:24]
    return {
        "name": key,
        "listens": key if listens else "",
        "about": about,
        "identity": identity,
        "buttons": [asdict(each) for each in panel.buttons],
        "steps": [asdict(each) for each in panel.steps],
        "undo": asdict(panel.undo) if panel.undo else None,
        "standing": asdict(panel.standing) if panel.standing else None,
        "title": panel.title,
        "where": panel.where,
        "said": panel.said,
        "picture": _address(panel.picture, key),
        "alt": panel.alt,
        "missing": panel.missing,
        "stored": panel.stored,
        "trouble": trouble[1] if trouble[0] == identity else "",
        "patches": panel.patches,
        "notes": panel.notes,
        "reading": panel.reading,
        "answered": dict(_answers()),
    }


def refused(key: str, act: Mapping[str, Any], sentence: str) -> None:
    """Say why nothing was done, as long as the same stands on the screen."""
    st.session_state[f"{key}_trouble"] = (act.get("identity"), sentence)


def _address(picture: "np.ndarray | None", key: str) -> str | None:
    if picture is None:
        return None
    done, coded = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return static_files.address(coded.tobytes(), "image/png", key) if done else None


def _answers() -> dict[str, bool]:
    answers: dict[str, bool] = st.session_state.setdefault("verdict_answers", {})
    return answers


def _forget() -> None:
    known = _answers()
    for token in list(known)[:-_KEPT]:
        del known[token]
