"""Regions are appended, never changed; nobody corrects what they did not see; none is lost."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace

import pytest

from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.reviews import VERSION, open_reviews
from idc_core.reviews.regions import Region, Regions, authors, standing

SQUARE = "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0))"
WIDER = "POLYGON ((0 0, 20 0, 20 10, 0 10, 0 0))"


def region(**parts):
    usual = {
        "region": "r1",
        "follows": "",
        "does": "drawn",
        "data": "d1",
        "patient": "10253",
        "slide": "S1",
        "author": "Ada",
        "run": "demo",
        "name": "pen",
        "excluded": True,
        "frame": "slide",
        "um_x": 0.5,
        "um_y": 0.5,
        "shape": SQUARE,
    }
    return Region(**usual | parts)


@pytest.fixture
def log(where):
    return Regions(open_reviews(where).where)


def names(log, **where):
    return [each.name for each in standing(log.records("d1", **where))]


def test_a_region_comes_back_as_it_was_drawn_with_author_and_time(log):
    token = log.record(region())
    (found,) = log.records("d1")
    assert replace(found, token="", at="") == region()
    assert found.token == token
    assert found.at.endswith("+00:00")
    assert found.drawn().area == 100
    assert found.um == (0.5, 0.5)


def test_a_correction_and_a_removal_follow_and_the_history_keeps_all(log):
    first = log.record(region())
    second = log.record(region(follows=first, does="corrected", shape=WIDER, author="Bo"))
    (found,) = standing(log.records("d1"))
    assert found.drawn().area == 200
    assert authors(log.records("d1")) == {"r1": ["Ada", "Bo"]}
    log.record(region(follows=second, does="removed", shape=""))
    assert standing(log.records("d1")) == []
    assert log.history("d1")["does"].tolist() == ["drawn", "corrected", "removed"]


def test_who_corrects_what_somebody_changed_meanwhile_is_refused(log):
    first = log.record(region())
    log.record(region(follows=first, does="corrected", shape=WIDER))
    with pytest.raises(Refusal, match="has changed since"):
        log.record(region(follows=first, does="removed", shape=""))
    with pytest.raises(Refusal, match="has changed since"):
        log.record(region())
    assert len(log.records("d1")) == 2


def test_the_same_act_sent_twice_counts_once_and_another_under_its_token_is_refused(log):
    for _ in range(2):
        assert log.record(region(), token="t") == "t"
    assert len(log.records("d1")) == 1
    with pytest.raises(Refusal, match="this one is known"):
        log.record(region(name="fold"), token="t")


def test_undo_takes_back_the_last_act_on_a_region_and_only_by_its_author(log):
    first = log.record(region())
    second = log.record(region(follows=first, does="removed", shape=""))
    assert not log.undo("Bo", second, data="d1")
    assert not log.undo("Ada", second, data="d2")
    assert log.undo("Ada", second, data="d1")
    assert names(log) == ["pen"]
    assert not log.undo("Ada", second, data="d1")
    third = log.record(region(follows=first, does="corrected", shape=WIDER, author="Bo"))
    with pytest.raises(Refusal, match="somebody has corrected it"):
        log.undo("Ada", first, data="d1")
    assert log.undo("Bo", third, data="d1")
    assert log.undo("Ada", first, data="d1")
    assert names(log) == []
    assert log.history("d1")["undone"].tolist() == [True, True, True]


def test_slides_patients_and_data_are_apart_and_a_region_stays_on_its_slide(log):
    log.record(region())
    log.record(region(region="r2", slide="S2", name="fold"))
    log.record(region(region="r3", data="d2", name="other"))
    assert names(log) == ["pen", "fold"]
    assert names(log, patient="10253", slide="S2") == ["fold"]
    with pytest.raises(Refusal, match="drawn on another one"):
        log.record(region(slide="S2"))


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"author": " "}, "reader's name"),
        ({"author": "x" * 81}, "reader's name"),
        ({"name": " "}, "name of the region"),
        ({"name": "x" * 61}, "1 to 60"),
        ({"name": "a\0b"}, "printable"),
        ({"shape": ""}, "shape"),
        ({"does": "removed"}, "shape"),
        ({"does": "wished"}, "drawn, corrected or removed"),
    ],
)
def test_what_is_no_record_is_refused(parts, sentence):
    with pytest.raises(Refusal, match=sentence):
        region(**parts)


@pytest.mark.parametrize("statement", ["DELETE FROM region", "UPDATE region SET name = 'x'"])
def test_the_place_itself_refuses_to_forget(log, statement, statement_on):
    log.record(region())
    assert "never" in statement_on(log.where, statement)
    assert names(log) == ["pen"]


def older(path):
    """A file of version 2, as 0.10 and 0.11 wrote it."""
    open_reviews(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("DROP TABLE region; DROP TABLE written; PRAGMA user_version = 2;")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for beside in path.parent.glob(f"{path.name}-*"):
        beside.unlink()


def test_a_file_of_before_regions_is_backed_up_and_brought_up_to_date(tmp_path):
    path = tmp_path / "reviews.sqlite"
    older(path)
    log = Regions(open_reviews(path).where)
    log.record(region())
    assert names(log) == ["pen"]
    assert len(list(tmp_path.glob("reviews.v2.*.sqlite"))) == 1
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)


def test_such_a_file_that_may_only_be_read_has_no_region(tmp_path, monkeypatch):
    path = tmp_path / "reviews.sqlite"
    older(path)
    content = path.read_bytes()
    monkeypatch.setattr("idc_core.reviews.file.os.access", lambda *_: False)
    log = Regions(open_reviews(path).where)
    assert log.records("d1") == []
    assert path.read_bytes() == content


# Eight correct the same region, again and again, each what they saw: a program of its own, as in
# test_reviews_faults.
AT_ONCE = """
import os, sys
from idc_core.io.refusal import Refusal
from idc_core.reviews import default_where, open_reviews
from idc_core.reviews.regions import Region, Regions
writers, each = map(int, sys.argv[1:])
log = Regions(open_reviews(default_where()).where, wait=120)
said = dict(region="r", does="corrected", data="d", patient="p", run="m", name="n", excluded=False,
    frame="slide", shape="POLYGON ((0 0, 1 0, 1 1, 0 0))")
