"""Buttons of acts that need a role: who lacks it sees the button, and the role that it needs."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal, ParamSpec

import streamlit as st

from dashboard.access import gate
from dashboard.state import selection

P = ParamSpec("P")


def button(
    label: str,
    act: str,
    *,
    key: str,
    type: Literal["primary", "secondary", "tertiary"] = "secondary",
    icon: str | None = None,
    disabled: bool = False,
    help: str | None = None,
    on_click: Callable[..., None] | None = None,
    args: tuple[Any, ...] = (),
) -> bool:
    """Streamlit's button for an act of the catalogue; whether it was pressed.

    What it starts passes the gate itself: a button that is drawn proves nothing.
    """
    missing = gate.needs(act)
    pressed = st.button(
        label,
        key=key,
        type=type,
        icon=icon,
        disabled=disabled or bool(missing),
        help=help,
        on_click=on_click,
        args=args,
    )
    say(missing)
    return pressed


def said(callback: Callable[P, None]) -> Callable[P, None]:
    """A callback that says on the page what is missing for its act: outside the page's guard,
    nobody else would."""

    @wraps(callback)
    def tried(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            callback(*args, **kwargs)
        except gate.Denied as denied:
            selection.note(str(denied))

    return tried


def say(missing: str) -> None:
    """Say what is missing for an act, if something is."""
    if missing:
        st.caption(missing)
