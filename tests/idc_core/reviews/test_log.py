"""What readers say is appended, never changed, and comes back as it was said."""

import random
import sqlite3

import numpy as np
import pandas as pd
import pytest

from idc_core.io.refusal import Refusal
from idc_core.records.run_info import Data, RunInfo
from idc_core.reviews import (
    LONGEST_COMMENT,
    VERDICTS,
    VERSION,
    Verdict,
    data_key,
    default_where,
    open_reviews,
    progress_of,
    says,
    standing_of,
    with_news,
)
from idc_core.runs.run import Run


def verdict(**parts):
    usual = {
        "data": "d1",
        "patient": "10253",
        "x": 1,
        "y": 51,
        "reviewer": "Ada",
        "verdict": "agree_label",
        "run": "demo",
        "model": "m1",
        "split": "test",
        "threshold": 0.25,
        "score": 0.75,
        "label": 0,
    }
    return Verdict(**usual | parts)


@pytest.fixture
def reviews(where):
    return open_reviews(where)


def test_nobody_agrees_with_a_label_that_is_not_there():
    with pytest.raises(Refusal, match="expected a label to agree with: this patch has none"):
        verdict(label=-1)
    assert verdict(label=-1, verdict="idc").says == 1


def test_a_verdict_comes_back_with_all_that_the_reader_saw(reviews):
    token = reviews.record([verdict(comment="at the rim")])
    row = reviews.standing("d1").iloc[0]
    assert row["token"] == token
    said = ("patient", "x", "y", "reviewer", "verdict", "threshold", "score", "label", "comment")
    assert [row[name] for name in said] == [
        "10253",
        1,
        51,
        "Ada",
        "agree_label",
        0.25,
        0.75,
        0,
        "at the rim",
    ]
    assert row["says"] == 0
    assert row["at"].endswith("+00:00")


def test_numbers_of_numpy_are_stored_as_numbers(reviews):
    reviews.record([verdict(x=np.int32(101), score=np.float32(0.5), label=np.int8(1))])
    row = reviews.standing("d1").iloc[0]
    assert (row["x"], row["score"], row["label"]) == (101, 0.5, 1)


def test_the_newest_verdict_of_a_reader_stands(reviews):
    reviews.record([verdict(verdict="unsure")])
    reviews.record([verdict(verdict="agree_model")])
    reviews.record([verdict(verdict="artefact", reviewer="Bo")])
    standing = reviews.standing("d1")
    assert dict(zip(standing["reviewer"], standing["verdict"], strict=True)) == {
        "Ada": "agree_model",
        "Bo": "artefact",
    }
    assert len(reviews.history("d1")) == 3


def test_a_verdict_after_the_reveal_stands_beside_the_blind_one(reviews):
    reviews.record([verdict(verdict="no_idc", stage="blind")])
    reviews.record([verdict(verdict="agree_model", stage="revealed")])
    assert reviews.standing("d1")["stage"].tolist() == ["blind", "revealed"]
    assert reviews.standing("d1", stage="blind")["verdict"].tolist() == ["no_idc"]


def test_undo_takes_back_the_newest_batch_and_keeps_it_in_the_history(reviews):
    reviews.record([verdict(verdict="unsure")])
    batch = reviews.record([verdict(verdict="artefact", x=x) for x in (1, 51, 101)])
    assert reviews.undo("Ada", data="d1") == batch
    assert reviews.standing("d1")["verdict"].tolist() == ["unsure"]
    assert reviews.history("d1")["undone"].tolist() == [False, True, True, True]
    assert reviews.undo("Ada", data="d1") is not None
    assert reviews.undo("Ada", data="d1") is None
    assert reviews.standing("d1").empty


def test_undo_never_takes_back_what_another_reader_said(reviews):
    reviews.record([verdict(reviewer="Bo")])
    assert reviews.undo("Ada", data="d1") is None
    assert len(reviews.standing("d1")) == 1


def test_undo_of_a_batch_of_two_readers_takes_back_ones_own(reviews):
    reviews.record([verdict(), verdict(reviewer="Bo")])
    reviews.undo("Ada", data="d1")
    assert reviews.standing("d1")["reviewer"].tolist() == ["Bo"]


def test_undo_of_some_data_leaves_other_data_alone(reviews):
    reviews.record([verdict(), verdict(data="d2")])
    reviews.undo("Ada", data="d2")
    assert [len(reviews.standing(data)) for data in ("d1", "d2")] == [1, 0]


def test_undo_of_any_data_takes_back_the_whole_batch(reviews):
    reviews.record([verdict(x=51)])
    reviews.record([verdict(), verdict(data="d2")])
    reviews.undo("Ada")
    assert [len(reviews.standing(data)) for data in ("d1", "d2")] == [1, 0]


