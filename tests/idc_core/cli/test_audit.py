"""`train_cli.py audit`: intact, or the first line that does not fit."""

import pytest

from idc_core.audit.file import FileLog
from idc_core.audit.log import Entry


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A log of three entries, where the command looks for it."""
    monkeypatch.setenv("IDC_DATA", str(tmp_path))
    kept = FileLog(tmp_path / "audit.jsonl")
    for act in ("open", "lock", "export"):
        kept.append(Entry(at="2026-11-30T12:00:00Z", person="lea", name="Dr Lea", act=act))
    return kept.path


def test_a_log_as_it_was_written_is_intact(file, command):
    code, said = command("audit", "--verify")
    assert code == 0
    assert said.startswith("Intact: 3 entries. Last: ")


def test_the_first_line_that_does_not_fit_is_named(file, command):
    file.write_bytes(file.read_bytes().replace(b'"open"', b'"none"'))
    code, said = command("audit", "--verify")
    assert (code, said.strip()) == (1, "Changed. Line 2 does not follow the one before.")


def test_without_a_word_the_entries_are_listed(file, command):
    code, said = command("audit")
    assert code == 0
    assert said.splitlines()[1] == "2026-11-30T12:00:00Z  Dr Lea  lock  allowed"


def test_a_log_that_is_not_there_is_bad_input(file, command, tmp_path):
    code, said = command("audit", "--log", str(tmp_path / "other.jsonl"), "--verify")
    assert code == 2
    assert "there is no" in said
