"""Verdicts are read again when something was appended, by this process or another one."""

import subprocess
import sys

import pytest

from dashboard.cache import reviews
from idc_core.io.paths import REPOSITORY
from idc_core.io.postgres.address import address_of
from idc_core.io.refusal import Refusal
from idc_core.records.run_info import Data, RunInfo
from idc_core.reviews import Reviews, Verdict, open_reviews
from idc_core.runs.run import Run


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path / "a", RunInfo(data=Data(fingerprint="d")))


def verdict(**parts):
    usual = {
        "data": "d",
        "patient": "p",
        "x": 1,
        "y": 1,
        "reviewer": "Ada",
        "verdict": "unsure",
        "run": "a",
        "model": "m",
        "split": "test",
        "threshold": 0.5,
        "score": 0.5,
        "label": 1,
    }
    return Verdict(**usual | parts)


def test_before_the_first_verdict_there_is_none_and_no_file(run, own_reviews):
    assert reviews.standing(run).empty
    assert reviews.history(run).empty
    assert not own_reviews.exists()


def test_a_verdict_shows_at_once_and_so_does_its_undo(run):
    token = reviews.record([verdict()])
    assert len(reviews.standing(run)) == 1
    assert reviews.undo(run, "Ada", token) == token
    assert reviews.undo(run, "Ada", token) is None
    assert reviews.standing(run).empty
    assert len(reviews.history(run)) == 1


ELSEWHERE = """
import sys
from pathlib import Path
from idc_core.reviews import Verdict, open_reviews
reviews = open_reviews(Path(sys.argv[1]))
reviews.record([Verdict(data="d", patient="p", x=51, y=1, reviewer="Bo", verdict="idc", run="a",
    model="m", split="test", threshold=.5, score=.5, label=1)])
reviews.undo("Ada")
"""


def test_a_verdict_and_an_undo_of_another_process_show_too(run, own_reviews):
    reviews.record([verdict()])
    assert reviews.standing(run)["reviewer"].tolist() == ["Ada"]
    subprocess.run([sys.executable, "-c", ELSEWHERE, own_reviews], check=True, cwd=REPOSITORY)
    assert reviews.standing(run)["reviewer"].tolist() == ["Bo"]
    assert reviews.history(run)["undone"].tolist() == [True, False]


def test_verdicts_on_a_server_show_whoever_gave_them(run, own_reviews, new_url, monkeypatch):
    url = new_url()
    monkeypatch.setenv("IDC_REVIEWS_URL", url)
    assert reviews.standing(run).empty
    reviews.record([verdict()])
    other = open_reviews(address_of(url))
    other.record([verdict(x=51, reviewer="Bo")])
    assert reviews.standing(run)["reviewer"].tolist() == ["Ada", "Bo"]
    other.undo("Ada")
    assert reviews.standing(run)["reviewer"].tolist() == ["Bo"]
    assert not own_reviews.exists()


def test_nothing_is_read_again_while_nothing_was_appended(run, monkeypatch):
    reviews.record([verdict()])
    before = reviews.standing(run)
    monkeypatch.delattr(Reviews, "news")
    assert reviews.standing(run) is before


def test_a_file_put_in_the_place_of_the_first_is_read_anew(run, own_reviews, tmp_path):
    reviews.record([verdict()])
    assert len(reviews.standing(run)) == 1
    open_reviews(tmp_path / "other.sqlite").record([verdict(reviewer="Bo")])
    (tmp_path / "other.sqlite").replace(own_reviews)
    assert reviews.standing(run)["reviewer"].tolist() == ["Bo"]


def test_the_history_is_that_of_the_patch_asked_for(run):
    reviews.record([verdict(), verdict(x=51), verdict(patient="q")])
    assert len(reviews.history(run, "p")) == 2
    assert len(reviews.history(run, "p", 51, 1)) == 1
    assert reviews.history(run, "p", 51, 51).empty


def test_progress_counts_patches_of_a_reader_or_of_all(run):
    assert reviews.progress(run).empty
    reviews.record([verdict(), verdict(x=51), verdict(reviewer="Bo")])
    assert reviews.progress(run)["reviewed"].tolist() == [2]
    assert reviews.progress(run, "Bo")["reviewed"].tolist() == [1]
    assert reviews.progress(run, "Cy").empty


def test_what_is_taken_back_is_the_batch_that_was_named(run):
    first = reviews.record([verdict()])
    second = reviews.record([verdict(x=51), verdict(x=101)])
    reviews.record([verdict(reviewer="Bo")])
    assert reviews.last(run, "Ada")["token"].tolist() == [second, second]
    reviews.undo(run, "Ada", first)
    assert reviews.history(run)["undone"].tolist() == [True, False, False, False]
    reviews.undo(run, "Ada", second)
    assert reviews.last(run, "Ada").empty
    assert reviews.last(run, "").empty


def test_an_undo_before_the_first_verdict_makes_no_file(run, own_reviews):
    assert reviews.undo(run, "Ada", "t") is None
    assert not own_reviews.exists()


def test_a_file_that_vanished_is_named_and_not_begun_anew(run, own_reviews):
    reviews.record([verdict()])
    for file in own_reviews.parent.glob("reviews.sqlite*"):
        file.unlink()
    for ask in (
        lambda: reviews.standing(run),
        lambda: reviews.record([verdict()]),
        lambda: reviews.undo(run, "Ada", "t"),
    ):
        with pytest.raises(Refusal, match="gone"):
            ask()
    assert not own_reviews.exists()
