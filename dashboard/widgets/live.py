"""Texts that follow the threshold while it moves: the browser finds them by their key.

What stands in them at rest is what the server says; the threshold table has the same for every
other threshold (`idc_core/threshold_table`), and the slider's script writes it there.
"""

from collections.abc import Mapping
from html import escape


def live(key: str, text: str, tag: str = "span") -> str:
    """An element that holds the text of a key, as HTML for `st.html`.

    >>> live("tp.count", "3 < 4")
    '<span data-live="tp.count">3 &lt; 4</span>'
    """
    return f'<{tag} data-live="{escape(key)}">{escape(text)}</{tag}>'


def each(said: Mapping[str, str], tag: str = "span") -> dict[str, str]:
    """An element a text, by its key."""
    return {key: live(key, text, tag) for key, text in said.items()}
