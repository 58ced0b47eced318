"""Readers at once, kills, locks, and files that are gone, newer, older or damaged."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from idc_core.io.paths import REPOSITORY
from idc_core.io.postgres.address import Address
from idc_core.io.refusal import Refusal
from idc_core.reviews import VERSION, Verdict, open_reviews
from idc_core.reviews import file as module
from tests.verdicts import verdict

WRITERS, BATCH = 8, 10


# Half of them one by one, half in batches that are each sent twice. A program of its own: a process
# that multiprocessing spawns runs anew whatever is `__main__`, after a dashboard test a page. It
# forks, so that all begin together and what they import is imported once.
WRITERS_AT_ONCE = """
import os, sys
from idc_core.reviews import Verdict, default_where, open_reviews
writers, each, size = map(int, sys.argv[1:])
for at in range(writers):
    if os.fork() == 0:
        break
else:
    sys.exit(max(os.waitstatus_to_exitcode(os.wait()[1]) != 0 for _ in range(writers)))
reviewer = f"reader {at}"
reviews = open_reviews(default_where(), wait=120)
def verdict(x):
    return Verdict(data="d", patient="p", x=x, y=1, reviewer=reviewer, verdict="unsure", run="r",
        model="m", split="test", threshold=.5, score=.5, label=1)
for x in range(each // 2):
    reviews.record([verdict(x)])
for first in range(each // 2, each, size):
    batch = [verdict(x) for x in range(first, first + size)]
    for _ in range(2):
        reviews.record(batch, token=f"{reviewer} {first}")
"""


@pytest.mark.slow
@pytest.mark.parametrize("each", [200, pytest.param(1000, marks=pytest.mark.long)])
def test_eight_readers_at_once_lose_and_double_nothing(tmp_path, where, named, each):
    words = map(str, (WRITERS, each, BATCH))
    done = subprocess.run(
        [sys.executable, "-c", WRITERS_AT_ONCE, *words],
        cwd=REPOSITORY,
        env=os.environ | named,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0
    history = open_reviews(where).history("d")
    assert len(history) == WRITERS * each
    assert len(history[["reviewer", "x"]].drop_duplicates()) == WRITERS * each
    assert history["token"].nunique() == WRITERS * (each // 2 + each // 2 // BATCH)
    assert is_whole(where)
    assert not list(tmp_path.rglob("reviews.v*"))


CHILD = """
import sys
from idc_core.reviews import Verdict, default_where, open_reviews
reviews, size = open_reviews(default_where()), int(sys.argv[1])
for x in range(100_000):
    token = reviews.record([Verdict(data="d", patient="p", x=x, y=y, reviewer="Ada",
        verdict="unsure", run="r", model="m", split="test", threshold=.5, score=.5, label=1)
        for y in range(size)])
    print(token, flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 500])
@pytest.mark.parametrize(
    "after",
    [
        pytest.param(0.05, marks=pytest.mark.long),
        0.2,
        pytest.param(0.5, marks=pytest.mark.long),
    ],
)
def test_a_kill_loses_no_verdict_that_was_acknowledged(where, named, after, size):
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(size)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        env=os.environ | named,
    )
    first = child.stdout.readline()
    time.sleep(after)
    os.kill(child.pid, signal.SIGKILL)
    rest, _ = child.communicate()
    acknowledged = [first.strip(), *rest.split("\n")[:-1]]
    stored = open_reviews(where).history("d").groupby("token", sort=False).size()
    assert stored.index[: len(acknowledged)].tolist() == acknowledged
    assert len(stored) - len(acknowledged) <= 1  # the one that was on the disk but not yet said
    assert set(stored) == {size}  # no batch is there in part
    assert is_whole(where)


def test_a_verdict_is_stored_once_it_is_on_the_disk(tmp_path, monkeypatch, kept_by):
    """Asked of SQLite, as no kill would tell: only a machine that stops."""
    monkeypatch.setattr(module, "SYNCHRONOUS", kept_by)
    with closing(module._connect(tmp_path / "reviews.sqlite", 1, create=True)) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


def is_whole(path):
    if isinstance(path, Address):
        return True  # what a server damages it finds itself
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize(("kind", "attempts"), [("sqlite", 10), ("postgres", 3)])
def test_many_may_begin_the_same_place_at_once(tmp_path, new_place, kind, attempts):
    for _ in range(attempts):
        place = new_place(kind)
        with ThreadPoolExecutor(8) as threads:
            opened = list(threads.map(lambda _, place=place: open_reviews(place), range(8)))
        opened[0].record([verdict()])
        assert opened[-1].stamp() == 1
    assert not list(tmp_path.rglob("*.v*"))


def test_one_who_begins_a_file_waits_for_another_who_does(tmp_path):
    path = tmp_path / "reviews.sqlite"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    later = threading.Timer(0.2, other.execute, ("ROLLBACK",))
    later.start()
    open_reviews(path).record([verdict()])
    later.join()
    other.close()
    assert open_reviews(path).stamp() == 1


