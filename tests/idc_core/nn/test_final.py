"""`--final` fits a run's recipe on all labelled patients, for the epochs that the run chose."""

import shutil
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from idc_core.data.known_labels import UNLABELLED
from idc_core.io import record
from idc_core.io.files import read_parquet
from idc_core.io.refusal import Refusal
from idc_core.nn import final as module
from idc_core.nn.cross_validation import train_folds
from idc_core.nn.final import train_final
from idc_core.nn.training import train
from idc_core.records.run_info import Pretrained
from idc_core.runs import fitted_on, seal
from idc_core.runs.run import open_run
from idc_core.train.config import TrainConfig

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("small_network")]
CONFIG = TrainConfig(epochs=3, batch_size=32, deterministic=False)


@pytest.fixture
def run(trained, tmp_path):
    """A copy of its own of a run of which the second epoch was the best."""
    path = shutil.copytree(trained(CONFIG), tmp_path / "models" / "run")
    record.write(path / "run.json", record.replace(open_run(path).info, best_epoch=2))
    return open_run(path)


def test_it_learns_from_every_labelled_patient_for_as_many_epochs_as_the_run_chose(
    run, small_store
):
    done = train_final(run, small_store)
    assert (done.name, done.status, done.info.epochs) == ("run-final", "finished", 2)
    assert done.history()["epoch"].tolist() == [1, 2]
    assert "val_auc" not in done.history()
    known = read_parquet(done.path / fitted_on.FILE)
    assert known["patient"].tolist() == sorted(small_store.index["patient"].unique())
    assert (done.info.fitted_on.patients, done.info.fitted_on.patches) == (12, 192)
    assert not done.has_predictions
    assert done.operating_point().threshold == run.operating_point().threshold
    assert done.operating_point().name == "brought along from run"
    assert seal.differences(done.path) == []


def test_the_learning_rate_goes_as_in_the_run(run, small_store):
    done = train_final(run, small_store)
    own = run.history()["learning_rate"].iloc[:2].to_numpy()
    steps, all_steps = 128 // 32, 192 // 32  # it has more patches, and so more steps an epoch
    assert steps < all_steps
    assert done.history()["learning_rate"].to_numpy() == pytest.approx(own, rel=0.2)


def test_a_patient_without_labels_is_scored_and_a_new_one_judged(run, small_store):
    index = small_store.index.copy()
    index.loc[index["patient"] == "p11", "label"] = UNLABELLED
    index.loc[index["patient"] == "p10", "split"] = "unused"
    done = train_final(run, replace(small_store, index=index))
    rows = done.predictions()
    assert set(rows["patient"]) == {"p10", "p11"}
    assert done.info.fitted_on.patients == 10
    assert done.report().splits["unused"].n_patients == 1


def test_a_copy_of_a_fitted_patient_is_none_of_the_new_ones(run, small_store):
    index = small_store.index.copy()
    index.loc[index["patient"] == "p10", "split"] = "unused"
    rows = np.flatnonzero(index["patient"].isin(["p09", "p10"]))
    index.iloc[rows[16], index.columns.get_loc("digest")] = index["digest"].iloc[rows[0]]
    done = train_final(run, replace(small_store, index=index))
    assert "p10" in fitted_on.patients(done.path, done.info)
    assert not done.has_predictions


def test_a_killed_fit_goes_on_and_a_finished_one_is_left(run, small_store, monkeypatch):
    def killed(step):
        if step.stage == "train" and step.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_final(run, small_store, progress=killed)
    half = open_run(run.path.with_name("run-final"))
    assert half.status == "training"
    with pytest.raises(Refusal, match="train --run run --final"):
        train(CONFIG, half.path, small_store, resume=True)
    done = train_final(run, small_store)
    assert done.history()["epoch"].tolist() == [1, 2]
    before = (done.path / "model.onnx").stat().st_mtime_ns
    assert train_final(run, small_store).status == "finished"
    assert (done.path / "model.onnx").stat().st_mtime_ns == before


def test_a_distilled_run_gets_a_teacher_fitted_on_all_patients_too(run, small_store):
    learner = run.path.with_name("learner")
    taught = train(CONFIG, learner, small_store, teacher=run.path / "model.onnx")
    done = train_final(taught, small_store)
    teacher = open_run(done.path / module.TEACHER)
    assert teacher.info.fitted_on.patients == 12
    assert done.info.teacher.file == "learner-final/teacher/model.onnx"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"status": "interrupted"}, "expected a finished training"),
        ({"best_epoch": None}, "expected a finished training"),
        ({"config": None}, "expected a run trained here"),
        ({"config": {"plateau_patience": 2}}, "fitted without validation"),
    ],
)
def test_a_run_that_cannot_say_how_long_is_refused(run, small_store, changed, said):
    record.write(run.path / "run.json", record.replace(run.info, **changed))
    with pytest.raises(Refusal, match=said):
        train_final(open_run(run.path), small_store)


def test_another_run_of_the_name_stays(run, small_store):
    other = shutil.copytree(run.path, run.path.with_name("run-final"))
    with pytest.raises(Refusal, match="run-final"):
        train_final(run, small_store)
    assert open_run(other).info.fitted_on is None


@pytest.mark.parametrize("again", [train_final, partial(train_folds, CONFIG, folds=3)])
def test_other_weights_than_those_of_the_run_are_refused_before_anything_is_trained(
    run, small_store, tmp_path, again
):
    other = tmp_path / "other.pth"
    other.write_text("other")
    began = record.replace(
        run.info,
        config=run.info.config | {"network": "efficientnet_lite0"},
        pretrained=Pretrained(file="own.pth", sha256="0" * 64),
    )
    record.write(run.path / "run.json", began)
    place = run.path if again is not train_final else open_run(run.path)
    with pytest.raises(Refusal, match="expected the pretrained weights that run began with"):
        again(place, store=small_store, weights=other)
    assert [each.name for each in run.path.parent.iterdir()] == ["run"]
