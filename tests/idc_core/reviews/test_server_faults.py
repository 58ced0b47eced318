"""A server that is killed, away, busy, newer, somebody else's or not for us; and its password,
which nobody ever reads."""

import logging
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from idc_core.io.paths import REPOSITORY
from idc_core.io.postgres import pool, schema
from idc_core.io.postgres.address import address_of
from idc_core.io.refusal import Refusal
from idc_core.reviews import open_reviews
from idc_core.reviews.where import reading, writing
from tests.verdicts import verdict
from tests.writers import refused_in

WRITERS = 8


@pytest.fixture
def where(new_place):
    return new_place("postgres")


# Each sends a verdict until it is acknowledged, under the same token; what it was told is stored it
# prints. It forks, so that what they import is imported once.
WRITE_ON = """
import os, sys, time
from idc_core.io.refusal import Refusal
from idc_core.reviews import Verdict, default_where, open_reviews
writers, each = map(int, sys.argv[1:])
for at in range(writers):
    if os.fork() == 0:
        break
else:
    sys.exit(max(os.waitstatus_to_exitcode(os.wait()[1]) != 0 for _ in range(writers)))
reviewer, refused = f"reader {at}", 0
reviews = open_reviews(default_where(), wait=120)
for x in range(each):
    said = [Verdict(data="d", patient="p", x=x, y=1, reviewer=reviewer, verdict="unsure", run="r",
        model="m", split="test", threshold=.5, score=.5, label=1)]
    while True:
        try:
            token = reviews.record(said, token=f"{reviewer} {x}")
        except Refusal as refusal:
            said_so = str(refusal)
            assert "connection broke" in said_so or "cannot be reached" in said_so, refusal
            refused += 1
            time.sleep(0.05)
        else:
            os.write(1, f"{token}\\n".encode())
            break
os.write(2, f"{refused} refused\\n".encode())
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("each", "kills"), [(40, 1), pytest.param(1000, 4, marks=pytest.mark.long)]
)
def test_a_server_that_is_killed_loses_and_doubles_nothing(postgres, where, named, each, kills):
    child = subprocess.Popen(
        [sys.executable, "-c", WRITE_ON, str(WRITERS), str(each)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        env=os.environ | named,
    )
    acknowledged = []
    for kill in range(1, kills + 1):
        while len(acknowledged) < WRITERS * each * kill // (kills + 1):
            acknowledged.append(child.stdout.readline().strip())
        postgres.kill()
        postgres.start()
        stored = set(open_reviews(where).history("d")["token"])
        assert stored >= set(acknowledged)
    rest, said = child.communicate(timeout=300)
    assert child.returncode == 0, said
    assert refused_in(said) > 0, "no writer felt a kill"
    acknowledged += rest.split()
    history = open_reviews(where).history("d")
    assert sorted(history["token"]) == sorted(
        f"reader {at} {x}" for at in range(WRITERS) for x in range(each)
    )
    assert history["id"].is_monotonic_increasing


def test_connections_that_died_with_the_server_are_replaced_unseen(postgres, where):
    reviews = open_reviews(where)
    reviews.record([verdict()])
    postgres.kill()
    postgres.start()
    reviews.record([verdict(2)])
    assert reviews.history("d")["x"].tolist() == [1, 2]


def test_a_server_that_cannot_be_reached_gives_a_sentence(free_port):
    address = address_of(f"postgresql://ada:sesame@127.0.0.1:{free_port}/reviews")
    for call in (lambda: open_reviews(address), lambda: _write(address)):
        with pytest.raises(Refusal, match="it cannot be reached") as refused:
            call()
        assert f"127.0.0.1:{free_port}/reviews" in str(refused.value)
        assert "Nothing was stored" in str(refused.value)
        assert "sesame" not in str(refused.value)


def test_a_server_that_says_nothing_is_waited_for_once_and_not_by_everybody():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        address = address_of(f"postgresql://a:b@127.0.0.1:{port}/x?connect_timeout=2")
        for _ in range(3):
            with pytest.raises(Refusal, match="it cannot be reached"):
                open_reviews(address)
        silent.settimeout(0)
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()


def _write(address):
    with writing(address, 1):
        pass


def test_a_connection_that_breaks_as_it_stores_claims_nothing(where, monkeypatch):
    reviews = open_reviews(where)
    reviews.record([verdict()])

    def broken(connection):
        if connection.autocommit:
            return commit(connection)
        number = connection.info.backend_pid
        with psycopg.connect(**dict(where.given), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (number,))
        return commit(connection)

    commit = psycopg.Connection.commit
    monkeypatch.setattr(psycopg.Connection, "commit", broken)
    with pytest.raises(Refusal, match="Whether it is stored is not known"):
        reviews.record([verdict(2)])
    monkeypatch.undo()
    assert reviews.history("d")["x"].tolist() == [1]
    reviews.record([verdict(2)])
    assert reviews.history("d")["x"].tolist() == [1, 2]


def test_a_wrong_password_is_refused_and_never_said(postgres, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    address = address_of(postgres.url(password="open sesame"))
    with pytest.raises(Refusal, match="does not let this program in") as refused:
        open_reviews(address)
    out, err = capfd.readouterr()
    assert "sesame" not in f"{refused.value!r} {caplog.text} {out} {err} {address!r}"


def test_the_password_is_in_no_log_message_or_list_of_processes(postgres, where, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    open_reviews(where).record([verdict()])
    secret = dict(where.given)["password"]
    assert secret == "s3cret:@/#?% ü"
    out, err = capfd.readouterr()
    shown = postgres.log.read_text() + caplog.text + out + err
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            shown += process.read_text(errors="replace")
        except OSError:
            continue
    assert "s3cret" not in shown
    assert "INSERT INTO event" in shown, "the server's log was not looked at"


def test_one_who_waits_for_another_writer_is_refused_in_time(where):
    reviews, patient = open_reviews(where, wait=0.2), open_reviews(where, wait=60)
    with writing(where, 1):
        with pytest.raises(Refusal, match="another process holds it"):
            reviews.record([verdict()])
        assert reviews.history("d").empty, "who reads is not kept waiting"
        later = threading.Thread(target=patient.record, args=([verdict()],))
        later.start()
    later.join()
    assert len(reviews.history("d")) == 1


def test_who_reads_sees_one_moment(where):
    reviews = open_reviews(where)
    with reading(where, 1) as connection:
        before = connection.execute("SELECT COUNT(*) FROM event").fetchone()
        reviews.record([verdict()])
        assert connection.execute("SELECT COUNT(*) FROM event").fetchone() == before == (0,)
    assert len(reviews.history("d")) == 1


def test_what_a_writer_ended_with_is_on_the_disk_whatever_the_server_says(where):
    given = dict(where.given)
    with psycopg.connect(**given, autocommit=True) as connection:
        connection.execute("ALTER ROLE keeper SET synchronous_commit = off")
        connection.execute("ALTER ROLE keeper SET default_transaction_isolation = serializable")
    try:
        open_reviews(where)
        with writing(where, 1) as session:
            told = session.execute(
                "SELECT current_setting('synchronous_commit'), "
                "current_setting('transaction_isolation')"
            ).fetchone()
        assert told == ("on", "read committed")
    finally:
        with psycopg.connect(**given, autocommit=True) as connection:
            connection.execute("ALTER ROLE keeper RESET ALL")


def test_a_newer_schema_is_refused_when_opened_and_at_the_next_verdict(where, statement_on):
    reviews = open_reviews(where)
    with psycopg.connect(**dict(where.given)) as connection:
        connection.execute(f"UPDATE {schema.VERSIONS} SET version_num = {schema.VERSION + 1}")
    for call in (
        lambda: open_reviews(where),
        lambda: reviews.record([verdict()]),
        lambda: reviews.standing("d"),
    ):
        with pytest.raises(Refusal, match="newer IDC Review"):
            call()


def test_tables_that_went_away_give_a_sentence(where):
    reviews = open_reviews(where)
    with psycopg.connect(**dict(where.given)) as connection:
        connection.execute("DROP TABLE event")
    with pytest.raises(Refusal, match=r"tables of the reviews .* they are gone"):
        reviews.record([verdict()])


def test_a_database_of_something_else_is_left_alone(where):
    with psycopg.connect(**dict(where.given)) as connection:
        connection.execute("CREATE TABLE event (address TEXT)")
    with pytest.raises(Refusal, match="tables of something else"):
        open_reviews(where)
    with psycopg.connect(**dict(where.given)) as connection:
        found = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        )
        assert found.fetchall() == [("event",)]


def test_an_upgrade_that_fails_leaves_nothing_behind(where, monkeypatch):
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    with pytest.raises(Exception, match=str(schema.VERSION)):
        open_reviews(where)
    monkeypatch.undo()
    with psycopg.connect(**dict(where.given)) as connection:
        assert connection.execute("SELECT to_regclass('event')").fetchone() == (None,)
    open_reviews(where).record([verdict()])


def test_a_database_that_does_not_hold_every_sign_is_refused(postgres):
    postgres.ask(
        "CREATE DATABASE narrow ENCODING LATIN1 TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
    )
    with pytest.raises(Refusal, match="its encoding is LATIN1"):
        open_reviews(address_of(postgres.url("narrow")))
    pool.disconnect()


def test_who_may_only_read_reads_and_is_refused_to_write(postgres, where):
    open_reviews(where).record([verdict()])
    own = dict(where.given)["options"].partition("=")[2]
    for statement in (
        "DROP ROLE IF EXISTS guest",
        "CREATE ROLE guest LOGIN PASSWORD 'sesame'",
        f"GRANT USAGE ON SCHEMA {own} TO guest",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {own} TO guest",
    ):
        postgres.ask(statement)
    guest = address_of(
        f"postgresql://guest:sesame@127.0.0.1:{postgres.port}/postgres"
        f"?options=-csearch_path%3D{own}"
    )
    reviews = open_reviews(guest)
    assert len(reviews.history("d")) == 1
    with pytest.raises(Refusal, match="its user may not"):
        reviews.record([verdict(2)])
    postgres.ask(f"GRANT INSERT ON ALL TABLES IN SCHEMA {own} TO guest")
    reviews.record([verdict(2)])
    assert len(reviews.history("d")) == 2
    pool.disconnect()
    postgres.ask("DROP OWNED BY guest")


def test_a_missing_package_is_one_sentence_with_the_command():
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from idc_core.io.postgres.address import address_of\n"
        "from idc_core.reviews import open_reviews\n"
        "open_reviews(address_of('postgresql://a:sesame@db/x'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=REPOSITORY, check=False
    )
    last = done.stderr.strip().splitlines()[-1]
    assert "expected the package psycopg for a PostgreSQL server: it is not installed" in last
    assert "pip install -r requirements-postgres.txt -c constraints.txt" in last
    assert "sesame" not in done.stderr


def test_a_file_wakes_no_package_of_the_server(tmp_path):
    code = (
        "import sys; from pathlib import Path; from idc_core.reviews import open_reviews\n"
        "open_reviews(Path(sys.argv[1])).history('d')\n"
        "assert not {'psycopg', 'sqlalchemy', 'alembic'} & set(sys.modules)"
    )
    words = [sys.executable, "-c", code, str(tmp_path / "reviews.sqlite")]
    assert subprocess.run(words, cwd=REPOSITORY, check=False).returncode == 0
