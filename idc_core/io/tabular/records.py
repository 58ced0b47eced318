"""JSON: records, lines of records, and the ways in which pandas writes a table as JSON."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from idc_core.io.refusal import Refusal
from idc_core.io.tabular.content import unreadable
from idc_core.io.tabular.encoding import in_utf8
from idc_core.io.tabular.table import MOST_COLUMNS, Table

_DEEP = 4
"""How deep fields inside of fields become columns of their own."""


def looks_like_json(head: bytes) -> bool:
    """Whether the first sign is that of JSON, and what follows can be."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64]
    if text.startswith(b"{"):
        return text[1:].lstrip()[:1] in (b'"', b"}")
    return text.startswith(b"[") and text[1:].lstrip()[:1] in (b"{", b"[", b"]")


def read_json(content: bytes, path: Path) -> Table:
    """Read a table written as JSON; every column holds texts, a list `[0.07, 0.93]`.

    Raises `Refusal` for JSON that is no table, and by line for lines that are no record.
    """
    data, encoding = in_utf8(content, path)
    text = data.decode()
    notes = [f"Read as {encoding}."] if encoding else []
    try:
        records: Sequence[Mapping[str, Any]] = _records(json.loads(text), path)
    except json.JSONDecodeError as broken:
        first = text.lstrip().split("\n", 1)[0].strip()
        if not (first.startswith("{") and first.endswith("}")):
            raise _broken(path, broken) from None
        records = _lines(text, path, notes)
    except RecursionError as broken:
        raise unreadable(path, broken) from None
    return Table(path, "JSON", _table(records, path), tuple(notes))


def _lines(text: str, path: Path, notes: list[str]) -> list[dict[str, Any]]:
    records = []
    lines = [line for line in text.splitlines() if line.strip()]
    for row, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as broken:
            if row == len(lines) and row > 1 and not line.rstrip().endswith("}"):
                notes.append(f"The last line is cut off: row {row:,}, {line[:60]!r}, is left out.")
                break
            raise unreadable(path, ValueError(f"row {row:,}: {broken}")) from None
        if not isinstance(record, dict):
            raise Refusal(
                f"expected a record in every line of {path}: row {row:,} holds {line[:60]!r}."
            )
        records.append(record)
    return records


def _records(content: Any, path: Path) -> list[dict[str, Any]]:
    """Rows by the shape they were written in."""
    if isinstance(content, list) and all(isinstance(row, dict) for row in content):
        return content
    if isinstance(content, list) and content and all(isinstance(row, list) for row in content):
        return [{f"column {at}": cell for at, cell in enumerate(row, 1)} for row in content]
    if isinstance(content, dict):
        rows = content.get("data")
        names = content.get("columns")
        if isinstance(rows, list) and isinstance(names, list):  # orient="split"
            return [dict(zip(map(str, names), row, strict=False)) for row in rows]
        values = list(content.values())
        if values and all(isinstance(value, list) for value in values):
            if len({len(value) for value in values}) == 1 and len(values) > 1:
                return [dict(zip(content, row, strict=True)) for row in zip(*values, strict=True)]
            if len(values) == 1:
                return _records(values[0], path)
        if isinstance(rows, list):  # orient="table", and many services
            return _records(rows, path)
        if values and all(isinstance(value, dict) for value in values):
            return _of_objects(content)
        if values and not any(isinstance(value, list | dict) for value in values):
            if len(values) < 2:
                return [content]
            return [{"name": name, "value": value} for name, value in content.items()]
    raise Refusal(
        f'expected records in {path}, like [{{"file": "…", "prob": 0.93}}, …]: it holds '
        f"{_kind(content)}."
    )


def _of_objects(content: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """A column an object (pandas' default) if all have the same keys, many of them; else a row."""
    keys = [tuple(value) for value in content.values()]
    counted = keys[0] == tuple(map(str, range(len(keys[0]))))
    if all(key == keys[0] for key in keys) and (counted or len(keys[0]) > len(keys)):
        return [{name: column[key] for name, column in content.items()} for key in keys[0]]
    return [{"name": name, **value} for name, value in content.items()]


def _table(records: Sequence[Mapping[str, Any]], path: Path) -> pa.Table:
    flat = [_flat(record) if _is_nested(record) else record for record in records]
    names = list(dict.fromkeys(name for record in flat for name in record))
    if len(names) > MOST_COLUMNS:
        raise Refusal(
            f"expected a table of at most {MOST_COLUMNS:,} columns in {path}: it has more."
        )
    return pa.table(
        {
            name.strip() or f"column {place}": pa.array(
                [_text(record.get(name)) for record in flat], pa.large_string()
            )
            for place, name in enumerate(names, 1)
        }
    )


def _is_nested(record: Mapping[str, Any]) -> bool:
    return any(isinstance(value, dict) for value in record.values())


def _flat(record: Mapping[str, Any], start: str = "", deep: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, dict) and deep < _DEEP:
            found |= _flat(value, f"{start}{name}.", deep + 1)
        else:
            found[f"{start}{name}"] = value
    return found


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, list | dict) else str(value)


def _broken(path: Path, broken: json.JSONDecodeError) -> Refusal:
    return Refusal(
        f"expected a table in {path}: it begins like JSON and cannot be read ({broken.msg}, line "
        f"{broken.lineno:,}). Was it cut off?"
    )


def _kind(content: Any) -> str:
    if isinstance(content, list | dict):
        return f"{'a list' if isinstance(content, list) else 'an object'} of something else"
    return f"only {str(content)[:40]!r}"
