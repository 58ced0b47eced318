"""Folds are trained one by one, go on after a kill, and give every patch one score."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from idc_core.io import record
from idc_core.io.files import read_json, read_parquet, sha256_of
from idc_core.io.refusal import Refusal
from idc_core.nn import cross_validation as module
from idc_core.nn.cross_validation import train_folds
from idc_core.nn.models import NETWORKS
from idc_core.nn.training import train
from idc_core.records.run_info import Teacher
from idc_core.runs.cross_validated import read_roles
from idc_core.runs.run import open_run
from idc_core.train.config import TrainConfig, from_dict
from tests.idc_core.nn.children import remembering

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("small_network")]
CONFIG = TrainConfig(epochs=1, batch_size=32, deterministic=False)


@pytest.fixture
def run(trained, tmp_path):
    return shutil.copytree(trained(CONFIG), tmp_path / "models" / "run")


class Folded(NamedTuple):
    """A run with its folds, which were stopped after the first and gone on with; when the first
    fold was written, before and after. Only read."""

    run: Path
    before: int
    after: int


@pytest.fixture(scope="module")
def folded(trained, store_in, tmp_path_factory):
    root, calls = tmp_path_factory.mktemp("folded"), []
    store, run = store_in(root), shutil.copytree(trained(CONFIG), root / "models" / "run")

    def killed(config, path, own, **rest):
        calls.append(path.name)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return train(config, path, own, **rest)

    def written():
        return (run / "folds" / "1" / "run.json").stat().st_mtime_ns

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(NETWORKS, "sepres", remembering)
        with patch.context() as stopped:
            stopped.setattr(module, "train", killed)
            with pytest.raises(KeyboardInterrupt):
                train_folds(CONFIG, run, store, 3)
        before = written()
        assert train_folds(CONFIG, run, store, 3)
    return Folded(run, before, written())


def test_a_stopped_run_of_folds_goes_on_and_scores_every_patch_once(folded, small_store):
    assert folded.after == folded.before
    run = folded.run
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


def test_the_folds_become_a_run_that_judges_every_patient_by_a_network_that_never_saw_them(
    folded, small_store
):
    run = folded.run
    judging = open_run(run.parent / "run-folds")
    rows, roles = judging.predictions(), read_roles(judging.path)
    assert judging.status == "cross-validated"
    assert set(rows["patient"]) == set(small_store.index["patient"])
    for fold, own in rows.groupby("fold"):
        network = open_run(run / "folds" / str(fold)).predictions()
        learnt = set(network.loc[network["split"] == "train", "patient"])
        assert learnt == set(roles.query(f"fold == {fold} and role == 'train'")["patient"])
        assert not set(own["patient"]) & set(roles.loc[roles["fold"] == fold, "patient"])
        point = open_run(run / "folds" / str(fold)).operating_point()
        assert judging.info.cross_validated.thresholds[fold - 1] == point.threshold  # same rule


def test_every_fold_of_a_distilled_run_has_a_teacher_that_never_saw_its_patients(run, small_store):
    models, learner = run.parent, replace(CONFIG, trust=0.5)
    train(learner, models / "learner", small_store, teacher=run / "model.onnx")
    assert train_folds(learner, models / "learner", small_store, 3)
    judging = open_run(models / "learner-folds")
    roles = read_roles(judging.path)
    assert judging.info.cross_validated.differs == []
    for fold in (1, 2, 3):
        own = models / "learner" / "folds" / f"{fold}-teacher"
        network = open_run(models / "learner" / "folds" / str(fold)).info
        assert network.teacher.sha256 == sha256_of(own / "model.onnx")
        taught = set(roles.query(f"fold == {fold} and role == 'teacher'")["patient"])
        judged = judging.predictions().query(f"fold == {fold}")["patient"]
        assert taught
        assert not taught & set(judged)


@pytest.mark.long
def test_folds_that_were_begun_without_the_teacher_are_refused(run, small_store):
    models = run.parent
    shutil.copytree(run, models / "big")
    assert train_folds(CONFIG, models / "run", small_store, 3)
    info = open_run(models / "run").info
    taught = record.replace(info, teacher=Teacher(file="big/model.onnx", sha256="0"))
    record.write(models / "run" / "run.json", taught)
    with pytest.raises(Refusal, match="it was begun without a teacher"):
        train_folds(CONFIG, models / "run", small_store, 3)


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
