"""Texts as PostgreSQL takes them: its own hold every sign but NUL, which a name of ours may hold.

NUL is written as U+E000 and 0, and U+E000 itself as U+E000 and 1; read, they are what they were.
"""

from typing import TYPE_CHECKING

from psycopg.types.string import StrDumperUnknown, TextLoader

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.abc import Buffer

_MARK = "\ue000"


def register(connection: "Connection") -> None:
    """Let a connection write and read texts so."""
    connection.adapters.register_dumper(str, _Dumper)
    connection.adapters.register_loader("text", _Loader)


def without_nul(text: str) -> str:
    """A text as it is stored.

    >>> with_nul(without_nul("a" + chr(0) + "b")) == "a" + chr(0) + "b"
    True
    """
    if "\0" not in text and _MARK not in text:
        return text
    return text.replace(_MARK, f"{_MARK}1").replace("\0", f"{_MARK}0")


def with_nul(text: str) -> str:
    """A stored text as it was given."""
    if _MARK not in text:
        return text
    return text.replace(f"{_MARK}0", "\0").replace(f"{_MARK}1", _MARK)


class _Dumper(StrDumperUnknown):
    def dump(self, obj: str) -> "Buffer | None":
        return super().dump(without_nul(obj))


class _Loader(TextLoader):
    def load(self, data: "Buffer") -> "str | bytes":
        found = super().load(data)
        return with_nul(found) if isinstance(found, str) else found
