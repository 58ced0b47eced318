"""Texts that follow the threshold while it moves: the browser finds them by their key.

What stands in them at rest is what the server says; the threshold table has the same for every
other threshold (`idc_core/threshold_table`), and the slider's script writes it there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class OwnTable:
    """A table that a part of a page has of its own: its address, and what it is of."""

    address: str
    of: str


def with_table(own: OwnTable | None) -> str:
    """Attributes of an element whose texts are in a table of its own; none without an address.

    >>> with_table(OwnTable("/media/1.gz", "ab"))
    ' data-live-table="/media/1.gz" data-live-of="ab"'
    """
    if own is None or not own.address:
        return ""
    return f' data-live-table="{escape(own.address)}" data-live-of="{escape(own.of)}"'
