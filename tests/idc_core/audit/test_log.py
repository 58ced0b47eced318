"""An audit log in a file and on a server: what was written stays, and what was changed shows."""

import json
import os
import subprocess
import sys

import psycopg
import pytest

from idc_core.audit.chain import mark
from idc_core.audit.file import FileLog
from idc_core.audit.log import Entry
from idc_core.audit.where import log_in
from idc_core.io.paths import REPOSITORY
from idc_core.io.postgres.address import address_of
from idc_core.io.refusal import Refusal

ACTS = ("sign_in", "open", "verdict", "lock")
WRITERS, EACH = 8, 8


class InFile:
    """A log in a file, as somebody who may write it can change it."""

    def __init__(self, path):
        self.log, self.named = FileLog(path), {"IDC_DATA": str(path.parent)}

    def lines(self):
        return self.log.path.read_bytes().splitlines()

    def rewrite(self, lines):
        self.log.path.write_bytes(b"".join(line + b"\n" for line in lines))

    def count(self):
        return json.loads(self.log.head.read_text())["last"]

    def recount(self, lines):
        head = json.loads(self.log.head.read_text())
        kept = self.lines()[:lines]
        counted = {"lines": lines, "size": sum(len(each) + 1 for each in kept)}
        self.log.head.write_text(json.dumps(head | counted | {"last": mark(kept[-1])}))


class OnServer:
    """The same in the tables of a server, as whoever keeps it can change it."""

    def __init__(self, url):
        from idc_core.audit.server import ServerLog

        self.log, self.named = ServerLog(address_of(url)), {"IDC_REVIEWS_URL": url}

    def ask(self, statement, *given):
        with psycopg.connect(**dict(self.log.address.given)) as connection:
            connection.execute("SET session_replication_role = replica")  # no trigger refuses
            found = connection.execute(statement, given)
            return found.fetchall() if found.description else []

    def lines(self):
        return [line.encode() for (line,) in self.ask("SELECT line FROM log_line ORDER BY id")]

    def rewrite(self, lines):
        self.ask("DELETE FROM log_line")
        for line in lines:
            self.ask("INSERT INTO log_line (log, line) VALUES ('audit', %s)", line.decode())

    def count(self):
        return self.ask("SELECT last FROM log_head")[0][0]

    def recount(self, lines):
        last = mark(self.lines()[lines - 1])
        self.ask("UPDATE log_head SET lines = %s, last = %s", lines, last)


@pytest.fixture(params=["file", "server"])
def place(request, tmp_path):
    """An empty place for a log: each test runs once with a file and once with a server."""
    if request.param == "file":
        return InFile(tmp_path / "audit.jsonl")
    return OnServer(request.getfixturevalue("new_url")())


@pytest.fixture
def written(place):
    """The place with an entry an act."""
    for number, act in enumerate(ACTS):
        place.log.append(Entry(at=f"2026-11-30T12:00:0{number}", person="ada", act=act))
    return place


def test_what_was_appended_is_read_in_its_order_and_fits(written):
    assert [each.act for each in written.log.entries()] == list(ACTS)
    found = written.log.check()
    assert (found.lines, found.broken) == (4, None)
    assert written.count() == found.last


def test_an_empty_log_fits(place):
    assert (place.log.check().lines, place.log.check().broken) == (0, None)


def test_every_entry_changes_the_stamp(written):
    before = written.log.stamp()
    assert written.log.stamp() == before
    written.log.append(Entry(at="2026-11-30T13:00:00", person="ada", act="tag"))
    assert written.log.stamp() != before


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_the_first_line_that_was_changed_or_follows_it_is_named(written, number):
    kept = written.lines()
    kept[number - 1] = kept[number - 1].replace(b'"ada"', b'"eve"')
    written.rewrite(kept)
    assert written.log.check().broken == min(number + 1, 4)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_line_taken_out_shows(written, number):
    kept = written.lines()
    del kept[number - 1]
    written.rewrite(kept)
    assert written.log.check().broken == number


def test_last_lines_taken_away_show(written):
    written.rewrite(written.lines()[:2])
    found = written.log.check()
    assert (found.broken, found.why) == (3, "The log ends after 2 lines: 4 were written.")


def test_lines_added_by_hand_show(written):
    for act in ("export", "tag"):
        written.log.append(Entry(at="2026-11-30T13:00:00", person="eve", act=act))
    written.recount(4)
    found = written.log.check()
    assert (found.broken, found.why) == (5, "2 lines follow the last that was counted.")


def test_a_line_that_is_no_entry_is_named(written):
    kept = written.lines()
    written.rewrite([*kept[:1], b"{}", *kept[2:]])
    assert written.log.check().broken == 2


WRITE = """
import os, sys
from idc_core.audit.log import Entry
from idc_core.audit.where import log_in
writers, each = map(int, sys.argv[1:])
for at in range(writers):
    if os.fork() == 0:
        break
else:
    sys.exit(max(os.waitstatus_to_exitcode(os.wait()[1]) != 0 for _ in range(writers)))
log = log_in()
for number in range(each):
    log.append(Entry(at="t", person=str(at), act=str(number)))
"""


def test_eight_processes_that_write_at_once_lose_nothing_and_keep_the_chain(place):
    done = subprocess.run(
        [sys.executable, "-c", WRITE, str(WRITERS), str(EACH)],
        cwd=REPOSITORY,
        env=os.environ | place.named,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = place.log.check()
    assert (found.lines, found.broken) == (WRITERS * EACH, None)
    assert place.count() == found.last
    for writer in range(WRITERS):
        own = [each.act for each in place.log.entries() if each.person == str(writer)]
        assert own == [str(number) for number in range(EACH)]


def test_a_server_refuses_to_forget_what_was_written(new_url):
    place = OnServer(new_url())
    place.log.append(Entry(at="t", person="ada", act="lock"))
    for statement in (
        "DELETE FROM log_line",
        "UPDATE log_line SET line = '{}'",
        "TRUNCATE log_line",
        "DELETE FROM log_head",
        "UPDATE log_head SET lines = 0",
    ):
        with (
            psycopg.connect(**dict(place.log.address.given)) as connection,
            pytest.raises(psycopg.Error, match=r"never|only grow"),
        ):
            connection.execute(statement)
    assert place.log.check().lines == 1


def test_a_server_that_cannot_be_reached_takes_no_entry_and_says_so(monkeypatch, free_port):
    monkeypatch.setenv("IDC_REVIEWS_URL", f"postgresql://a:sesame@127.0.0.1:{free_port}/x")
    with pytest.raises(Refusal, match="cannot be reached") as refused:
        log_in().append(Entry(at="t", person="ada", act="lock"))
    assert "sesame" not in str(refused.value)


def test_a_file_that_is_named_is_the_log_whatever_server_there_is(monkeypatch, tmp_path):
    monkeypatch.setenv("IDC_REVIEWS_URL", "postgresql://a:b@127.0.0.1:9/x")
    assert log_in(tmp_path / "own.jsonl").path == tmp_path / "own.jsonl"
