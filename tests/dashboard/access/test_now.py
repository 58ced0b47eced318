"""Who is at the other end of a session: only the server itself may say it."""

import time
from types import SimpleNamespace

import pytest

from dashboard.access import gate, now, passport
from dashboard.access.passport import Issued
from dashboard.access.person import Here, Person
from dashboard.access.roles import Role
from dashboard.access.sessions import Sessions
from tests.dashboard.access.worlds import OIDC


@pytest.fixture
def connected(monkeypatch, oidc):
    """A session whose connection carries a person, `seconds` before it ends."""

    def made(subject="lea", seconds=60.0):
        since = time.time() + seconds - 10 * 3600
        person = Person(subject, "Dr Lea", (), since, "one")
        headers = {passport.HEADER: passport.write(person)}
        monkeypatch.setattr(now.st, "context", SimpleNamespace(headers=headers))
        return person

    monkeypatch.setattr(passport, "ISSUED", Issued(here=True))
    monkeypatch.setattr(now.sessions, "KNOWN", Sessions())
    return made


def test_a_person_has_the_role_of_the_settings(connected):
    connected()
    assert now.here().role is Role.LEAD
    assert gate.signed_name() == "Dr Lea"
    assert gate.needs("lock") == ""
    connected("ben")
    assert "needs the role lead; yours is reader" in gate.needs("lock")


def test_an_ended_session_may_do_nothing(connected):
    connected(seconds=-1.0)
    assert "Your session has ended" in gate.needs("see")


def test_who_signed_out_elsewhere_may_do_nothing(connected):
    person = connected()
    now.sessions.KNOWN.end(person)
    assert "Your session has ended" in gate.needs("lock")


def test_a_header_is_not_believed_where_anybody_could_send_it(connected, monkeypatch):
    connected()
    monkeypatch.setattr(passport, "ISSUED", Issued(here=False))
    assert now.here().person is None


def test_a_file_made_outside_the_session_asks_for_the_same_person(connected):
    person = connected(seconds=-1.0)
    assert now.again(Here(person)).ended


@pytest.mark.parametrize(
    ("seconds", "stays"), [(60.0, True), (-1.0, True), (-3599.0, True), (-3601.0, False)]
)
def test_an_open_page_stays_an_hour_after_the_session_ran_out(connected, seconds, stays):
    connected(seconds=seconds)
    assert now.stays(now.here()) is stays


def test_nothing_stays_open_of_who_signed_out(connected):
    now.sessions.KNOWN.end(connected())
    assert now.stays(now.here()) is False
    assert now.stays(now.LOCAL) is True
    assert now.stays(now.NOBODY) is False


def test_shorter_hours_end_sessions_that_are_open(connected, write_access):
    connected(seconds=60.0)
    assert now.here().role is Role.LEAD
    write_access("hours = 1\n" + OIDC)
    assert now.here().ended
