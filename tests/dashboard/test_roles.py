"""Pages as each role sees them: what may not be done says what is missing, and is not done."""

import json

import pytest

from dashboard.access import audit, now, passport
from dashboard.access.person import Here, Person
from dashboard.access.roles import Role
from dashboard.cache import readiness
from dashboard.charts.theme import plain
from dashboard.state import jobs
from dashboard.state.queue import queue
from idc_core.audit.file import FileLog
from idc_core.io.files import read_json, write_json
from idc_core.io.refusal import Refusal
from idc_core.jobs.job import Starter
from tests.dashboard.access.worlds import OIDC

BEN = Here(Person("ben", "Ben Nevis (ben)"), Role.READER)
LEA = Here(Person("lea", "Dr Lea"), Role.LEAD)
ROSA = Here(Person("root", "Rosa"), Role.ADMINISTRATOR)


@pytest.fixture
def as_person(own_world, app, write_access, monkeypatch):
    """Opens the dashboard as somebody who signed in."""
    write_access(OIDC)
    monkeypatch.setattr(passport, "ISSUED", passport.Issued(here=True))

    def opened(here, **query):
        monkeypatch.setattr(now, "here", lambda: here)
        return app(**query)

    return opened


def lock(page):
    page.open_popover("lock_form")
    page.at.text_input(key="lock_name").set_value("for the ward")
    page.at.text_area(key="lock_reason").set_value("agreed")
    page.at.button(key="lock").click().run()


def test_a_reader_sees_which_role_a_button_needs(own_run, as_person):
    page = as_person(BEN, threshold="0.999").open("operating-point/threshold")
    page.at.button(key="rule_specificity>=0.9").click().run()
    page.open_popover("lock_form")
    assert page.at.button(key="lock").disabled
    assert "Locking a threshold needs the role lead; yours is reader." in page.text


def test_a_click_of_who_is_no_lead_any_more_locks_nothing(own_run, as_person):
    ledger = own_run / "operating_points.jsonl"
    before = ledger.read_bytes()
    page = as_person(LEA, threshold="0.999").open("operating-point/threshold")
    page.at.button(key="rule_specificity>=0.9").click().run()
    page.open_popover("lock_form")
    as_person(BEN)
    lock(page)
    refused = plain("Not locked: Locking a threshold needs the role lead; yours is reader.")
    assert [each for each in page.at.warning if refused in each.value]
    assert ledger.read_bytes() == before
    assert [each.outcome for each in audit.log().entries() if each.act == "lock"] == ["refused"]


def test_a_lead_locks_under_the_name_that_signed_in(own_run, as_person):
    page = as_person(LEA, threshold="0.999").open("operating-point/threshold")
    page.at.session_state["reviewer"] = "Somebody Else"
    page.at.button(key="rule_specificity>=0.9").click().run()
    lock(page)
    newest = json.loads((own_run / "operating_points.jsonl").read_text().splitlines()[-1])
    assert newest["by"] == "Dr Lea"
    found = [(each.act, each.outcome, each.run) for each in audit.log().entries()]
    assert found.count(("open", "allowed", "small")) == 1  # however often the page was drawn
    assert ("lock", "allowed", "small") in found


def test_the_audit_log_is_for_administrators(as_person):
    page = as_person(LEA).open("audit")
    assert plain("Reading the audit log needs the role administrator; yours is lead.") in page.text
    assert not page.at.get("arrow_data_frame")


def test_an_administrator_finds_who_did_what(as_person):
    for here, act, outcome in ((BEN, "lock", "refused"), (LEA, "lock", "allowed")):
        audit.write(here, act, outcome, run="small")
    page = as_person(ROSA).open("audit")
    assert page.at.success[0].value.startswith("Intact: ")
    page.at.multiselect(key="audit_people").set_value(["Dr Lea"]).run()
    (table,) = [each.value for each in page.at.dataframe]
    assert list(table["act"]) == ["Locking a threshold"]
    assert list(table["outcome"]) == ["allowed"]


