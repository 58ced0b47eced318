"""What lies on disk as typed records: read and checked in one place, written without loss.

A record names every field of a file that the program reads, with its kind. A file is checked once,
where it is read, so that the command line and every page say the same sentence of the same damage.

- Absent and `null` mean the same: unknown. Unknown is neither 0 nor no.
- `format` counts the ways a kind of file was written; a file without it is format 1. An older one
  is brought up to date in memory (`older`), the file is left as it is; a newer one is refused.
- A record that nothing else vouches for (`summed`) carries the SHA-256 of what it says, for
  `written_otherwise`: a file that somebody edits by hand opens, and a check names it.
- Fields that no record names are kept in `others` and written back with the rest.

msgspec rather than pydantic: a fifth of the size, no wheel of its own for each platform's Rust, and
its kinds are those of Python that mypy reads; it does not turn "1" into 1.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, ClassVar, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec.structs import replace

from idc_core.io.files import (
    append_json_line,
    finite,
    json_in,
    json_line,
    read_bytes,
    read_json_lines,
    write_json,
)
from idc_core.io.refusal import Refusal

__all__ = [
    "SUM",
    "Record",
    "append",
    "fields",
    "line",
    "lines",
    "of",
    "read",
    "read_if_whole",
    "replace",
    "sum_of",
    "write",
    "written_otherwise",
]

Content = Mapping[str, object]
"""An object of JSON, before it is a record."""

SUM = "sha256"

Step = Callable[[Content], Content]

_WORDS = {
    "object": "an object",
    "array": "a list",
    "str": "a text",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
}
_SAID = re.compile(r"(?P<said>.*?)(?: - at `\$\.?(?P<place>.*)`)?", re.DOTALL)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A file, a line of one, or an object within. `newest`: the format that is written now.

    `older[n]` turns the content of format n into that of n + 1.
    """

    newest: ClassVar[int] = 1
    older: ClassVar[Mapping[int, Step]] = {}
    nulls: ClassVar[bool] = False
    """Whether what is unknown is written as `null`, or left out."""
    summed: ClassVar[bool] = False
    """Whether the file says its own digest."""

    others: dict[str, object] = {}
    """Fields that this version does not know, as they were read."""


R = TypeVar("R", bound=Record)


def of(kind: type[R], content: object, where: str | Path, cure: str = "") -> R:
    """The record in `content`; `where` names the file.

    Raises `Refusal` with the field, what was expected and what came, and the `cure`, a sentence; or
    with the number of a format that is newer than this program.
    """
    after = f" {cure}" if cure else ""
    if not isinstance(content, Mapping):
        raise Refusal(f"expected an object in {where}: found {str(content)[:60]!r}.{after}")
    settled = _settled(kind, _up_to_date(kind, content, where))
    try:
        return msgspec.convert(settled, kind)
    except msgspec.ValidationError as wrong:
        raise Refusal(_sentence(str(wrong), settled, where) + after) from None


def read(kind: type[R], file: Path, cure: str = "") -> R:
    """The record in a JSON file; raises `Refusal` as `of` does, and where there is no file."""
    content = read_bytes(file)
    try:
        found = msgspec.json.decode(content)
    except ValueError:  # slower, and says what is wrong; a name that is no UTF-8 is no DecodeError
        found = json_in(content, f"JSON in {file}")
    return of(kind, found, file, cure)


def read_if_whole(kind: type[R], file: Path) -> R | None:
    """The same; None where it is not there or damaged: such a one concerns nobody who did not name
    it."""
    try:
        return read(kind, file)
    except Refusal:
        return None


def lines(kind: type[R], file: Path, cure: str = "") -> list[R]:
    """The records of a log, oldest first; none where there is no file. A last line that a kill cut
    short is left out; raises `Refusal` naming any other line that is none."""
    return [
        of(kind, content, f"line {number} of {file}", cure)
        for number, content in enumerate(read_json_lines(file), start=1)
    ]


def fields(record: Record) -> dict[str, object]:
    """The record as JSON holds it: what is known, then `others`."""
    found = {name: _plain(getattr(record, name)) for name in record.__struct_fields__}
    others = found.pop("others")
    assert isinstance(others, dict)
    known = {n: value for n, value in found.items() if value is not None or record.nulls}
    return known | others


