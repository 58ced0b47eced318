"""What is written down of whom, and that nothing is done where it cannot be."""

import pytest

from dashboard.access import audit, gate, now
from dashboard.access.person import Here, Person
from dashboard.access.roles import Role
from idc_core.facts import names
from idc_core.io.refusal import Refusal
from tests.dashboard.access.worlds import OIDC

LEA = Here(Person("lea", "Dr Lea"), Role.LEAD)
BEN = Here(Person("ben", "Ben Nevis (ben)"), Role.READER)


@pytest.fixture
def entries(write_access, tmp_path, monkeypatch):
    """Signs somebody in; gives what is in the log."""
    monkeypatch.setenv("IDC_DATA", str(tmp_path / "data"))
    write_access(OIDC)

    def read(here=None):
        if here is not None:
            monkeypatch.setattr(now, "here", lambda: here)
        return list(audit.log().entries())

    return read


def test_an_act_is_written_down_before_it_is_done(entries):
    entries(LEA)
    with gate.doing("lock", run="demo", what="0.5 as first"):
        (written,) = entries()
    assert (written.person, written.name, written.role) == ("lea", "Dr Lea", "lead")
    assert (written.act, written.outcome, written.run) == ("lock", "allowed", "demo")
    assert written.what == "0.5 as first"
    assert len(entries()) == 1


def test_who_was_refused_stands_in_it(entries):
    entries(BEN)
    with pytest.raises(gate.Denied), gate.doing("lock", run="demo"):
        pytest.fail("it was done")
    (written,) = entries()
    assert (written.person, written.act, written.outcome) == ("ben", "lock", "refused")


def test_what_could_not_be_done_is_written_down_a_second_time(entries):
    entries(LEA)
    with pytest.raises(OSError, match="full"), gate.doing("tag", run="demo"):
        raise OSError("full")
    assert [each.outcome for each in entries()] == ["allowed", "failed"]


def test_nothing_is_done_that_cannot_be_written_down(entries, tmp_path):
    entries(LEA)
    (tmp_path / "data").write_text("a file stands where the folder should")
    with pytest.raises(gate.Denied, match="Nothing was done"), gate.doing("lock"):
        pytest.fail("it was done")


def test_seeing_is_not_written_down_each_time(entries):
    entries(BEN)
    with gate.doing("see"):
        pass
    assert entries() == []


def test_patients_and_files_stand_as_hashes_where_that_is_asked_for(entries, write_access):
    entries(LEA)
    for settings in (OIDC, OIDC + "\n[audit]\nhash_patients = true\n"):
        write_access(settings)
        with gate.doing("import", run="mine", patient="10253", file="10253.csv"):
            pass
    plain, hashed = entries()
    assert (plain.patient, plain.what) == ("10253", "10253.csv")
    assert (hashed.patient, hashed.what) == (names.mark("10253"), f"{names.mark('10253')}.csv")


def test_without_sign_in_nothing_is_written(monkeypatch):
    monkeypatch.delenv("IDC_ACCESS", raising=False)
    assert audit.log() is None
    with gate.doing("lock"):
        pass


def test_the_log_lies_where_the_settings_say(write_access, tmp_path):
    write_access(OIDC + f'\n[audit]\nfile = "{tmp_path / "kept" / "log.jsonl"}"\n')
    audit.write(LEA, "sign_in")
    assert (tmp_path / "kept" / "log.jsonl").is_file()
    assert audit.log().check().broken is None


def test_settings_that_cannot_be_read_stop_every_act(write_access, monkeypatch):
    monkeypatch.setattr(now, "here", lambda: LEA)
    with pytest.raises(Refusal):
        write_access("[roles]")
    with pytest.raises(Refusal), gate.doing("lock"):
        pytest.fail("it was done")
