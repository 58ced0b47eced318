"""Following an audit log: from each line to the next by its digest, and to its closing count."""

import hashlib
from collections.abc import Iterable

from idc_core.audit.log import Checked, Entry
from idc_core.io import record
from idc_core.io.files import json_in
from idc_core.io.refusal import Refusal


def followed(lines: Iterable[bytes], counted: int, newest: str | None, uncounted: int) -> Checked:
    """Whether lines follow from each other and are those that were counted.

    `counted` lines were, of which `newest` is the digest of the last; `uncounted`: lines that may
    follow them, as a kill came before they were counted.
    """
    number, last, before, at_count = 0, "", None, ""
    for number, line in enumerate(lines, start=1):
        where = f"line {number}"
        try:
            entry = entry_in(line, where)
        except Refusal as refused:
            return Checked(number, last, number, f"Line {number} is no entry: {refused}")
        if entry.previous != before:
            return Checked(number, last, number, f"Line {number} does not follow the one before.")
        last = before = mark(line)
        if number == counted:
            at_count = last
    if number < counted:
        why = f"The log ends after {number:,} lines: {counted:,} were written."
        return Checked(number, last, number + 1, why)
    if at_count != (newest or ""):
        return Checked(number, last, counted, f"Line {counted} is not the one written.")
    if number > counted + uncounted:
        why = f"{number - counted:,} lines follow the last that was counted."
        return Checked(number, last, counted + 1, why)
    return Checked(number, last)


def entry_in(line: bytes, where: str) -> Entry:
    """The entry in a line; raises `Refusal` where it is none."""
    return record.of(Entry, json_in(line, f"JSON in {where}"), where)


def mark(line: bytes) -> str:
    """The digest by which the next line and the closing count know a line."""
    return hashlib.sha256(line).hexdigest()
