"""Folds are trained one by one, go on after a kill, and give every patch one score."""

import numpy as np
import pytest

from idc_core.io.files import read_json, read_parquet
from idc_core.io.refusal import Refusal
from idc_core.nn import cross_validation as module
from idc_core.nn.cross_validation import train_folds
from idc_core.nn.training import train
from idc_core.runs.run import open_run
from idc_core.train.config import TrainConfig, from_dict

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("small_network")]
CONFIG = TrainConfig(epochs=1, batch_size=32, deterministic=False)


@pytest.fixture
def run(small_store, tmp_path):
    folder = tmp_path / "models" / "run"
    train(CONFIG, folder, small_store)
    return folder


def test_a_stopped_run_of_folds_goes_on_and_scores_every_patch_once(run, small_store, monkeypatch):
    calls = []

    def killed(config, path, own, **rest):
        calls.append(path.name)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return train(config, path, own, **rest)

    with monkeypatch.context() as patch:
        patch.setattr(module, "train", killed)
        with pytest.raises(KeyboardInterrupt):
            train_folds(CONFIG, run, small_store, 3)
    first = (run / "folds" / "1" / "run.json").stat().st_mtime_ns
    assert train_folds(CONFIG, run, small_store, 3)
    assert (run / "folds" / "1" / "run.json").stat().st_mtime_ns == first
    table = read_parquet(run / "out_of_fold.parquet")
    key = ["patient", "x", "y"]
    assert len(table) == len(small_store.index)
    assert not table.duplicated(key).any()
    assert table.merge(small_store.index, on=key)["split_x"].tolist() == (
        table.merge(small_store.index, on=key)["split_y"].tolist()
    )
    for fold in (1, 2, 3):
        own = open_run(run / "folds" / str(fold)).predictions()
        scored = own[own["split"] == "test"].set_index(key)["score"]
        kept = table[table["fold"] == fold].set_index(key)["score"]
        assert np.array_equal(kept.sort_index(), scored.sort_index())
    written = read_json(run / "folds.json")
    assert len(written["roc_auc"]) == 3
    assert from_dict(written["config"]) == CONFIG


def test_other_folds_than_those_begun_are_refused(run, small_store):
    (run / "folds.json").write_text('{"folds": 5, "seed": 0, "data": "x", "patients": {}}')
    with pytest.raises(Refusal, match="5 folds, seed 0"):
        train_folds(CONFIG, run, small_store, 3)


def test_a_network_can_learn_from_corrected_labels_and_predictions_keep_the_old(
    small_store, tmp_path
):
    one = small_store.index.iloc[0]
    file = tmp_path / "corrected.csv"
    file.write_text(f"patient,x,y,label\n{one.patient},{one.x},{one.y},{1 - one.label}\n")
    done = train(CONFIG, tmp_path / "models" / "learned", small_store, labels=file)
    assert done.info.labels.changed == 1
    predictions = done.predictions()
    assert predictions["label"].tolist() == small_store.index["label"].tolist()
    assert done.report().corrected.labels.changed == 1
