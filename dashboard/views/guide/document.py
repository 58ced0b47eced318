"""docs/guide.md as the app shows it: by its sections, with its pictures."""

import re
from pathlib import Path

import streamlit as st

from idc_core.io.paths import REPOSITORY

FILE = REPOSITORY / "docs" / "guide.md"
BRING = "Your own data or model"
_PICTURE = re.compile(r"^!\[(?P<says>[^\]]*)\]\((?P<path>screenshots/guide/[\w-]+\.webp)\)$", re.M)
_WIDE = 900


def sections() -> dict[str, str]:
    """The text under each heading of the guide, by the heading."""
    parts = re.split(r"^## (.+)$", FILE.read_text(encoding="utf-8"), flags=re.M)
    return dict(zip(parts[1::2], map(str.strip, parts[2::2]), strict=True))


def show(text: str) -> None:
    """Draw a section; its picture where the file is there."""
    words = _PICTURE.sub("", text).strip()
    st.markdown(words)
    for found in _PICTURE.finditer(text):
        picture: Path = FILE.parent / found["path"]
        if picture.is_file():
            st.image(picture.read_bytes(), caption=found["says"], width=_WIDE)
