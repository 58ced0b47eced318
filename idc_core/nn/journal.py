"""`history.csv` and `events.jsonl`: only ever appended to, each row once.

A row is written after the checkpoint that holds it, so that a kill between the two leaves a row
missing, never doubled; the resumed run adds it.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from idc_core.io import record
from idc_core.io.provenance import now
from idc_core.records.history import Event, read_events


def append_history(folder: Path, row: Mapping[str, float]) -> None:
    """Add the row of an epoch, unless it is there; a row cut short by a kill is cut off first."""
    file = folder / "history.csv"
    _cut_torn_line(file)
    lines = file.read_text().splitlines() if file.is_file() else []
    if any(line.split(",")[0] == str(row["epoch"]) for line in lines[1:]):
        return
    text = ",".join(_text(value) for value in row.values()) + "\n"
    if not lines:
        text = ",".join(row) + "\n" + text
    with file.open("ab") as opened:
        opened.write(text.encode())
        opened.flush()
        os.fsync(opened.fileno())


def append_events(folder: Path, events: Sequence[Event]) -> None:
    """Add events with the time, except those of the same epoch and kind that are there;
    it can be stopped and resumed more than once in an epoch."""
    file = folder / "events.jsonl"
    _cut_torn_line(file)
    known = {(event.epoch, event.kind) for event in read_events(folder)}
    for event in events:
        if event.kind in ("resume", "stop") or (event.epoch, event.kind) not in known:
            record.append(file, record.replace(event, at=now()))


def _text(value: float) -> str:
    return "" if value != value else repr(value)


def _cut_torn_line(file: Path) -> None:
    if not file.is_file():
        return
    content = file.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole != len(content):
        os.truncate(file, whole)