def test_a_log_that_was_changed_says_so(as_person):
    for act in ("open", "lock", "export"):
        audit.write(LEA, act)
    log = audit.log()
    assert isinstance(log, FileLog)
    log.path.write_bytes(log.path.read_bytes().replace(b'"open"', b'"none"'))
    page = as_person(ROSA).open("audit")
    said = plain("Line 2 does not follow the one before.")
    assert said in page.at.error[0].value


def test_who_is_not_signed_in_sees_the_way_in_and_nothing_else(as_person):
    page = as_person(now.NOBODY).open("patients")
    assert page.at.button(key="sign_in").label == "Sign in"
    assert not page.at.get("bidi_component")
    assert not page.at.get("dataframe")


def test_without_settings_there_is_no_audit_log_in_the_navigation(full_run, app, monkeypatch):
    monkeypatch.delenv("IDC_ACCESS", raising=False)
    page = app().open("overview")
    assert "sign_out" not in [each.key for each in page.at.button]


def test_the_state_of_the_server_is_for_administrators(as_person):
    page = as_person(LEA).open("system")
    assert (
        plain("Reading the state of the server needs the role administrator; yours is lead.")
        in page.text
    )
    assert not page.at.get("arrow_data_frame")


def test_what_somebody_else_started_is_not_cancelled_without_being_a_lead(own_run, as_person):
    """Whoever started it finds it without its address; the others know the address."""
    cara, dan = (Here(Person(name, name.title()), Role.REVIEWER) for name in ("cara", "dan"))
    page = as_person(cara, run="small").open("network/channels")
    page.at.button(key="channels_go").click().run()
    (job,) = queue().all()
    assert job.by == Starter("cara", "Cara")
    page = as_person(dan, run="small").open("network/channels")
    missing = "Cancelling work that somebody else started needs the role lead; yours is reviewer."
    assert "Started by Cara." in page.text
    assert missing in page.text
    assert page.at.button(key="channels_cancel").disabled
    page = as_person(LEA, run="small").open("network/channels")
    as_person(dan)  # who is no lead any more when the click comes
    page.at.button(key="channels_cancel").click().run()
    assert queue().get(job.id).state == "waiting"
    system = as_person(ROSA).open("system")
    assert any("No worker is running" in each.value for each in system.at.warning)
    table = next(each.value for each in system.at.dataframe if "started by" in each.value)
    assert table[["work", "run", "state", "started by"]].to_numpy().tolist() == [
        ["Measure channels", "small", "waiting for its turn", "Cara"]
    ]
    page = as_person(LEA, run="small").open("network/channels")
    page.at.button(key="channels_cancel").click().run()
    assert queue().get(job.id).state == "cancelled"
    found = [
        (each.name, each.act, each.outcome, each.what)
        for each in audit.log().entries()
        if each.act in ("compute", "cancel_job")
    ]
    assert found == [
        ("Cara", "compute", "allowed", "channels"),
        ("Dan", "cancel_job", "refused", "cancelled"),
        ("Dr Lea", "cancel_job", "allowed", "cancelled"),
    ]


def test_an_administrator_sees_whether_the_server_is_well(as_person, own_world, monkeypatch):
    manifest = own_world / "data" / "tiny" / "manifest.json"
    write_json(manifest, read_json(manifest) | {"synthetic": True})
    assert 'class="idc-synthetic"' in as_person(ROSA).open("overview").html
    monkeypatch.setattr(jobs, "jobs", jobs.Jobs)  # others of this process have some
    page = as_person(ROSA).open("system")
    assert 'class="idc-synthetic"' not in page.html
    assert page.at.success[0].value.startswith("Ready: ")
    assert page.at.warning[0].value.startswith(plain("No backup was made yet"))
    disks, versions = (each.value for each in page.at.dataframe)
    assert list(disks) == ["disk of", "free (GB)", "of (GB)"]
    assert "IDC Review" in versions["what"].tolist()
    monkeypatch.setitem(readiness.CHECKS, "disk", refuse)
    page.at.run()
    assert page.at.error[0].value == "Not ready, disk: no room"
    assert not page.at.success


def refuse():
    raise Refusal("no room")
