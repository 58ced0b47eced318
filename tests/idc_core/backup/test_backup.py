"""A backup holds what nobody can make again, of one moment, and comes back proved or not at all."""

import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from idc_core.audit.file import FileLog
from idc_core.audit.log import Entry
from idc_core.audit.server import ServerLog
from idc_core.audit.where import log_in
from idc_core.backup import writing
from idc_core.backup.restoring import restore
from idc_core.backup.writing import back_up
from idc_core.io.lock import is_held
from idc_core.io.postgres import logs
from idc_core.io.postgres.address import address_of
from idc_core.io.postgres.server import writing as writing_to
from idc_core.io.refusal import Refusal
from idc_core.records.ledger import read_looks
from idc_core.reviews import open_reviews
from idc_core.reviews.regions import Region, Regions
from idc_core.reviews.rows import digests, tables_of
from idc_core.runs import ledger, seal, trash
from idc_core.runs.run import open_run
from tests.verdicts import verdict

SAID = verdict(verdict="idc", score=0.25)


@pytest.fixture
def own(copied, tmp_path):
    """A world with a look, a verdict, an undo, a region, a file beside the stores, a database, a
    deleted run, and what is no part of a backup."""
    root = copied(tmp_path)
    models, data = root / "models", root / "data"
    run = open_run(models / "small")
    ledger.look(run, 0.25)
    shutil.copytree(models / "small", models / "other")
    seal.write(models / "small")
    trash.delete_run(models / "other", by="Ada")
    reviews = open_reviews(data / "reviews.sqlite")
    reviews.record([SAID])
    reviews.record([replace(SAID, x=51)])
    reviews.undo("Ada")
    Regions(reviews.where).record(
        Region(
            region="r1",
            follows="",
            does="drawn",
            data="d",
            patient="p",
            author="Bo",
            run="r",
            name="pen",
            excluded=True,
            frame="slide",
            shape="POLYGON ((0 0, 1 0, 1 1, 0 0))",
        )
    )
    (data / "audit.jsonl").write_text('{"who": "Ada"}\n')
    with closing(sqlite3.connect(data / "people.sqlite")) as people:
        people.executescript("CREATE TABLE person (name TEXT); INSERT INTO person VALUES ('Bo');")
    (models / ".new.part").mkdir()
    (models / ".new.part" / "run.json").write_text("half of it")
    return root


def made(root, out, **how):
    where = how.pop("reviews", root / "data" / "reviews.sqlite")
    return back_up(root / "models", root / "data", where, out, version="0.13.0", **how)


@pytest.mark.parametrize("name", ["backup", "backup.zip"])
def test_what_is_restored_gives_the_same_backup_again(own, tmp_path, name):
    first = made(own, tmp_path / name)
    back = tmp_path / "back"
    assert restore(tmp_path / name, back / "models", back / "data") == first
    again = made(back, tmp_path / "again")
    in_first = {n: kept for n, kept in first.files.items() if not n.startswith("manifests/")}
    in_again = {n: kept for n, kept in again.files.items() if not n.startswith("manifests/")}
    assert in_again == in_first
    assert again.reviews == first.reviews
    assert {n: table.rows for n, table in first.reviews.items()} == {"event": 3, "region": 1}


def test_what_was_lost_is_there_again_and_goes_on(own, tmp_path):
    made(own, tmp_path / "b")
    shutil.rmtree(own / "models")
    shutil.rmtree(own / "data")
    restore(tmp_path / "b", own / "models", own / "data")
    run = open_run(own / "models" / "small")
    assert [look.threshold for look in ledger.looks(run)] == [0.25]
    assert seal.differences(run.path) == []
    assert ledger.check(run).intact
    [gone] = trash.deleted(own / "models", "run.json")
    assert [look.threshold for look in read_looks(gone.path)] == [0.25]
    reviews = open_reviews(own / "data" / "reviews.sqlite")
    assert reviews.standing("d")["x"].tolist() == [1]
    assert [each.name for each in Regions(reviews.where).records("d")] == ["pen"]
    reviews.record([SAID])
    assert reviews.stamp() == 4
    assert (own / "data" / "audit.jsonl").read_text() == '{"who": "Ada"}\n'
    with closing(sqlite3.connect(own / "data" / "people.sqlite")) as people:
        assert people.execute("SELECT name FROM person").fetchall() == [("Bo",)]
    assert not (own / "models" / ".new.part").exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["b", "data", "models"]


