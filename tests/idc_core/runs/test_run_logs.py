"""A run's ledger and looks on a server: what is read, where new lines go, what is refused."""

import json
import shutil
from contextlib import contextmanager

import psycopg
import pytest

from idc_core.io.files import log_lines, write_json
from idc_core.io.lock import only_one
from idc_core.io.postgres.address import address_of
from idc_core.io.refusal import Refusal, Unreachable
from idc_core.records.ledger import LEDGER, LOOKS
from idc_core.runs import ledger, seal
from idc_core.runs.looks import looks_at
from idc_core.runs.rename import rename
from idc_core.runs.run import open_run
from idc_core.runs.writer import UNFINISHED


@pytest.fixture
def folder(world, tmp_path):
    """A sealed copy of the small run, whose folder holds one locked threshold."""
    shutil.copytree(world / "models" / "small", tmp_path / "models" / "small")
    seal.write(tmp_path / "models" / "small")
    return tmp_path / "models" / "small"


@pytest.fixture
def url(new_url, monkeypatch):
    """A server that the environment names."""
    made = new_url()
    monkeypatch.setenv("IDC_REVIEWS_URL", made)
    return made


def lock(folder, threshold):
    run = open_run(folder)
    asked = {"rule": "by hand", "name": "ward", "reason": "agreed"}
    return ledger.lock(run, run.predictions(), threshold=threshold, **asked)


def locked(folder):
    return [point.threshold for point in open_run(folder).operating_points()]


def copied(folder, name):
    """The run's folder as it is now, on another machine."""
    target = folder.parent.with_name(name) / folder.name
    shutil.copytree(folder, target)
    return target


def test_what_is_new_goes_to_the_server_and_the_folder_stays_as_it_was_sealed(folder, url):
    own = log_lines(folder / LEDGER)
    first = locked(folder)
    lock(folder, 0.25)
    ledger.look(open_run(folder), 0.5)
    assert log_lines(folder / LEDGER) == own
    assert not (folder / LOOKS).exists()
    assert locked(folder) == [*first, 0.25]
    assert seal.differences(folder) == []
    assert ledger.check(open_run(folder)) == ledger.Chain(lines=2, linked=2, broken=None)


def test_a_copy_of_the_folder_sees_what_was_locked_and_looked_at_on_the_other_machine(folder, url):
    there = copied(folder, "there")
    lock(folder, 0.25)
    ledger.look(open_run(folder), 0.5)
    lock(there, 0.75)
    assert locked(folder) == locked(there)
    assert locked(there)[1:] == [0.25, 0.75]
    assert ledger.check(open_run(there)).intact
    assert ledger.look(open_run(there), 0.5) is False
    assert looks_at(open_run(there)).total == 1


def test_a_run_of_another_name_keeps_its_entries_and_one_that_is_begun_anew_has_none(folder, url):
    lock(folder, 0.25)
    moved = rename(folder, "ward", by="Ada")
    assert locked(moved)[1:] == [0.25]
    again = json.loads((moved / "run.json").read_text()) | {"id": "another"}
    write_json(moved / "run.json", again)
    assert 0.25 not in locked(moved)


@contextmanager
def training(folder):
    with only_one(folder / "checkpoint" / "lock", "training"):
        yield


@contextmanager
def written_anew(folder):
    (folder / UNFINISHED).touch()
    yield
    (folder / UNFINISHED).unlink()


@pytest.mark.parametrize("making", [training, written_anew])
def test_what_is_chosen_while_a_run_is_made_lies_in_its_folder(folder, url, making):
    with making(folder):
        lock(folder, 0.25)
        assert len(log_lines(folder / LEDGER)) == 2
    lock(folder, 0.75)
    assert len(log_lines(folder / LEDGER)) == 2
    assert locked(folder)[1:] == [0.25, 0.75]
    assert ledger.check(open_run(folder)).intact


def test_a_run_that_was_never_sealed_writes_to_the_server_too(folder, url):
    seal.remove(folder)
    lock(folder, 0.25)
    assert len(log_lines(folder / LEDGER)) == 1
    assert locked(folder)[1:] == [0.25]


def test_lines_written_without_the_server_are_read_and_show_as_a_fork(folder, url, monkeypatch):
    lock(folder, 0.25)
    monkeypatch.delenv("IDC_REVIEWS_URL")
    lock(folder, 0.5)
    monkeypatch.setenv("IDC_REVIEWS_URL", url)
    assert locked(folder)[1:] == [0.25, 0.5]
    assert ledger.check(open_run(folder)).broken == 3
    lock(folder, 0.75)
    assert locked(folder)[1:] == [0.25, 0.5, 0.75]


def test_a_look_in_the_folder_and_on_the_server_counts_once(folder, url, monkeypatch):
    ledger.look(open_run(folder), 0.5)
    monkeypatch.delenv("IDC_REVIEWS_URL")
    ledger.look(open_run(folder), 0.5)
    ledger.look(open_run(folder), 0.25)
    monkeypatch.setenv("IDC_REVIEWS_URL", url)
    assert [look.threshold for look in ledger.looks(open_run(folder))] == [0.5, 0.25]
    assert looks_at(open_run(folder)).total == 2


def test_a_server_that_is_away_locks_nothing_and_no_older_threshold_passes_for_the_locked_one(
    folder, url, monkeypatch, free_port
):
    lock(folder, 0.25)
    monkeypatch.setenv("IDC_REVIEWS_URL", f"postgresql://a:sesame@127.0.0.1:{free_port}/x")
    run = open_run(folder)
    for asks in (lambda: locked(folder), lambda: lock(folder, 0.5), lambda: looks_at(run)):
        with pytest.raises(Unreachable, match="cannot be reached"):
            asks()
    assert len(log_lines(folder / LEDGER)) == 1
    monkeypatch.setenv("IDC_REVIEWS_URL", url)
    assert locked(folder)[1:] == [0.25]


def test_a_look_while_the_server_is_away_is_kept_in_the_folder_and_counted_later(
    folder, url, monkeypatch, free_port
):
    monkeypatch.setenv("IDC_REVIEWS_URL", f"postgresql://a:b@127.0.0.1:{free_port}/x")
    assert ledger.look(open_run(folder), 0.5)
    assert len(log_lines(folder / LOOKS)) == 1
    monkeypatch.setenv("IDC_REVIEWS_URL", url)
    assert ledger.look(open_run(folder), 0.5) is False
    ledger.look(open_run(folder), 0.25)
    assert [look.threshold for look in ledger.looks(open_run(folder))] == [0.5, 0.25]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM log_line WHERE id = (SELECT MAX(id) FROM log_line)",
        "UPDATE log_line SET line = replace(line, '0.25', '0.75')",
    ],
)
def test_lines_that_somebody_took_away_or_changed_on_the_server_are_refused(folder, url, statement):
    lock(folder, 0.25)
    with psycopg.connect(**dict(address_of(url).given)) as connection:
        connection.execute("SET session_replication_role = replica")  # no trigger refuses
        connection.execute(statement)
    with pytest.raises(Refusal, match="closing count"):
        locked(folder)
