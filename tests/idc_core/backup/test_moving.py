"""Everything that several people write moves to a server in one transaction, and is proved."""

import shutil

import pytest

from idc_core.audit.file import FileLog
from idc_core.audit.log import Entry
from idc_core.audit.server import ServerLog
from idc_core.backup.moving import move_all
from idc_core.io.files import log_lines
from idc_core.io.postgres import logs
from idc_core.io.postgres.address import address_of
from idc_core.io.refusal import Refusal
from idc_core.records.ledger import LEDGER, LOOKS
from idc_core.reviews import open_reviews
from idc_core.runs import ledger, run_logs, seal, trash
from idc_core.runs.run import open_run
from tests.verdicts import verdict

WHAT = ("event", "region", "locked threshold", "look at test", "entry of the audit log")


@pytest.fixture
def own(copied, tmp_path):
    """A world with a verdict, two locked thresholds, looks in a run and in a deleted one, and an
    audit log."""
    root = copied(tmp_path / "own")
    run = open_run(root / "models" / "small")
    seal.write(run.path)
    asked = {"rule": "by hand", "name": "ward", "reason": "agreed"}
    ledger.lock(run, run.predictions(), threshold=0.25, **asked)
    for threshold in (0.25, 0.5):
        ledger.look(run, threshold)
    gone = root / "models" / "gone"
    shutil.copytree(run.path, gone)
    (gone / LEDGER).unlink()
    text = (gone / "run.json").read_text()
    (gone / "run.json").write_text(text.replace("2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z"))
    trash.delete_run(gone, by="Ada", force=True)
    open_reviews(root / "data" / "reviews.sqlite").record([verdict()])
    audited(root, "ada")
    return root


def audited(root, person):
    log = FileLog(root / "data" / "audit.jsonl")
    for act in ("open", "lock"):
        log.append(Entry(at="2026-11-30T12:00:00Z", person=person, act=act))
    return log


def moved(root, server, reviews=True):
    data = root / "data"
    file = data / "reviews.sqlite" if reviews else None
    return move_all(file, root / "models", data / "audit.jsonl", server)


@pytest.fixture
def url(new_url):
    return new_url()


@pytest.fixture
def server(url):
    return address_of(url)


def test_all_of_it_arrives_and_goes_on_there(own, server, url, monkeypatch):
    run = own / "models" / "small"
    before = open_run(run).operating_points(), ledger.looks(open_run(run))
    found = moved(own, server)
    assert {what: digest.rows for what, digest in found.digests.items()} == dict(
        zip(WHAT, (1, 0, 2, 4, 2), strict=True)
    )
    assert found.left == ""
    monkeypatch.setenv("IDC_REVIEWS_URL", url)
    assert (open_run(run).operating_points(), ledger.looks(open_run(run))) == before
    for log in (LEDGER, LOOKS):
        assert logs.lines(server, run_logs.name_of(run, log)) == log_lines(run / log)
    there = ServerLog(server)
    assert there.check() == audited_before(own)
    there.append(Entry(at="2026-11-30T13:00:00Z", person="ada", act="tag"))
    assert (there.check().lines, there.check().broken) == (3, None)
    asked = {"rule": "by hand", "name": "ward", "reason": "agreed"}
    ledger.lock(open_run(run), open_run(run).predictions(), threshold=0.75, **asked)
    assert ledger.check(open_run(run)) == ledger.Chain(lines=3, linked=3, broken=None)


def audited_before(root):
    return FileLog(root / "data" / "audit.jsonl").check()


def test_what_is_there_already_is_not_copied_again(own, server):
    moved(own, server)
    run = open_run(own / "models" / "small")
    ledger.look(run, 0.75)
    found = moved(own, server, reviews=False)
    assert found.digests["look at test"].rows == 5
    assert len(logs.lines(server, run_logs.name_of(run.path, LOOKS))) == 3
    assert ServerLog(server).check().lines == 2


def test_a_second_audit_log_stays_a_log_of_its_own(own, server, copied, tmp_path):
    moved(own, server)
    second = copied(tmp_path / "second")
    audited(second, "ben")
    found = moved(second, server, reviews=False)
    assert f"audit --log {second / 'data' / 'audit.jsonl'}" in found.left
    assert [each.person for each in ServerLog(server).entries()] == ["ada", "ada"]


def nothing_is_there(server):
    return logs.heads(server) == {} and open_reviews(server).stamp() == 0


def test_a_changed_audit_log_is_not_moved_and_nothing_else_either(own, server):
    file = own / "data" / "audit.jsonl"
    file.write_bytes(file.read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(Refusal, match="The log ends after 1 lines: 2 were written"):
        moved(own, server)
    assert nothing_is_there(server)


def test_a_server_that_gives_back_something_else_keeps_nothing(own, server, monkeypatch):
    whole = logs.add
    monkeypatch.setattr(logs, "add", lambda session, log, new: whole(session, log, new[:-1]))
    with pytest.raises(Refusal, match=r"2 locked thresholds .* it holds"):
        moved(own, server)
    monkeypatch.undo()
    assert nothing_is_there(server)


def test_with_verdicts_on_the_server_nothing_is_moved(own, server):
    open_reviews(server).record([verdict(2)])
    with pytest.raises(Refusal, match="expected no review"):
        moved(own, server)
    assert logs.heads(server) == {}
