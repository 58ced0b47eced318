"""What is of an audit log in a file alone: its closing count beside it, and kills in between."""

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


def test_lines_added_by_hand_show(log):
    head = log.head.read_bytes()
    for act in ("export", "tag"):
        log.append(Entry(at="2026-11-30T13:00:00", person="eve", act=act))
    log.head.write_bytes(head)
    found = log.check()
    assert (found.broken, found.why) == (5, "2 lines follow the last that was counted.")


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
