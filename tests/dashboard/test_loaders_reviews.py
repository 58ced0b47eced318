"""Verdicts are read again when something was appended, by this process or another one."""

import subprocess
import sys

import pytest

from dashboard import loaders_reviews
from idc_core.places import REPOSITORY
from idc_core.refusal import Refusal
from idc_core.reviews import Verdict
from idc_core.runs import Run


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path / "a", {"data": {"fingerprint": "d"}})


def verdict(**parts):
    usual = {
        "data": "d", "patient": "p", "x": 1, "y": 1, "reviewer": "Ada", "verdict": "unsure",
        "run": "a", "model": "m", "split": "test", "threshold": 0.5, "score": 0.5, "label": 1,
    }  # fmt: skip
    return Verdict(**usual | parts)


def test_before_the_first_verdict_there_is_none_and_no_file(run, own_reviews):
    assert loaders_reviews.standing(run).empty
    assert loaders_reviews.history(run).empty
    assert not own_reviews.exists()


def test_a_verdict_shows_at_once_and_so_does_its_undo(run):
    loaders_reviews.record([verdict()])
    assert len(loaders_reviews.standing(run)) == 1
    assert loaders_reviews.undo(run, "Ada") is not None
    assert loaders_reviews.standing(run).empty
    assert len(loaders_reviews.history(run)) == 1


def test_a_verdict_of_another_process_shows_too(run, own_reviews):
    loaders_reviews.record([verdict()])
    assert len(loaders_reviews.standing(run)) == 1
    said = (
        "import sys; from pathlib import Path; from idc_core.reviews import *; "
        "open_reviews(Path(sys.argv[1])).record([Verdict(data='d', patient='p', x=51, y=1, "
        "reviewer='Bo', verdict='idc', run='a', model='m', split='test', threshold=.5, "
        "score=.5, label=1)])"
    )
    subprocess.run([sys.executable, "-c", said, str(own_reviews)], check=True, cwd=REPOSITORY)
    assert set(loaders_reviews.standing(run)["reviewer"]) == {"Ada", "Bo"}


def test_a_file_that_vanished_is_named_when_the_next_verdict_comes(run, own_reviews):
    loaders_reviews.record([verdict()])
    for file in own_reviews.parent.glob("reviews.sqlite*"):
        file.unlink()
    with pytest.raises(Refusal, match="gone"):
        loaders_reviews.record([verdict()])
