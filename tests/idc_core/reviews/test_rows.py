"""Reviews move from one place to another whole or not at all, and digests prove it."""

import hashlib
from dataclasses import replace

import pandas as pd
import pytest

from idc_core.io.refusal import Refusal
from idc_core.reviews import Verdict, open_reviews, rows
from idc_core.reviews.regions import Region, Regions, standing
from idc_core.reviews.rows import COLUMNS, digests, lines_of, move
from idc_core.reviews.where import reading

WAYS = [("sqlite", "postgres"), ("postgres", "sqlite"), ("sqlite", "sqlite")]


def verdict(x=1, **parts):
    usual = {
        "data": "d",
        "patient": "Ω a\0b \ue000",
        "x": x,
        "y": 1,
        "reviewer": "Ada",
        "verdict": "unsure",
        "run": "r",
        "model": "m",
        "split": "test",
        "threshold": 0.1 + 0.2,
        "score": 1 / 3,
        "label": -1,
        "comment": 'at "the" rim\n',
    }
    return Verdict(**usual | parts)


REGION = Region(
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
    um_x=0.2526,
    shape="POLYGON ((0 0, 10 0, 10.125 10, 0 0))",
)


def fill(where):
    reviews = open_reviews(where)
    for x in range(5):
        reviews.record([verdict(x), verdict(x, reviewer="Bo", score=1)])
    reviews.undo("Ada")
    log = Regions(where)
    first = log.record(REGION)
    log.record(replace(REGION, follows=first, does="removed", shape=""))
    return reviews


@pytest.mark.parametrize(("source", "target"), WAYS)
def test_all_that_was_said_arrives_and_goes_on(new_place, source, target):
    source, target = new_place(source), new_place(target)
    old = fill(source)
    told = move(source, target)
    assert {table: digest.rows for table, digest in told.items()} == {"event": 11, "region": 2}
    assert told == digests(source) == digests(target)
    new = open_reviews(target)
    pd.testing.assert_frame_equal(new.history("d"), old.history("d"))
    assert new.mark() == old.mark()
    assert Regions(target).records("d") == Regions(source).records("d")
    new.record([verdict(7)])
    assert new.stamp() == old.stamp() + 1
    Regions(target).record(replace(REGION, region="r2"))
    assert [each.region for each in standing(Regions(target).records("d"))] == ["r2"]


def test_a_digest_is_that_of_the_lines_whatever_holds_them(new_place):
    places = [new_place(kind) for kind in ("sqlite", "postgres")]
    for where in places:
        open_reviews(where).record([verdict()], token="t")
    found = []
    for where in places:
        with reading(where, 1) as connection:
            found.append([list(lines_of(connection, table)) for table in COLUMNS])
    one, other = (each[0][0] for each in found)
    assert one.startswith(b'[1,"t",0,"2')
    assert b'"Ada","unsure","r","m","test",0.30000000000000004,0.3333333333333333,-1' in one
    assert one.partition(b'"d"')[2] == other.partition(b'"d"')[2]
    with_sum = digests(places[0])["event"]
    assert (with_sum.rows, with_sum.sha256) == (1, hashlib.sha256(one).hexdigest())


def test_rows_beyond_what_is_held_at_once_are_all_moved(new_place, monkeypatch):
    monkeypatch.setattr(rows, "_AT_ONCE", 3)
    source, target = new_place("sqlite"), new_place("postgres")
    fill(source)
    assert move(source, target)["event"].rows == 11


def test_a_place_with_reviews_is_not_added_to(new_place):
    source, target = new_place("sqlite"), new_place("postgres")
    fill(source)
    open_reviews(target).record([verdict()])
    before = digests(target)
    with pytest.raises(Refusal, match=r"expected no review in .*: it has 1 rows of events"):
        move(source, target)
    assert digests(target) == before


def test_what_does_not_arrive_as_it_left_is_not_stored(new_place, monkeypatch):
    source, target = new_place("sqlite"), new_place("postgres")
    fill(source)
    real = rows._row

    def one_is_changed(line, table):
        found = real(line, table)
        return [*found[:-1], "other"] if found[0] == 4 else found

    monkeypatch.setattr(rows, "_row", one_is_changed)
    with pytest.raises(Refusal, match="to give back what it was given: 11 events"):
        move(source, target)
    assert [digest.rows for digest in digests(target).values()] == [0, 0]


def test_nobody_adds_to_the_source_meanwhile(new_place, monkeypatch):
    source, target = new_place("sqlite"), new_place("postgres")
    fill(source)
    real = rows.fill

    def with_another_writer(*given):
        with pytest.raises(Refusal, match="another process holds it"):
            open_reviews(source, wait=0.1).record([verdict(99)])
        real(*given)

    monkeypatch.setattr(rows, "fill", with_another_writer)
    assert move(source, target) == digests(source)


@pytest.mark.parametrize("line", [b"no row\n", b"[1,2]\n", b"{}\n"])
def test_a_line_that_is_no_row_is_refused(new_place, line):
    with pytest.raises(Refusal, match="expected a row of events"):
        rows.fill(new_place("sqlite"), {"event": [line], "region": []})
