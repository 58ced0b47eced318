"""A split is held, counted as its rows say, and read again when its file changes."""

import os

import numpy as np
import pytest

from dashboard.cache import predictions, runs
from idc_core.evaluate.evaluation import per_patient
from idc_core.io.files import read_parquet, write_parquet
from idc_core.io.refusal import Refusal


def test_a_split_is_counted_as_its_rows_say(full_run):
    run = runs.run("small")
    found = predictions.scores(run, "test")
    rows = run.predictions().query("split == 'test'")
    called = rows["score"] >= 0.5
    counts = found.ranked.counts(0.5)
    assert (counts.tp, counts.fp) == (
        int((called & (rows["label"] == 1)).sum()),
        int((called & (rows["label"] == 0)).sum()),
    )
    assert counts.total == len(rows) == len(found.rows)


def test_rows_and_patients_of_a_split_stand_in_the_same_order(full_run):
    found = predictions.scores(runs.run("small"), "test")
    assert list(found.patients.patients) == list(dict.fromkeys(found.rows["patient"]))
    np.testing.assert_array_equal(found.patients.labels, found.rows["label"])
    np.testing.assert_array_equal(found.patients.scores, found.rows["score"].astype(float))


def test_the_counts_of_patients_add_up_to_those_of_the_split(full_run):
    found = predictions.scores(runs.run("small"), "test")
    table = per_patient(found.rows, 0.4)
    counts = found.ranked.counts(0.4)
    assert table[["tn", "fp", "fn", "tp"]].sum().tolist() == [
        counts.tn,
        counts.fp,
        counts.fn,
        counts.tp,
    ]


def test_a_split_is_held_and_read_again_when_its_file_changes(own_run):
    before = predictions.scores(runs.run("small"), "test")
    assert predictions.scores(runs.run("small"), "test") is before
    table = read_parquet(own_run / "predictions.parquet")
    write_parquet(own_run / "predictions.parquet", table.assign(score=np.float32(0.25)))
    after = predictions.scores(runs.run("small"), "test")
    assert set(after.rows["score"]) == {0.25}


def test_a_changed_file_is_noticed_by_its_time_alone(own_run):
    file = own_run / "predictions.parquet"
    before = predictions.scores(runs.run("small"), "test")
    os.utime(file, ns=(1, 1))
    assert predictions.scores(runs.run("small"), "test") is not before


def test_a_curve_is_thinned_for_drawing(full_run):
    curve = predictions.scores(runs.run("small"), "test").curve
    assert 2 <= len(curve.thresholds) <= predictions.CURVE_POINTS
    assert curve.sensitivity[[0, -1]].tolist() in ([0.0, 1.0], [1.0, 0.0])


def test_an_empty_split_is_none_and_a_missing_file_names_the_command(full_run, unfinished_run):
    run = runs.run("small")
    with pytest.raises(Refusal, match=r"train_cli.py train --run small --resume"):
        predictions.scores(run, "test")
    assert predictions.splits(run) == []


def test_a_split_that_holds_nothing_is_none(full_run):
    assert predictions.scores(runs.run("small"), "unused") is None
    assert sorted(predictions.splits(runs.run("small"))) == ["test", "train", "validation"]


def test_a_score_above_one_is_refused(own_run):
    table = read_parquet(own_run / "predictions.parquet")
    write_parquet(own_run / "predictions.parquet", table.assign(score=np.float32(1.5)))
    with pytest.raises(Refusal, match="from 0 to 1 in the column score"):
        predictions.scores(runs.run("small"), "test")