log.record(Region(**said | dict(follows="", does="drawn", author="a")))
for at in range(writers):
    if os.fork() == 0:
        break
else:
    sys.exit(max(os.waitstatus_to_exitcode(os.wait()[1]) != 0 for _ in range(writers)))
done = 0
while done < each:
    try:
        log.record(Region(**said, follows=log.records("d")[-1].token, author=str(at)))
        done += 1
    except Refusal as refused:
        assert "has changed since" in str(refused)
"""


@pytest.mark.slow
def test_four_who_correct_the_same_region_at_once_form_one_chain(where, named):
    words = [sys.executable, "-c", AT_ONCE, "4", "15"]
    environment = os.environ | named
    done = subprocess.run(words, cwd=REPOSITORY, env=environment, timeout=300, check=False)
    assert done.returncode == 0
    found = Regions(open_reviews(where).where).records("d")
    assert len(found) == 61
    assert [each.follows for each in found[1:]] == [each.token for each in found[:-1]]


KILLED = """
from idc_core.reviews import default_where, open_reviews
from idc_core.reviews.regions import Region, Regions
log = Regions(open_reviews(default_where()).where)
for at in range(100_000):
    print(log.record(Region(region=f"r{at}", follows="", does="drawn", data="d", patient="p",
        author="a", run="m", name="n", excluded=False, frame="slide",
        shape="POLYGON ((0 0, 1 0, 1 1, 0 0))")), flush=True)
"""


@pytest.mark.slow
def test_a_kill_loses_no_region_that_was_acknowledged(where, named):
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED],
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        env=os.environ | named,
    )
    known = [child.stdout.readline().strip() for _ in range(20)]
    os.kill(child.pid, signal.SIGKILL)
    rest, _ = child.communicate()
    known += rest.split("\n")[:-1]
    stored = [each.token for each in Regions(open_reviews(where).where).records("d")]
    assert stored[: len(known)] == known
    assert len(stored) - len(known) <= 1