def test_stores_come_without_their_pixels_unless_they_are_asked_for(own, tmp_path):
    told = made(own, tmp_path / "b")
    assert told.stores == ["tiny"]
    assert not any(name.endswith(".npy") for name in told.files)
    restore(tmp_path / "b", tmp_path / "m", tmp_path / "d")
    assert not (tmp_path / "d" / "tiny").exists()
    manifest = tmp_path / "d" / ".manifests" / "tiny" / "manifest.json"
    assert manifest.read_bytes() == (own / "data" / "tiny" / "manifest.json").read_bytes()

    whole = made(own, tmp_path / "whole", pixels=True)
    restore(tmp_path / "whole", tmp_path / "m2", tmp_path / "d2")
    assert "data/tiny/patches.npy" in whole.files
    pixels = (own / "data" / "tiny" / "patches.npy").read_bytes()
    assert (tmp_path / "d2" / "tiny" / "patches.npy").read_bytes() == pixels


@pytest.mark.parametrize(("source", "target"), [("postgres", "sqlite"), ("sqlite", "postgres")])
def test_reviews_come_from_and_go_to_a_server_alike(own, tmp_path, new_url, source, target):
    file = own / "data" / "reviews.sqlite"
    server = address_of(new_url())
    if source == "postgres":
        from idc_core.reviews.rows import move

        move(file, server)
        file.unlink()
    told = made(own, tmp_path / "b", reviews=server if source == "postgres" else file)
    to = server if target == "postgres" else None
    restore(tmp_path / "b", tmp_path / "m", tmp_path / "d", to)
    where = to or tmp_path / "d" / "reviews.sqlite"
    found = digests(where, [name for name in told.reviews if name in tables_of(where)])
    assert {n: (d.rows, d.sha256) for n, d in found.items()} == {
        n: (table.rows, table.sha256) for n, table in told.reviews.items() if n in found
    }
    assert {"event", "region"} <= set(found)
    assert (tmp_path / "d" / "reviews.sqlite").exists() is (target == "sqlite")


@pytest.mark.parametrize("target", ["files", "server"])
def test_what_lies_on_a_server_comes_back_to_files_and_to_a_server(
    own, tmp_path, new_url, monkeypatch, target
):
    """Locked thresholds, looks and the audit log, those of a run that is not here too."""
    (own / "data" / "audit.jsonl").unlink()
    url = new_url()
    monkeypatch.setenv("IDC_REVIEWS_URL", url)
    run = open_run(own / "models" / "small")
    seal.write(run.path)
    ledger.lock(run, run.predictions(), rule="by hand", threshold=0.5, name="a", reason="b")
    ledger.look(run, 0.75)
    there = ServerLog(address_of(url))
    for act in ("open", "lock"):
        there.append(Entry(at="t", person="ada", act=act))
    with writing_to(address_of(url), 10) as session:
        logs.add(session, f"elsewhere/{ledger.LOOKS}", [b'{"threshold": 0.5}'])
    before = run.operating_points(), ledger.looks(run)
    made(own, tmp_path / "b", reviews=address_of(url))

    back = new_url()
    to = address_of(back) if target == "server" else None
    restore(tmp_path / "b", tmp_path / "m", tmp_path / "d", to)
    if to is None:
        monkeypatch.delenv("IDC_REVIEWS_URL")
    else:
        monkeypatch.setenv("IDC_REVIEWS_URL", back)
        assert logs.heads(to) == logs.heads(address_of(url))
    restored = open_run(tmp_path / "m" / "small")
    assert (restored.operating_points(), ledger.looks(restored)) == before
    assert (ledger.check(restored).lines, ledger.check(restored).broken) == (2, None)
    assert seal.differences(restored.path) == []
    kept = log_in() if to else FileLog(tmp_path / "d" / "audit.jsonl")
    assert [each.act for each in kept.entries()] == ["open", "lock"]
    assert kept.check() == there.check()
    assert not list((tmp_path / "m" / "small").glob(".*"))
    if to is None:  # the file that was moved to the server once does not pass for what it held
        assert open_reviews(tmp_path / "d" / "reviews.sqlite").stamp() == 0
        assert open_reviews(tmp_path / "d" / "reviews.older.sqlite").stamp() == 3