def write(file: Path, record: Record) -> None:
    """Write a file of one record, its format first; see `files.write_json`."""
    content = {"format": record.newest, **fields(record)}
    if record.summed:
        content[SUM] = sum_of(content)
    write_json(file, content)


def written_otherwise(file: Path) -> bool:
    """Whether the file says other than its digest: a bit flipped, or somebody edited it. One that
    has no digest is of an older version."""
    content = json_in(read_bytes(file), f"JSON in {file}")
    said = content.pop(SUM, None) if isinstance(content, dict) else None
    return said is not None and said != sum_of(content)


def sum_of(content: Mapping[str, object]) -> str:
    """SHA-256 of what a file says, whatever the order of its fields."""
    said = json.dumps(finite(content), sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def append(file: Path, record: Record) -> None:
    """Add a record to a log as one line; its format is written where it is not the first."""
    append_json_line(file, _line(record))


def line(record: Record) -> bytes:
    """The same line, without its end, for a log that is no file."""
    return json_line(_line(record))


def _line(record: Record) -> dict[str, object]:
    head = {"format": record.newest} if record.newest > 1 else {}
    return head | fields(record)


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return fields(value)
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def _up_to_date(kind: type[Record], content: Content, where: str | Path) -> Content:
    found = content.get("format", 1)
    if isinstance(found, bool) or not isinstance(found, int) or found < 1:
        raise Refusal(f"expected the number of a format in {where}: found {str(found)[:60]!r}.")
    if found > kind.newest:
        raise Refusal(
            f"expected format {kind.newest} in {where}, the newest that this version reads: found "
            f"format {found}, which a newer one wrote. Update the program."
        )
    for number in range(found, kind.newest):
        content = kind.older[number](content)
    dropped = {"format", SUM} if kind.summed else {"format"}
    return {name: value for name, value in content.items() if name not in dropped}


def _settled(kind: type[Record], content: Content) -> dict[str, object]:
    """The fields that the record names, all others under `others`; `null` is left out."""
    named, known, others = _records_in(kind), {}, {}
    for name, value in content.items():
        if name not in named:
            others[name] = value
        elif value is not None:
            known[name] = _settled_within(named[name], value)
    return known | {"others": others}


def _settled_within(kind: type[Record] | None, value: object) -> object:
    if kind is None:
        return value
    if isinstance(value, list):
        return [_settled_within(kind, each) for each in value]
    return _settled(kind, value) if isinstance(value, Mapping) else value


@cache
def _records_in(kind: type[Record]) -> dict[str, type[Record] | None]:
    """The fields of a record, each with the record that it holds or lists, if any."""
    return {
        field.name: _record_in(field.type)
        for field in msgspec.structs.fields(kind)
        if field.name != "others"
    }


def _record_in(kind: Any) -> type[Record] | None:
    if isinstance(kind, type) and issubclass(kind, Record):
        return kind
    if get_origin(kind) in (Union, UnionType, list, tuple):
        return next(filter(None, map(_record_in, get_args(kind))), None)
    return None


def _sentence(said: str, content: Content, where: str | Path) -> str:
    """What msgspec says, in a sentence of ours."""
    parts = _SAID.fullmatch(said)
    assert parts is not None
    message, place = parts["said"], parts["place"] or ""
    named = place.replace("[...]", "")
    if message.startswith("expected "):  # a record's own check
        return f"in {named} of {where}, {message}"
    if missing := re.search("missing required field `(.*)`", message):
        name = ".".join(filter(None, [named, missing[1]]))
        return f"expected {name} in {where}: it is not there."
    kind, _, limit = message.removeprefix("Expected `").partition("`")
    words = _WORDS.get(kind.split(" ")[0], kind)
    if limit.startswith(" ") or limit.startswith(" of"):
        words += f" {limit.strip()}"
    found = _found(content, place)
    came = message.rpartition("got `")[2].rstrip("`")
    came = _WORDS.get(came, came) if found is None else repr(str(found)[:60])
    within = " everywhere" if "[...]" in place else ""
    return f"expected {named} in {where} to be {words}{within}: found {came}."


def _found(content: object, place: str) -> object:
    """The value at a place like `data.name`; None where it is one of several."""
    for name in place.split("."):
        content = content.get(name) if isinstance(content, Mapping) else None
    return content
