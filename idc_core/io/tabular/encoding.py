"""From bytes to text in UTF-8: marks of order, UTF-16 without one, and the old Windows letters."""

import codecs
from pathlib import Path

from idc_core.io.refusal import Refusal

_MARKS = {
    codecs.BOM_UTF8: ("utf-8", ""),
    codecs.BOM_UTF32_LE: ("utf-32-le", "UTF-32"),
    codecs.BOM_UTF32_BE: ("utf-32-be", "UTF-32"),
    codecs.BOM_UTF16_LE: ("utf-16-le", "UTF-16"),
    codecs.BOM_UTF16_BE: ("utf-16-be", "UTF-16"),
}
"""First bytes → codec, and its name where it is worth a word; four bytes stand before two."""

_WINDOWS = "Windows-1252 (Latin-1)"


def in_utf8(content: bytes, path: Path) -> tuple[bytes, str]:
    """The text in UTF-8 without a mark, and the name of its encoding if it is another one.

    Raises `Refusal` for bytes that are no text.
    """
    for mark, (codec, name) in _MARKS.items():
        if content.startswith(mark):
            rest = content[len(mark) :]
            return (_again(rest, codec, name or "UTF-8", path), name)
    if wide := _wide(content[:4096]):
        return _again(content, wide, "UTF-16", path), "UTF-16"
    if b"\x00" in content:
        at = content.index(b"\x00")
        raise Refusal(
            f"expected a table in {path}: it cannot be read, as it is no text (a zero byte at "
            f"byte {at + 1:,}). Write it as a CSV."
        )
    if content.isascii() or _is_utf8(content):
        return content, ""
    try:
        return content.decode("cp1252").encode(), _WINDOWS
    except UnicodeDecodeError:
        return content.decode("latin-1").encode(), "Latin-1"


def _again(content: bytes, codec: str, name: str, path: Path) -> bytes:
    if codec == "utf-8" and _is_utf8(content) and b"\x00" not in content:
        return content
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as broken:
        raise Refusal(
            f"expected a table in {path}: it cannot be read as {name}, which its first bytes "
            f"announce ({broken.reason} at byte {broken.start + 1:,}). Save it again as CSV UTF-8."
        ) from None
    if "\x00" in text:
        raise Refusal(f"expected a table in {path}: it cannot be read, as it is no text.")
    return text.encode()


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Latin text is zero."""
    pairs = len(head) // 2
    if pairs < 2:
        return None
    for codec, zero in (("utf-16-le", 1), ("utf-16-be", 0)):
        zeros = head[zero : 2 * pairs : 2].count(0)
        if zeros > 0.6 * pairs and head[1 - zero : 2 * pairs : 2].count(0) == 0:
            return codec
    return None


def _is_utf8(content: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), 2**20):
            decoder.decode(content[start : start + 2**20])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
