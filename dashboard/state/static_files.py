"""Bytes that the browser fetches once by their address, instead of with every answer.

A component's data travels with every rerun; a slide's tissue must not. Streamlit serves files under
an address made of their content, for as long as a session names them.
"""

from functools import cache
from pathlib import Path

from dashboard.state import streamlit_inside


def address(content: bytes, mimetype: str, name: str) -> str:
    """Where this session's browser finds the bytes; `name` is unique on the page.

    Must be asked for in every rerun that uses it: what nobody names is dropped.
    """
    if not streamlit_inside.is_served():
        return ""
    return streamlit_inside.keep(content, mimetype, f"idc_{name}")


def script(file: Path) -> str:
    """Where the browser finds a library."""
    return address(_read(file, file.stat().st_mtime_ns), "text/javascript", file.name)


@cache
def _read(file: Path, changed: int) -> bytes:
    return file.read_bytes()