def test_an_audit_log_of_a_server_does_not_replace_another_one_of_the_folder(
    own, tmp_path, new_url
):
    older = FileLog(own / "data" / "audit.jsonl")
    older.path.unlink()
    older.append(Entry(at="t", person="eve", act="open"))
    server = address_of(new_url())
    ServerLog(server).append(Entry(at="t", person="ada", act="lock"))
    made(own, tmp_path / "b", reviews=server)
    restore(tmp_path / "b", tmp_path / "m", tmp_path / "d")
    found = [FileLog(tmp_path / "d" / name) for name in ("audit.jsonl", "audit.server.jsonl")]
    assert [[each.person for each in log.entries()] for log in found] == [["eve"], ["ada"]]
    assert [log.check().broken for log in found] == [None, None]


DAMAGES = {
    "changed": lambda file: file.write_bytes(b"{" + file.read_bytes()[1:-1] + b" "),
    "longer": lambda file: file.write_bytes(file.read_bytes() + b"\n"),
    "shorter": lambda file: file.write_bytes(file.read_bytes()[:-1]),
    "gone": lambda file: file.unlink(),
}


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("name", ["models/small/run.json", "reviews/event.jsonl"])
def test_a_damaged_file_is_named_and_nothing_is_restored(own, tmp_path, how, name):
    made(own, tmp_path / "b")
    DAMAGES[how](tmp_path / "b" / name)
    with pytest.raises(Refusal, match=rf"expected {name} in the backup .* Nothing was restored"):
        restore(tmp_path / "b", tmp_path / "new" / "m", tmp_path / "new" / "d")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_zip_that_was_damaged_inside_is_refused(own, tmp_path):
    made(own, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as packed:
        at = packed.getinfo("models/small/predictions.parquet").header_offset
    content = bytearray((tmp_path / "b.zip").read_bytes())
    content[at + 200] ^= 0xFF
    (tmp_path / "b.zip").write_bytes(content)
    with pytest.raises(Refusal, match=r"expected models/small/predictions\.parquet in the backup"):
        restore(tmp_path / "b.zip", tmp_path / "m", tmp_path / "d")
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize("name", ["../../evil", "/evil", "models/../../evil", "evil", "a\\b/c"])
def test_a_backup_that_points_out_of_itself_is_refused(own, tmp_path, name):
    made(own, tmp_path / "b")
    told = json.loads((tmp_path / "b" / "backup.json").read_text())
    told["files"][name] = {"bytes": 1, "sha256": "0" * 64}
    (tmp_path / "b" / "backup.json").write_text(json.dumps(told))
    with pytest.raises(Refusal, match=r"expected files within the backup in backup\.json"):
        restore(tmp_path / "b", tmp_path / "m", tmp_path / "d")


def test_a_backup_of_a_newer_program_is_refused(own, tmp_path):
    made(own, tmp_path / "b")
    told = json.loads((tmp_path / "b" / "backup.json").read_text())
    (tmp_path / "b" / "backup.json").write_text(json.dumps(told | {"format": 2}))
    with pytest.raises(Refusal, match="which a newer one wrote"):
        restore(tmp_path / "b", tmp_path / "m", tmp_path / "d")


@pytest.mark.parametrize("full", ["m", "d"])
def test_a_folder_with_something_in_it_is_not_restored_to(own, tmp_path, full):
    made(own, tmp_path / "b")
    (tmp_path / "m").mkdir()
    (tmp_path / "d").mkdir()
    (tmp_path / full / "mine").touch()
    with pytest.raises(Refusal, match="expected an empty folder"):
        restore(tmp_path / "b", tmp_path / "m", tmp_path / "d")
    (tmp_path / full / "mine").unlink()
    restore(tmp_path / "b", tmp_path / "m", tmp_path / "d")
    assert (tmp_path / "m" / "small" / "run.json").is_file()


@pytest.mark.parametrize("source", ["nowhere", "text"])
def test_what_is_no_backup_is_refused(tmp_path, source):
    (tmp_path / "text").write_text("no zip")
    with pytest.raises(Refusal, match="expected a backup in"):
        restore(tmp_path / source, tmp_path / "m", tmp_path / "d")
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refusal, match=r"expected backup\.json in the backup"):
        restore(tmp_path / "empty", tmp_path / "m", tmp_path / "d")
    (tmp_path / "empty" / "backup.json").write_text("no JSON")
    with pytest.raises(Refusal, match=r"expected JSON in backup\.json of \S+/empty: it cannot"):
        restore(tmp_path / "empty", tmp_path / "m", tmp_path / "d")