def test_the_same_form_sent_twice_counts_once(reviews):
    for _ in range(2):
        reviews.record([verdict()], token="t1")
    assert len(reviews.history("d1")) == 1


def test_other_verdicts_under_a_known_token_are_not_lost(reviews):
    reviews.record([verdict()], token="t1")
    other = reviews.record([verdict(verdict="unsure")], token="t1")
    assert other != "t1"
    assert reviews.history("d1")["token"].tolist() == ["t1", other]


def test_a_batch_with_a_bad_row_stores_nothing(reviews):
    with pytest.raises(Refusal):
        reviews.record([verdict(), verdict(verdict="maybe")])
    assert reviews.history("d1").empty


def test_progress_counts_patches_not_verdicts(reviews):
    reviews.record([verdict(), verdict(reviewer="Bo"), verdict(x=51), verdict(patient="7")])
    progress = reviews.progress("d1").set_index("patient")["reviewed"]
    assert progress.to_dict() == {"10253": 2, "7": 1}
    assert reviews.progress("d1", "Bo").set_index("patient")["reviewed"].to_dict() == {"10253": 1}
    assert reviews.progress("another").empty


def test_reviews_of_other_data_are_apart(reviews):
    reviews.record([verdict(), verdict(data="d2")])
    assert len(reviews.standing("d1")) == 1


def test_the_stamp_grows_with_every_event(reviews):
    stamps = [reviews.stamp()]
    reviews.record([verdict()])
    stamps.append(reviews.stamp())
    reviews.undo("Ada", data="d1")
    stamps.append(reviews.stamp())
    assert stamps == sorted(set(stamps))


