"""The bytes of a file of outlines, within limits; its XML and JSON, parsed without trust."""

import gzip
import json
import re
import zlib
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder
from xml.parsers import expat

import msgspec

from idc_core.io.files import json_in
from idc_core.io.refusal import Refusal

MOST_BYTES = 128 * 2**20
"""Of a file of outlines, unpacked; one of 1,000 outlines has about 10 MB."""

_DECLARED = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([\w.-]+)", re.IGNORECASE)


def head_of(path: Path, size: int = 16) -> bytes:
    """A file's first bytes, which tell pictures apart; raises `Refusal` where there is no file."""
    if path.is_dir():
        raise Refusal(f"expected a file of outlines in {path}: it is a folder. Name the file.")
    try:
        with path.open("rb") as file:
            return file.read(size)
    except FileNotFoundError:
        raise Refusal(f"expected a file of outlines in {path}: there is no such file.") from None
    except (OSError, ValueError) as broken:
        raise _unreadable(path, broken) from None


def content_of(path: Path) -> bytes:
    """A file's bytes, unpacked where they are gzip's; raises `Refusal` beyond `MOST_BYTES`."""
    try:
        with path.open("rb") as raw:
            content = raw.read(MOST_BYTES + 1)
            if content.startswith(b"\x1f\x8b"):
                raw.seek(0)
                with gzip.open(raw) as unpacked:
                    content = unpacked.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as broken:
        raise _unreadable(path, broken) from None
    if len(content) > MOST_BYTES:
        raise Refusal(
            f"expected at most {MOST_BYTES:,} bytes of outlines in {path}: it has more. "
            "Export the annotations without cells and measurements."
        )
    return content


def _unreadable(path: Path, broken: Exception) -> Refusal:
    reason = (str(broken).splitlines() or [type(broken).__name__])[0][:120].rstrip(".")
    return Refusal(f"expected outlines in {path}: it cannot be read ({reason}). Copy it again.")


def text_of(content: bytes) -> str:
    """The text in any of the encodings that JSON may have; old Windows letters where it is none.

    >>> text_of("\\ufeffTumör".encode("utf-16"))
    'Tumör'
    """
    try:
        text = content.decode(json.detect_encoding(content))
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    return text.lstrip("\ufeff")


def json_of(content: bytes, path: Path) -> Any:
    """The JSON in a file; raises `Refusal` where it is none or holds a number that is none."""
    text = text_of(content).encode("utf-8", "replace")
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError):  # slower, and says what is wrong
        return json_in(text, f"JSON in {path}")


def xml_of(content: bytes, path: Path) -> Element:
    """The root of an XML file, names without their namespace.

    Raises `Refusal` for damaged XML and wherever an entity is declared: one line can stand for
    gigabytes, or for another file. No tool of pathology declares one.
    """
    content, encoding = _readable(content)
    parser = expat.ParserCreate(encoding)
    builder = TreeBuilder()

    def refuse(*_: object) -> None:
        raise Refusal(
            f"expected plain XML in {path}: it declares an entity, which can hide any amount of "
            "text. Remove its <!DOCTYPE …>."
        )

    parser.EntityDeclHandler = refuse
    parser.buffer_text = True
    parser.StartElementHandler = lambda tag, fields: builder.start(_local(tag), fields)
    parser.EndElementHandler = lambda tag: builder.end(_local(tag))
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(content, True)
        return builder.close()
    except Refusal:
        raise
    except (expat.ExpatError, ParseError, AssertionError, ValueError, LookupError) as broken:
        raise Refusal(
            f"expected XML in {path}: it cannot be read ({broken}). Export it again."
        ) from None


def _readable(content: bytes) -> tuple[bytes, str | None]:
    """The XML without what a strict parser refuses though its meaning is plain, and the encoding
    where it is not the one that the file states."""
    content = content.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
        return content, None
    declared = _DECLARED.match(content)
    if declared is None and not _is_utf8(content):  # ImageScope declares nothing
        return content.decode("cp1252", "replace").encode(), "utf-8"
    # .NET declares UTF-16 in texts that are then saved as UTF-8.
    is_wrong = declared is not None and declared[1].lower().startswith(b"utf-16")
    return content, "utf-8" if is_wrong else None


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]
