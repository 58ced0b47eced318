"""Tags and archive of runs."""

import subprocess
import sys
from pathlib import Path

import pytest

from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.records.notes import FILE, Change, Notes, read_notes, write_notes
from idc_core.runs.notes import (
    archive,
    tag,
    tags_of,
)


def test_notes_come_back_as_they_were_written(tmp_path: Path) -> None:
    assert read_notes(tmp_path) == Notes()
    change = Change("2026-01-02T03:04:05Z", "A. Reader", "archived")
    notes = Notes(("baseline", "seed 1"), archived=True, changes=(change,))
    write_notes(tmp_path, notes)
    assert read_notes(tmp_path) == notes


@pytest.mark.parametrize("content", ["[1]", '{"tags": 3}', "{"])
def test_damaged_notes_are_a_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    with pytest.raises(Refusal, match="expected"):
        read_notes(tmp_path)


def test_long_and_empty_tags_are_cut() -> None:
    assert tags_of(" , a" + "b" * 100 + ", ") == ("a" + "b" * 39,)


def test_tags_and_archive_leave_each_other_and_say_who_and_when(tmp_path: Path) -> None:
    tag(tmp_path, ("first",), by="A. Reader")
    archive(tmp_path, True, by="B. Reader")
    notes = tag(tmp_path, (), by="A. Reader")
    assert (notes.tags, notes.archived) == ((), True)
    assert read_notes(tmp_path) == notes
    assert [(each.by, each.what) for each in notes.changes] == [
        ("A. Reader", "tagged first"),
        ("B. Reader", "archived"),
        ("A. Reader", "tags removed"),
    ]
    assert all(each.at.endswith("Z") for each in notes.changes)


def test_nobody_changes_a_run(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    for act in (
        lambda run: tag(run, ("x",), by=" "),
        lambda run: archive(run, True, by=""),
    ):
        with pytest.raises(Refusal, match="expected who does it"):
            act(tmp_path / "old")
    assert [each.name for each in tmp_path.rglob("*")] == ["old"]


WRITE = """
import os, sys
from pathlib import Path
from idc_core.runs import notes
for at in range(8):
    if os.fork() == 0:
        break
else:
    sys.exit(max(os.waitstatus_to_exitcode(os.wait()[1]) != 0 for _ in range(8)))
for number in range(8):
    notes.record(Path(sys.argv[1]), f"reader {at}", f"change {number}")
"""


def test_eight_processes_that_write_at_once_lose_no_change(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WRITE, str(tmp_path)], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    found = [(change.by, change.what) for change in read_notes(tmp_path).changes]
    assert sorted(found) == [(f"reader {at}", f"change {n}") for at in range(8) for n in range(8)]
