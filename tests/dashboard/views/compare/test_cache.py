"""Two runs are joined once a pair of files, and again when a file or a calibration changes."""

import shutil

import numpy as np
import pandas as pd
import pytest

from dashboard.cache import looks, predictions, runs
from dashboard.views.compare import cache
from idc_core.evaluate import recalibration
from idc_core.io.files import read_json, write_json
from idc_core.io.refusal import Refusal


@pytest.fixture
def models(own_world):
    root = own_world / "models"
    for name in ("alike", "zebra"):
        shutil.copytree(root / "small", root / name)
    return root


def pair_of(other="zebra", split="test"):
    return cache.compared(runs.run("small"), runs.run(other), split)


def test_the_same_pair_is_joined_once(models):
    assert pair_of() is pair_of()
    assert pair_of() is not pair_of(split="validation")


def test_a_pair_is_joined_again_when_the_predictions_change(models):
    before = pair_of()
    file = models / "zebra" / "predictions.parquet"
    rows = pd.read_parquet(file)
    rows.assign(score=np.float32(0.25)).to_parquet(file, index=False)
    assert before.pair.b.scores.std() > 0
    assert pair_of().pair.b.scores.std() == 0


def test_scores_are_those_of_each_run_s_kept_calibration(models):
    before = pair_of()
    rows = pd.read_parquet(models / "zebra" / "predictions.parquet")
    fitted = recalibration.fit("temperature", rows["label"], rows["score"])
    recalibration.save(runs.run("zebra"), fitted)
    after = pair_of()
    np.testing.assert_array_equal(after.pair.a.scores, before.pair.a.scores)
    expected = fitted.apply(before.pair.b.scores.astype(np.float32))
    np.testing.assert_allclose(after.pair.b.scores, expected, atol=1e-6)


def test_a_split_that_one_run_lacks_is_none(models):
    assert pair_of(split="unused") is None


def test_runs_on_the_same_data_are_offered_first_and_those_without_scores_not(models):
    info = read_json(models / "alike" / "run.json")
    other_data = info["data"] | {"fingerprint": "else"}
    write_json(models / "alike" / "run.json", info | {"data": other_data})
    shutil.copytree(models / "small", models / "bare")
    (models / "bare" / "predictions.parquet").unlink()
    (models / "small2").mkdir()
    assert cache.others(runs.run("small")) == ["zebra", "alike"]


def test_a_damaged_run_is_offered_last_and_not_opened(models):
    (models / "alike" / "run.json").write_text("{")
    assert cache.others(runs.run("small")) == ["zebra", "alike"]


def test_each_split_has_its_patients(models, small_world):
    found = cache.patients_by_split(runs.run("small"))
    for split in ("train", "validation", "test"):
        assert found[split] == {p for p, side in small_world.SPLIT_OF.items() if side == split}


def test_a_look_at_test_is_counted_for_each_run_at_its_own_threshold(models, monkeypatch):
    seen = []
    monkeypatch.setattr(looks, "look", lambda run, threshold: seen.append((run.name, threshold)))
    judged = [(runs.run("small"), 0.4), (runs.run("zebra"), 0.6)]
    cache.count_looks("validation", judged)
    assert seen == []
    cache.count_looks("test", judged)
    assert seen == [("small", 0.4), ("zebra", 0.6)]


def test_a_damaged_list_of_looks_does_not_close_the_page(models, monkeypatch):
    def refuse(run, threshold):
        raise Refusal("expected looks")

    monkeypatch.setattr(looks, "look", refuse)
    cache.count_looks("test", [(runs.run("small"), 0.4)])


def test_curves_are_short_enough_to_be_sent(models):
    assert all(len(curve) <= predictions.CURVE_POINTS for curve in pair_of().curves)