def anything(chance):
    return verdict(
        reviewer=chance.choice("AB"),
        x=chance.randrange(4),
        data=chance.choice(["d1", "d2"]),
        verdict=chance.choice(VERDICTS),
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_history_brought_up_to_date_equals_one_read_anew(reviews, seed):
    chance, known, read = random.Random(seed), reviews.history("d1"), reviews.mark()
    for _ in range(12):
        for _ in range(chance.randrange(3)):
            if chance.random() < 0.4:
                reviews.undo(chance.choice("AB"), data=chance.choice(["d1", "d2", None]))
            else:
                reviews.record([anything(chance) for _ in range(chance.randint(1, 3))])
        news = reviews.news("d1", read[1])
        known, read = with_news(known, news), news.mark
        assert read == reviews.mark()
        pd.testing.assert_frame_equal(known, reviews.history("d1"), check_dtype=len(known) > 0)
        pd.testing.assert_frame_equal(
            progress_of(standing_of(known)), reviews.progress("d1"), check_dtype=len(known) > 0
        )


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_two_places_of_the_same_length_have_different_marks(new_place, kind):
    both = [open_reviews(new_place(kind)) for _ in range(2)]
    for reviews in both:
        reviews.record([verdict()])
    assert both[0].stamp() == both[1].stamp()
    assert both[0].mark() != both[1].mark()


@pytest.mark.parametrize("statement", ["DELETE FROM event", "UPDATE event SET verdict = 'idc'"])
def test_the_place_itself_refuses_to_forget(reviews, statement, statement_on):
    reviews.record([verdict()])
    assert "never" in statement_on(reviews.where, statement)
    assert len(reviews.history("d1")) == 1


@pytest.mark.parametrize(
    "name",
    [
        "<img src=x onerror=alert(1)>",
        "../../etc/passwd",
        "'; DROP TABLE event; --",
        "Ω患者\u202e",
        "a\0b",
        "%_",
        "x" * 200,
    ],
)
def test_names_are_text_and_nothing_else(reviews, name):
    reviews.record([verdict(patient=name, comment=name)])
    row = reviews.standing("d1", patient=name).iloc[0]
    assert (row["patient"], row["comment"]) == (name, name)


@pytest.mark.parametrize(
    "parts",
    [
        {"reviewer": " "},
        {"reviewer": "x" * 81},
        {"comment": "x" * (LONGEST_COMMENT + 1)},
        {"verdict": "yes"},
        {"stage": "later"},
        {"score": float("nan")},
        {"threshold": np.inf},
    ],
)
def test_what_cannot_be_a_verdict_is_refused(parts):
    with pytest.raises(Refusal, match="expected"):
        verdict(**parts)


@pytest.mark.parametrize("name", VERDICTS)
def test_what_a_verdict_says_follows_from_what_was_seen(name):
    expected = {"agree_model": 1, "agree_label": 0, "idc": 1, "no_idc": 0}
    assert says(name, 0, 0.75, 0.25) == expected.get(name)


@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize("score", [0.2, 0.25, 0.75])
def test_the_table_says_what_each_verdict_says(reviews, label, score):
    given = [
        verdict(verdict=name, x=x, label=label, score=score) for x, name in enumerate(VERDICTS)
    ]
    reviews.record(given)
    said = reviews.standing("d1")["says"].astype(object)
    assert said.where(said.notna(), None).tolist() == [one.says for one in given]


def test_the_history_of_one_patch_is_that_of_no_other(reviews):
    reviews.record([verdict(), verdict(x=51), verdict(y=1), verdict(patient="7")])
    assert len(reviews.history("d1", patient="10253", x=1, y=51)) == 1
    assert len(reviews.history("d1", patient="10253")) == 3


def test_a_score_on_the_threshold_is_called():
    assert says("agree_model", 0, 0.25, 0.25) == 1


def test_data_is_known_by_its_fingerprint_or_else_by_the_run(tmp_path):
    assert data_key(Run(tmp_path / "a", RunInfo(data=Data(fingerprint="f")))) == "f"
    assert data_key(Run(tmp_path / "a", RunInfo())) == "run:a"


def test_reviews_lie_beside_the_data(monkeypatch, tmp_path):
    monkeypatch.delenv("IDC_REVIEWS", raising=False)
    monkeypatch.delenv("IDC_REVIEWS_URL", raising=False)
    monkeypatch.setenv("IDC_DATA", str(tmp_path))
    assert default_where() == tmp_path / "reviews.sqlite"
    monkeypatch.setenv("IDC_REVIEWS", str(tmp_path / "mine.sqlite"))
    assert default_where() == tmp_path / "mine.sqlite"
    monkeypatch.setenv("IDC_REVIEWS_URL", "postgresql://ada:secret@db.example/reviews")
    assert str(default_where()) == "db.example/reviews"


def test_verdicts_on_two_slides_of_a_patient_stand_side_by_side(reviews):
    for slide, said in (("s", "idc"), ("t", "no_idc"), ("s", "unsure")):
        reviews.record([verdict(slide=slide, verdict=said)])
    standing = reviews.standing("d1")
    assert standing[["slide", "x", "y", "verdict"]].to_numpy().tolist() == [
        ["t", 1, 51, "no_idc"],
        ["s", 1, 51, "unsure"],
    ]
    assert progress_of(standing)["reviewed"].tolist() == [2]


def test_where_no_slide_is_named_no_table_speaks_of_one(reviews):
    reviews.record([verdict()])
    assert "slide" not in reviews.standing("d1")
    assert "slide" not in reviews.history("d1")


SCHEMA_1 = """
CREATE TABLE event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token TEXT NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL, undoes TEXT,
  data TEXT NOT NULL, patient TEXT, x INTEGER, y INTEGER, reviewer TEXT NOT NULL,
  verdict TEXT, run TEXT, model TEXT, split TEXT, threshold REAL, score REAL, label INTEGER,
  stage TEXT, comment TEXT,
  UNIQUE (token, number)
);
INSERT INTO event (token, number, at, data, patient, x, y, reviewer, verdict, run, model, split,
  threshold, score, label, stage, comment)
VALUES ('t1', 0, '2026-01-01', 'd1', '10253', 1, 51, 'Ada', 'idc', 'r', 'm', 'test', 0.5, 0.75, 0,
  'open', 'at the rim');
PRAGMA user_version = 1;
"""


@pytest.fixture
def older(tmp_path):
    """A file as 0.9 wrote it."""
    path = tmp_path / "reviews.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA_1)
    connection.close()
    return path


def test_verdicts_of_before_slides_had_names_are_read_and_added_to(older):
    reviews = open_reviews(older)
    before = reviews.history("d1").drop(columns=["id"])
    assert before.iloc[0][["token", "patient", "x", "verdict", "says", "comment"]].tolist() == [
        "t1",
        "10253",
        1,
        "idc",
        1,
        "at the rim",
    ]
    assert "slide" not in before
    reviews.record([verdict(verdict="no_idc")])
    assert reviews.standing("d1")["verdict"].tolist() == ["no_idc"]
    assert reviews.undo("Ada") is not None
    assert reviews.standing("d1")["verdict"].tolist() == ["idc"]
    assert len(list(older.parent.glob("reviews.v1.*.sqlite"))) == 1


def test_such_a_file_that_may_only_be_read_is_read_as_it_lies_there(older, monkeypatch):
    content = older.read_bytes()
    monkeypatch.setattr("idc_core.reviews.file.os.access", lambda *_: False)
    reviews = open_reviews(older)
    assert reviews.standing("d1")["verdict"].tolist() == ["idc"]
    assert reviews.mark() == ("t1", 1)
    assert older.read_bytes() == content


def test_the_schema_carries_its_version(new_place):
    connection = sqlite3.connect(open_reviews(new_place("sqlite")).where)
    assert connection.execute("PRAGMA user_version").fetchone()[0] == VERSION
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    connection.close()
