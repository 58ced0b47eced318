"""Readers at once, kills, locks, and files that are gone, newer, older or damaged."""

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from idc_core import reviews as module
from idc_core.places import REPOSITORY
from idc_core.refusal import Refusal
from idc_core.reviews import VERSION, Verdict, open_reviews

EACH, WRITERS = 1000, 8


def verdict(x=1, reviewer="Ada"):
    return Verdict(
        data="d", patient="p", x=x, y=1, reviewer=reviewer, verdict="unsure", run="r", model="m",
        split="test", threshold=0.5, score=0.5, label=1,
    )  # fmt: skip


def write_many(path, reviewer):
    reviews = open_reviews(path, wait=120)
    for x in range(EACH):
        reviews.record([verdict(x, reviewer)])


@pytest.mark.slow
def test_eight_readers_at_once_lose_and_double_nothing(tmp_path):
    path = tmp_path / "reviews.sqlite"
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=write_many, args=(path, f"reader {at}")) for at in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    history = open_reviews(path).history("d")
    assert len(history) == WRITERS * EACH
    assert len(history[["reviewer", "x"]].drop_duplicates()) == WRITERS * EACH
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)


CHILD = """
import sys
from pathlib import Path
from idc_core.reviews import Verdict, open_reviews
reviews = open_reviews(Path(sys.argv[1]))
for x in range(100_000):
    token = reviews.record([Verdict(data="d", patient="p", x=x, y=1, reviewer="Ada",
        verdict="unsure", run="r", model="m", split="test", threshold=.5, score=.5, label=1)])
    print(token, flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.05, 0.2, 0.5])
def test_a_kill_loses_no_verdict_that_was_acknowledged(tmp_path, after):
    path = tmp_path / "reviews.sqlite"
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    )
    first = child.stdout.readline()
    time.sleep(after)
    os.kill(child.pid, signal.SIGKILL)
    rest, _ = child.communicate()
    acknowledged = [first.strip(), *rest.split("\n")[:-1]]
    stored = open_reviews(path).history("d")["token"].tolist()
    assert stored[: len(acknowledged)] == acknowledged
    assert len(stored) - len(acknowledged) <= 1  # the one that was on the disk but not yet said
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_locked_file_gives_a_sentence_and_stores_nothing(tmp_path):
    reviews = open_reviews(tmp_path / "reviews.sqlite", wait=0.1)
    other = sqlite3.connect(reviews.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Refusal, match="another process holds it"):
        reviews.record([verdict()])
    other.execute("ROLLBACK")
    other.close()
    assert reviews.history("d").empty
    reviews.record([verdict()])
    assert len(reviews.history("d")) == 1


def test_a_reader_is_not_kept_waiting_by_a_writer(tmp_path):
    reviews = open_reviews(tmp_path / "reviews.sqlite", wait=0.1)
    reviews.record([verdict()])
    other = sqlite3.connect(reviews.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert len(reviews.standing("d")) == 1
    other.execute("ROLLBACK")
    other.close()


def test_a_file_that_vanished_is_not_silently_begun_anew(tmp_path):
    reviews = open_reviews(tmp_path / "reviews.sqlite")
    reviews.record([verdict()])
    for file in tmp_path.glob("reviews.sqlite*"):
        file.unlink()
    with pytest.raises(Refusal, match="cannot be opened or is gone"):
        reviews.record([verdict()])
    assert not reviews.path.exists()


def test_a_newer_schema_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "reviews.sqlite"
    open_reviews(path).record([verdict()])
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    with pytest.raises(Refusal, match="newer IDC Review"):
        open_reviews(path)
    assert len(list(tmp_path.glob("reviews.v*"))) == 0


def test_an_older_schema_is_backed_up_before_it_is_changed(tmp_path, monkeypatch):
    path = tmp_path / "reviews.sqlite"
    open_reviews(path).record([verdict()])
    monkeypatch.setattr(module, "VERSION", VERSION + 1)
    add = "ALTER TABLE event ADD COLUMN difficulty INTEGER"
    monkeypatch.setitem(module._UPGRADES, VERSION, lambda connection: connection.execute(add))
    reviews = open_reviews(path)
    assert len(reviews.history("d")) == 1
    (copy,) = tmp_path.glob(f"reviews.v{VERSION}.*.sqlite")
    old = sqlite3.connect(copy)
    assert old.execute("PRAGMA user_version").fetchone()[0] == VERSION
    assert old.execute("SELECT COUNT(*) FROM event").fetchone()[0] == 1
    assert "difficulty" not in [row[1] for row in old.execute("PRAGMA table_info(event)")]
    old.close()


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "reviews.sqlite"
    open_reviews(path).record([verdict()])
    monkeypatch.setattr(module, "VERSION", VERSION + 1)
    monkeypatch.setitem(
        module._UPGRADES, VERSION, lambda connection: connection.execute("ALTER TABLE nothing")
    )
    with pytest.raises(Refusal):
        open_reviews(path)
    monkeypatch.undo()
    assert len(open_reviews(path).history("d")) == 1


@pytest.mark.parametrize("content", [b"", b"no database at all, but text " * 200])
def test_a_file_that_is_no_database_is_refused_or_begun(tmp_path, content):
    path = tmp_path / "reviews.sqlite"
    path.write_bytes(content)
    if content:
        with pytest.raises(Refusal, match="damaged or no SQLite file"):
            open_reviews(path)
        assert path.read_bytes() == content
    else:
        open_reviews(path).record([verdict()])


def test_a_folder_that_may_not_be_written_gives_a_sentence(tmp_path):
    (tmp_path / "reviews.sqlite").mkdir()
    with pytest.raises(Refusal, match="expected"):
        open_reviews(tmp_path / "reviews.sqlite")
