"""An audit log in a file: what was written stays, and what was changed shows."""

import json
import subprocess
import sys

import pytest

from idc_core.audit.file import FileLog
from idc_core.audit.log import Entry
from idc_core.io.refusal import Refusal

ACTS = ("sign_in", "open", "verdict", "lock")


@pytest.fixture
def log(tmp_path):
    made = FileLog(tmp_path / "audit.jsonl")
    for number, act in enumerate(ACTS):
        made.append(Entry(at=f"2026-11-30T12:00:0{number}", person="ada", act=act))
    return made


def lines(log):
    return log.path.read_bytes().splitlines(keepends=True)


def test_what_was_appended_is_read_in_its_order_and_fits(log):
    assert [each.act for each in log.entries()] == list(ACTS)
    found = log.check()
    assert (found.lines, found.broken) == (4, None)
    assert json.loads(log.head.read_text())["last"] == found.last


def test_an_empty_log_fits(tmp_path):
    assert FileLog(tmp_path / "none.jsonl").check().lines == 0


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_the_first_line_that_was_changed_or_follows_it_is_named(log, number):
    kept = lines(log)
    kept[number - 1] = kept[number - 1].replace(b'"ada"', b'"eve"')
    log.path.write_bytes(b"".join(kept))
    assert log.check().broken == min(number + 1, 4)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_line_taken_out_shows(log, number):
    kept = lines(log)
    del kept[number - 1]
    log.path.write_bytes(b"".join(kept))
    assert log.check().broken == number


def test_last_lines_taken_away_show(log):
    log.path.write_bytes(b"".join(lines(log)[:2]))
    found = log.check()
    assert (found.broken, found.why) == (3, "The log ends after 2 lines: 4 were written.")


def test_lines_added_by_hand_show(log):
    head = log.head.read_bytes()
    for act in ("export", "tag"):
        log.append(Entry(at="2026-11-30T13:00:00", person="eve", act=act))
    log.head.write_bytes(head)
    found = log.check()
    assert (found.broken, found.why) == (5, "2 lines follow the last that was counted.")


def test_a_line_that_is_no_entry_is_named(log):
    kept = lines(log)
    log.path.write_bytes(b"".join([*kept[:1], b"{}\n", *kept[2:]]))
    assert log.check().broken == 2


def test_a_kill_before_the_count_loses_nothing(log):
    head = log.head.read_bytes()
    log.append(Entry(at="2026-11-30T13:00:00", person="ada", act="export"))
    log.head.write_bytes(head)
    assert log.check().broken is None
    log.append(Entry(at="2026-11-30T13:00:01", person="ada", act="tag"))
    assert [each.act for each in log.entries()] == [*ACTS, "export", "tag"]
    assert (log.check().lines, log.check().broken) == (6, None)


def test_a_line_cut_short_by_a_kill_is_cut_off_before_the_next(log):
    with log.path.open("ab") as file:
        file.write(b'{"at": "2026')
    assert log.check().broken is None
    log.append(Entry(at="2026-11-30T13:00:01", person="ada", act="tag"))
    assert [each.act for each in log.entries()] == [*ACTS, "tag"]
    assert (log.check().lines, log.check().broken) == (5, None)


def test_without_its_count_nothing_is_added(log):
    log.head.unlink()
    with pytest.raises(Refusal, match="closing count"):
        log.append(Entry(at="2026-11-30T13:00:01", person="ada", act="tag"))
    with pytest.raises(Refusal, match="closing count"):
        log.check()
    assert len(lines(log)) == 4


def test_processes_that_write_at_once_lose_nothing(tmp_path):
    code = (
        "import sys; from pathlib import Path; from idc_core.audit.file import FileLog;"
        "from idc_core.audit.log import Entry; log = FileLog(Path(sys.argv[1]));"
        "[log.append(Entry(at='t', person=sys.argv[2], act=str(i))) for i in range(8)]"
    )
    file = tmp_path / "audit.jsonl"
    begun = [
        subprocess.Popen([sys.executable, "-c", code, str(file), name]) for name in ("ada", "ben")
    ]
    assert [each.wait() for each in begun] == [0, 0]
    found = FileLog(file)
    assert (found.check().lines, found.check().broken) == (16, None)
    for name in ("ada", "ben"):
        own = [each.act for each in found.entries() if each.person == name]
        assert own == [str(number) for number in range(8)]
