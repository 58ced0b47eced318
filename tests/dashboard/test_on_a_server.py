"""With `IDC_REVIEWS_URL`: what pages lock, look at and write down lies on the server, and a server
that is away is said and claims nothing."""

import time
from dataclasses import replace

import pytest

from dashboard.access import audit
from dashboard.access.person import Here
from dashboard.charts.theme import plain
from idc_core.audit.server import ServerLog
from idc_core.io.files import log_lines, read_json
from idc_core.io.postgres import pool
from idc_core.io.refusal import Uncertain
from idc_core.records.ledger import LEDGER, LOOKS
from idc_core.runs import ledger, seal
from idc_core.runs.run import open_run
from tests.dashboard.test_roles import BEN, LEA, ROSA, as_person, lock

__all__ = ["as_person"]

HOURS = 10.0
"""Of a session, where the settings say nothing."""
JUST_ENDED = time.time() - 3600 * HOURS - 60
ENDED = Here(replace(LEA.person, since=JUST_ENDED), None, ended=True)


@pytest.fixture
def url(new_url, monkeypatch):
    """A server that the environment names."""
    made = new_url()
    monkeypatch.setenv("IDC_REVIEWS_URL", made)
    return made


@pytest.fixture
def sealed(own_run):
    """A run that is whole, whose folder takes nothing more."""
    (own_run / LOOKS).unlink(missing_ok=True)
    seal.write(own_run)
    return own_run


@pytest.fixture
def away(monkeypatch, free_port):
    """Takes the server away."""

    def go():
        monkeypatch.setenv("IDC_REVIEWS_URL", f"postgresql://ada:sesame@127.0.0.1:{free_port}/x")

    return go


def logs_of(run):
    return [log_lines(run / name) for name in (LEDGER, LOOKS)]


def test_a_threshold_is_locked_and_looked_at_on_the_server_and_drives_the_report(
    sealed, url, as_person
):
    before = logs_of(sealed)
    page = as_person(LEA, threshold="0.999").open("operating-point/threshold")
    page.at.button(key="rule_specificity>=0.9").click().run()
    lock(page)
    run = open_run(sealed)
    point = run.operating_point()
    assert (point.rule, point.by, point.looks_at_test) == ("specificity>=0.9", "Dr Lea", 2)
    assert logs_of(sealed) == before
    assert read_json(sealed / "report.json")["threshold"] == point.threshold
    assert "operating point, locked · 2 looks at test" in page.threshold["state"]
    assert [look.threshold for look in ledger.looks(run)] == [0.999, point.threshold]
    kept = audit.log()
    assert isinstance(kept, ServerLog)
    assert ("lock", "allowed", "small") in [(e.act, e.outcome, e.run) for e in kept.entries()]


@pytest.mark.parametrize(
    ("here", "said"),
    [
        (BEN, "Locking a threshold needs the role lead; yours is reader."),
        (ENDED, "Your session has ended: nothing was stored"),
    ],
    ids=["refused", "ended"],
)
def test_who_may_not_any_more_locks_nothing_on_the_server(sealed, url, as_person, here, said):
    page = as_person(LEA, threshold="0.999").open("operating-point/threshold")
    page.open_popover("lock_form")
    before = open_run(sealed).operating_points()
    as_person(here)
    lock(page)
    assert open_run(sealed).operating_points() == before
    assert [each for each in page.at.warning if plain(said) in each.value]
    assert [each.outcome for each in audit.log().entries() if each.act == "lock"] == ["refused"]


def test_what_another_machine_locked_meanwhile_is_not_locked_over(sealed, url, as_person):
    page = as_person(LEA, threshold="0.999").open("operating-point/threshold")
    page.open_popover("lock_form")
    run = open_run(sealed)
    there = {"rule": "by hand", "name": "there", "reason": "agreed", "threshold": 0.25}
    ledger.lock(run, run.predictions(), **there)
    lock(page)
    assert [each for each in page.at.warning if "locked in the meantime" in each.value]
    assert run.operating_point().name == "there"


def test_a_server_that_went_away_locks_nothing_and_its_threshold_is_not_known(
    sealed, url, as_person, away, monkeypatch
):
    page = as_person(LEA, threshold="0.999").open("operating-point/threshold")
    page.open_popover("lock_form")
    before = logs_of(sealed)
    away()
    lock(page)
    said = page.text
    assert "The locked threshold and the looks at test are not known now" in said
    assert "it cannot be reached" in said
    assert "operating point, locked" not in page.threshold["state"]
    assert "sesame" not in said
    assert logs_of(sealed)[0] == before[0]
    assert plain("Not locked: expected the PostgreSQL server") in said
    assert "All metrics" in [tab.label for tab in page.at.tabs], "the figures need no ledger"
    monkeypatch.setenv("IDC_REVIEWS_URL", url)
    page.at.run()
    page.open_popover("lock_form")
    assert page.at.text_input(key="lock_name").value == "for the ward"
    assert open_run(sealed).operating_point().name != "for the ward"


def test_an_outcome_that_is_not_known_is_not_said_to_be_none(sealed, url, as_person, monkeypatch):
    page = as_person(LEA, threshold="0.999").open("operating-point/threshold")
    page.open_popover("lock_form")

    def broke(*_, **__):
        raise Uncertain("expected db/reviews to confirm what it was to store: look at it again.")

    monkeypatch.setattr(ledger, "lock_on", broke)
    lock(page)
    (said,) = [each.value for each in page.at.warning if "look at it again" in each.value]
    assert "Not locked" not in said


def test_the_audit_log_of_a_server_is_read_by_administrators(url, as_person):
    for act in ("lock", "tag"):
        audit.write(LEA, act, run="small")
    page = as_person(ROSA).open("audit")
    assert page.at.success[0].value.startswith("Intact: ")
    (table,) = [each.value for each in page.at.dataframe]
    assert list(table["act"])[-2:] == ["Tagging a run", "Locking a threshold"]


def test_a_page_asks_the_server_for_all_runs_at_once(sealed, url, as_person, monkeypatch):
    page = as_person(LEA, threshold="0.5").open("operating-point/threshold")
    asked, whole = [], pool.connected

    def counted(address):
        asked.append(address)
        return whole(address)

    for module in ("server", "schema"):
        monkeypatch.setattr(f"idc_core.io.postgres.{module}.connected", counted)
    page.at.run()
    assert len(asked) <= 4
