"""What is read from disk: held once, read again when the file changes, refused in a sentence."""

import os

import numpy as np
import pytest

from dashboard.cache import loaders
from idc_core.evaluate.evaluation import per_patient
from idc_core.io.files import read_json, read_parquet, write_json, write_parquet
from idc_core.io.refusal import Refusal
from idc_core.records.history import Event


def test_a_split_is_counted_as_its_rows_say(full_run):
    run = loaders.run("small")
    found = loaders.scores(run, "test")
    rows = run.predictions().query("split == 'test'")
    called = rows["score"] >= 0.5
    counts = found.ranked.counts(0.5)
    assert (counts.tp, counts.fp) == (
        int((called & (rows["label"] == 1)).sum()),
        int((called & (rows["label"] == 0)).sum()),
    )
    assert counts.total == len(rows) == len(found.rows)


def test_rows_and_patients_of_a_split_stand_in_the_same_order(full_run):
    found = loaders.scores(loaders.run("small"), "test")
    assert list(found.patients.patients) == list(dict.fromkeys(found.rows["patient"]))
    np.testing.assert_array_equal(found.patients.labels, found.rows["label"])
    np.testing.assert_array_equal(found.patients.scores, found.rows["score"].astype(float))


def test_the_counts_of_patients_add_up_to_those_of_the_split(full_run):
    found = loaders.scores(loaders.run("small"), "test")
    table = per_patient(found.rows, 0.4)
    counts = found.ranked.counts(0.4)
    assert table[["tn", "fp", "fn", "tp"]].sum().tolist() == [
        counts.tn,
        counts.fp,
        counts.fn,
        counts.tp,
    ]


def test_a_split_is_held_and_read_again_when_its_file_changes(own_run):
    before = loaders.scores(loaders.run("small"), "test")
    assert loaders.scores(loaders.run("small"), "test") is before
    table = read_parquet(own_run / "predictions.parquet")
    write_parquet(own_run / "predictions.parquet", table.assign(score=np.float32(0.25)))
    after = loaders.scores(loaders.run("small"), "test")
    assert set(after.rows["score"]) == {0.25}


def test_a_changed_file_is_noticed_by_its_time_alone(own_run):
    file = own_run / "predictions.parquet"
    before = loaders.scores(loaders.run("small"), "test")
    os.utime(file, ns=(1, 1))
    assert loaders.scores(loaders.run("small"), "test") is not before


def test_a_curve_is_thinned_for_drawing(full_run):
    curve = loaders.scores(loaders.run("small"), "test").curve
    assert 2 <= len(curve.thresholds) <= loaders.CURVE_POINTS
    assert curve.sensitivity[[0, -1]].tolist() in ([0.0, 1.0], [1.0, 0.0])


def test_an_empty_split_is_none_and_a_missing_file_names_the_command(full_run, unfinished_run):
    run = loaders.run("small")
    with pytest.raises(Refusal, match=r"train_cli.py train --run small --resume"):
        loaders.scores(run, "test")
    assert loaders.splits(run) == []


def test_a_split_that_holds_nothing_is_none(full_run):
    assert loaders.scores(loaders.run("small"), "unused") is None
    assert sorted(loaders.splits(loaders.run("small"))) == ["test", "train", "validation"]


def test_a_score_above_one_is_refused(own_run):
    table = read_parquet(own_run / "predictions.parquet")
    write_parquet(own_run / "predictions.parquet", table.assign(score=np.float32(1.5)))
    with pytest.raises(Refusal, match="from 0 to 1 in the column score"):
        loaders.scores(loaders.run("small"), "test")


def test_the_store_of_a_run_is_found_by_its_fingerprint_not_its_name(own_world, own_run):
    (own_world / "data" / "tiny").rename(own_world / "data" / "renamed")
    assert loaders.store_of(loaders.run("small")).path.name == "renamed"
    info = read_json(own_run / "run.json")
    write_json(own_run / "run.json", info | {"data": {"name": "tiny", "fingerprint": "other"}})
    assert loaders.store_of(loaders.run("small")) is None


def test_without_pixels_there_is_a_store_but_nothing_to_show(no_pixels):
    run = loaders.run("small")
    assert loaders.store_of(run) is not None
    assert loaders.pixels_of(run) is None


def test_a_row_of_the_store_is_found_by_patient_and_place(full_run):
    store = loaders.store_of(loaders.run("small"))
    row = int(loaders.rows_of_store(store)[("10253", 1101, 551)])
    assert store.index.iloc[row][["patient", "x", "y"]].tolist() == ["10253", 1101, 551]


def test_a_slide_is_put_together_for_patients_the_store_knows(full_run):
    store = loaders.store_of(loaders.run("small"))
    slide = loaders.slide(store, "10253")
    assert slide.tissue.startswith(b"\xff\xd8")
    assert len(slide.places) == (store.index["patient"] == "10253").sum()
    assert loaders.slide(store, "nobody") is None


def test_whole_patients_come_from_the_store(full_run, small_world):
    whole = loaders.whole_patients(loaders.run("small"))
    assert whole == frozenset(small_world.SIDES) - {small_world.SAMPLED}


def test_the_network_is_opened_once_and_refused_where_there_is_none(own_run):
    scorer = loaders.scorer(loaders.run("small"))
    assert loaders.scorer(loaders.run("small")) is scorer
    (own_run / "model.onnx").unlink()
    with pytest.raises(Refusal, match=r"train_cli.py train"):
        loaders.scorer(loaders.run("small"))


def read_all():
    run = loaders.run("small")
    loaders.history(run)
    loaders.report(run)
    loaders.locked_threshold(run)


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("run.json", '{"data": 3}', "data in .* to be an object: found '3'"),
        ("run.json", '{"config": []}', "config in .* to be an object"),
        ("run.json", '{"monitor": 1}', "monitor in .* to be a text"),
        ("run.json", '{"wall_seconds": "long"}', "wall_seconds in .* to be a number"),
        ("history.csv", "epoch,loss\n1,high\n", "numbers in .*: found words in loss"),
        ("report.json", '{"splits": {"test": {}}}', "train_cli.py evaluate --run small"),
        ("operating_points.jsonl", '{"threshold": 2}\n', "from 0 to 1 in the last line"),
        ("operating_points.jsonl", "[]\n", "train_cli.py evaluate --run small"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_name(own_run, file, content, said):
    (own_run / file).write_text(content)
    with pytest.raises(Refusal, match=said):
        read_all()


def test_events_without_an_epoch_are_left_out(own_run):
    lines = "[]", '{"kind": "resume"}', '{"epoch": 2, "kind": "resume"}', ""
    (own_run / "events.jsonl").write_text("\n".join(lines))
    assert loaders.events(loaders.run("small")) == [Event(epoch=2, kind="resume")]


def test_a_table_of_rejects_that_cannot_be_read_is_refused(own_world):
    store = loaders.store_of(loaders.run("small"))
    assert list(loaders.rejects(store)["file"]) != []
    (store.path / "rejects.csv").write_text("this,that\n")
    with pytest.raises(Refusal, match="columns file and reason"):
        loaders.rejects(store)