FILLS = """
import resource, sys
from pathlib import Path
from idc_core.io.refusal import Refusal
from idc_core.reviews import Verdict, open_reviews
reviews = open_reviews(Path(sys.argv[1]))
def record(x):
    return reviews.record([Verdict(data="d", patient="p", x=x, y=1, reviewer="Ada",
        verdict="unsure", run="r", model="m", split="test", threshold=.5, score=.5, label=1,
        comment="c" * 2000)])
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
acknowledged = []
try:
    for x in range(1000):
        acknowledged.append(record(x))
except Refusal as refusal:
    print(refusal)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert reviews.history("d")["token"].tolist() == acknowledged
record(1001)
print(len(acknowledged), len(reviews.history("d")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a file's size is limited as Linux does it")
def test_a_full_disk_gives_a_sentence_and_loses_nothing(tmp_path):
    path = tmp_path / "reviews.sqlite"
    done = subprocess.run(
        [sys.executable, "-c", FILLS, str(path)], capture_output=True, text=True, cwd=REPOSITORY
    )
    assert done.returncode == 0, done.stderr
    sentence, counts = done.stdout.strip().split("\n")
    assert "expected room on the disk" in sentence
    acknowledged, stored = map(int, counts.split())
    assert 10 < acknowledged == stored - 1
    assert is_whole(path)


def test_a_locked_file_gives_a_sentence_and_stores_nothing(tmp_path):
    reviews = open_reviews(tmp_path / "reviews.sqlite", wait=0.1)
    other = sqlite3.connect(reviews.where, isolation_level=None)
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
    other = sqlite3.connect(reviews.where, isolation_level=None)
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
    assert not reviews.where.exists()


def test_a_newer_schema_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "reviews.sqlite"
    open_reviews(path).record([verdict()])
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    with pytest.raises(Refusal, match="newer IDC Review"):
        open_reviews(path)
    assert len(list(tmp_path.glob("reviews.v*"))) == 0


def test_a_schema_that_became_newer_while_open_is_refused_at_the_next_verdict(tmp_path):
    reviews = open_reviews(tmp_path / "reviews.sqlite")
    with closing(sqlite3.connect(reviews.where)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    for call in (lambda: reviews.record([verdict()]), lambda: reviews.standing("d")):
        with pytest.raises(Refusal, match="newer IDC Review"):
            call()


def test_a_file_replaced_by_an_empty_one_is_refused(tmp_path):
    reviews = open_reviews(tmp_path / "reviews.sqlite")
    for file in tmp_path.glob("reviews.sqlite*"):
        file.unlink()
    reviews.where.touch()
    with pytest.raises(Refusal, match="replaced while it was open"):
        reviews.record([verdict()])


def test_a_database_of_something_else_is_left_alone(tmp_path):
    path = tmp_path / "bookmarks.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmark (address TEXT)")
    with pytest.raises(Refusal, match="database of something else"):
        open_reviews(path)
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [("bookmark",)]


def test_a_page_that_was_damaged_is_noticed_when_the_file_is_opened(tmp_path):
    path = tmp_path / "reviews.sqlite"
    open_reviews(path).record([verdict(x) for x in range(500)])
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4096] = bytes(range(256)) * 16
    path.write_bytes(content)
    with pytest.raises(Refusal, match="damaged"):
        open_reviews(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("written", "read"), [(b"unsure", b"unsurd"), (b"Ada", b"Adb"), (b"of the border", b"on")]
)
def test_a_bit_of_a_verdict_that_flips_is_noticed_when_the_file_is_opened(tmp_path, written, read):
    path = tmp_path / "reviews.sqlite"
    for x in range(9):
        open_reviews(path).record([verdict(x, comment="of the border"), verdict(x + 9)])
    content = path.read_bytes()
    path.write_bytes(content.replace(written, read.ljust(len(written)), 1))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with pytest.raises(Refusal, match=r"damaged .*a row of event is not as it was written"):
        open_reviews(path)


def test_rows_of_before_there_were_digests_are_vouched_for_from_then_on(tmp_path):
    path = tmp_path / "reviews.sqlite"
    open_reviews(path).record([verdict()])
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("DROP TABLE written; PRAGMA user_version = 3;")
    assert len(open_reviews(path).history("d")) == 1
    assert len(list(tmp_path.glob("reviews.v3.*.sqlite"))) == 1
    path.write_bytes(path.read_bytes().replace(b"unsure", b"unsurd"))
    with pytest.raises(Refusal, match="a row of event is not as it was written"):
        open_reviews(path)


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
    assert len(list(tmp_path.glob(f"reviews.v{VERSION}.*.sqlite"))) == 1
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


def test_a_folder_in_place_of_the_file_gives_a_sentence(tmp_path):
    (tmp_path / "reviews.sqlite").mkdir()
    with pytest.raises(Refusal, match="cannot be opened"):
        open_reviews(tmp_path / "reviews.sqlite")


def test_a_file_in_place_of_the_folder_gives_a_sentence(tmp_path):
    (tmp_path / "data").touch()
    with pytest.raises(Refusal, match="expected reviews"):
        open_reviews(tmp_path / "data" / "reviews.sqlite")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes anywhere")
def test_a_file_that_may_only_be_read_gives_a_sentence(tmp_path):
    reviews = open_reviews(tmp_path / "reviews.sqlite")
    reviews.where.chmod(0o444)
    with pytest.raises(Refusal, match="may only be read"):
        reviews.record([verdict()])


def test_a_file_that_may_only_be_read_is_read_and_refuses_what_is_new(tmp_path, monkeypatch):
    path = tmp_path / "reviews.sqlite"
    seen = Verdict(
        data="d",
        patient="p",
        x=1,
        y=1,
        reviewer="r",
        verdict="idc",
        run="a",
        model="m",
        split="test",
        threshold=0.5,
        score=0.4,
        label=1,
    )
    open_reviews(path).record([seen])
    for beside in tmp_path.glob("reviews.sqlite-*"):
        beside.unlink()
    path.chmod(0o444)
    # root may write to anything: the rights are asked for as any other user would find them
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert len(open_reviews(path).standing("d")) == 1
