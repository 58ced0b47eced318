"""Several slides in a row, each with its picture; a click opens one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard.state import static_files
from dashboard.widgets.script import script, style

_HERE = Path(__file__).parent
KEY = "slide_choice"
_STRIP = st.components.v2.component(
    "idc_slide_strip",
    html='<div class="slides" role="radiogroup"></div>',
    css=style(_HERE / "slide_strip.css"),
    js=script(_HERE / "slide_strip.js"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A slide: its name, what is said below it, and its picture (JPEG) where there is one."""

    name: str
    said: str
    picture: bytes | None


def show(
    slides: Sequence[Shown], chosen: str | None, named: str, on_choose: Callable[[str], None]
) -> None:
    """Draw the row called `named`; `on_choose` gets a slide's name before the rerun of a click."""
    names = {slide.name for slide in slides}

    def clicked() -> None:
        name = st.session_state[KEY].get("slide")
        if name in names:
            on_choose(name)

    _STRIP(
        key=KEY,
        data={
            "slides": [
                {"name": each.name, "said": each.said, "picture": _address(each.picture, at)}
                for at, each in enumerate(slides)
            ],
            "chosen": chosen,
            "named": named,
        },
        on_slide_change=clicked,
    )


def _address(picture: bytes | None, at: int) -> str | None:
    return static_files.address(picture, "image/jpeg", f"slide_{at}") if picture else None