def test_a_backup_replaces_nothing_and_lies_outside_of_what_it_keeps(own, tmp_path):
    (tmp_path / "there.zip").touch()
    for out, sentence in [
        (tmp_path / "there.zip", "it is there already"),
        (own / "models", "it is there already"),
        (own / "data" / "b", "outside of"),
    ]:
        with pytest.raises(Refusal, match=sentence):
            made(own, out)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["data", "models", "there.zip"]


@pytest.fixture
def written_to(own, monkeypatch):
    """Lets the history of the run be rewritten, up to `most` times, between its copy and that of
    the seal; the list of what was written."""
    run, copy, written = own / "models" / "small", shutil.copyfile, []

    def up_to(most):
        def with_a_write(source, target):
            if source == run / "seal.json" and len(written) < most:
                written.append(f"epoch\n{len(written)}\n")
                with seal.changing(run, "history.csv"):
                    (run / "history.csv").write_text(written[-1])
            return copy(source, target)

        monkeypatch.setattr(writing.shutil, "copyfile", with_a_write)
        return written

    return up_to


def test_a_run_that_is_written_to_meanwhile_is_copied_again(own, tmp_path, written_to):
    written = written_to(1)
    made(own, tmp_path / "b")
    assert (tmp_path / "b" / "models" / "small" / "history.csv").read_text() == written[0]
    assert seal.differences(tmp_path / "b" / "models" / "small") == []


def test_a_run_that_never_rests_is_refused_and_leaves_nothing(own, tmp_path, written_to):
    written = written_to(99)
    with pytest.raises(Refusal, match="expected small to stay as it is while it is copied"):
        made(own, tmp_path / "b")
    assert len(written) == 3
    assert sorted(each.name for each in tmp_path.iterdir()) == ["data", "models"]


def test_a_run_that_does_not_match_its_seal_is_kept_as_it_is(own, tmp_path):
    (own / "models" / "small" / "history.csv").write_text("epoch\n1\n")
    made(own, tmp_path / "b")
    restore(tmp_path / "b", tmp_path / "m", tmp_path / "d")
    said = seal.differences(tmp_path / "m" / "small")
    assert [each.partition(" changed")[0] for each in said] == [
        "The history of epochs (history.csv)"
    ]


def test_a_log_beside_the_stores_and_its_closing_count_are_of_one_moment(
    own, tmp_path, monkeypatch
):
    data, copy, held = own / "data", shutil.copyfile, {}
    (data / "audit.jsonl.head").write_text("{}")

    def seen(source, target):
        held[source.name] = is_held(data / ".audit.jsonl.lock")
        return copy(source, target)

    monkeypatch.setattr(writing.shutil, "copyfile", seen)
    told = made(own, tmp_path / "b")
    assert held["audit.jsonl"]
    assert held["audit.jsonl.head"]
    assert not is_held(data / ".audit.jsonl.lock")
    assert {"data/audit.jsonl", "data/audit.jsonl.head"} <= set(told.files)
    assert not any(name.endswith("lock") for name in told.files)


def test_a_verdict_given_meanwhile_is_not_in_it(own, tmp_path, monkeypatch):
    reviews = open_reviews(own / "data" / "reviews.sqlite")
    lines_of = writing.lines_of

    def with_a_verdict(connection, table):
        reviews.record([replace(SAID, x=x) for x in range(101, 104)])
        return lines_of(connection, table)

    monkeypatch.setattr(writing, "lines_of", with_a_verdict)
    told = made(own, tmp_path / "b")
    assert told.reviews["event"].rows == 3
    restore(tmp_path / "b", tmp_path / "m", tmp_path / "d")
    assert digests(tmp_path / "d" / "reviews.sqlite")["event"].rows == told.reviews["event"].rows


def test_without_reviews_there_are_none_in_it(copied, tmp_path):
    root = copied(tmp_path)
    told = made(root, tmp_path / "b")
    assert told.reviews == {}
    assert not (root / "data" / "reviews.sqlite").exists()
    restore(tmp_path / "b", tmp_path / "m", tmp_path / "d")
    assert not Path(tmp_path / "d" / "reviews.sqlite").exists()
