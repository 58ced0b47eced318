"""Every patient is scored once, by a network that never saw it, judged by a third fold."""

import numpy as np
import pandas as pd
import pytest

from idc_core.data.stores.store import PatchStore
from idc_core.io.files import write_json
from idc_core.io.record import replace
from idc_core.io.refusal import Refusal
from idc_core.records.manifest import Manifest
from idc_core.records.run_info import RunInfo, Teacher
from idc_core.runs.out_of_fold import (
    fold_of,
    gather,
    out_of_fold,
    splits_in_fold,
    trained_otherwise,
)
from idc_core.runs.run import Run


@pytest.fixture
def store(tmp_path):
    random = np.random.default_rng(3)
    patient = np.repeat([f"p{at:02d}" for at in range(20)], 10)
    index = pd.DataFrame(
        {
            "patient": patient,
            "x": np.tile(np.arange(10) * 50 + 1, 20),
            "y": 1,
            "label": random.integers(0, 2, 200),
            "digest": [f"{at}" for at in range(200)],
            "split": np.repeat(["train"] * 14 + ["validation"] * 3 + ["test"] * 2 + ["unused"], 10),
        }
    )
    return PatchStore(tmp_path, index, Manifest(name="s", fingerprint="f", whole_patients=[]))


def test_every_patient_with_a_side_is_in_one_fold(store):
    found = fold_of(store, 5, seed=0)
    assert set(found) == set(store.index.loc[store.index["split"] != "unused", "patient"])
    assert set(found.values()) == set(range(5))
    assert fold_of(store, 5, seed=0) == found
    assert fold_of(store, 5, seed=1) != found


def test_the_three_sides_of_a_fold_share_no_patient_and_each_is_scored_once(store):
    found = fold_of(store, 4, seed=0)
    scored = []
    for fold in range(4):
        splits = splits_in_fold(store.index, found, fold)
        patients = {split: set(own["patient"]) for split, own in splits.groupby("split")}
        assert not patients["train"] & patients["test"]
        assert not patients["train"] & patients["validation"]
        assert not patients["validation"] & patients["test"]
        assert patients["unused"] == {"p19"}
        scored += sorted(patients["test"])
    assert sorted(scored) == sorted(found)


def test_patients_with_the_same_pixels_go_into_one_fold(store):
    store.index.loc[[0, 10], "digest"] = "twin"
    found = fold_of(store, 6, seed=0)
    assert found["p00"] == found["p01"]


def test_augmented_copies_go_into_the_fold_of_their_original(store):
    store.index["patient"] = store.index["patient"].replace({"p07": "p00_flip", "p11": "aug_p00"})
    for seed in range(5):
        found = fold_of(store, 6, seed=seed)
        assert found["p00"] == found["p00_flip"] == found["aug_p00"]


@pytest.mark.parametrize("folds", [0, 1, 2, 20])
def test_too_few_or_too_many_folds_are_refused(store, folds):
    with pytest.raises(Refusal, match="expected 3 to 19 folds"):
        fold_of(store, folds, seed=0)


def test_a_fold_that_is_not_finished_is_refused(store, tmp_path):
    with pytest.raises(Refusal, match="there is none"):
        gather(Run(tmp_path / "r", RunInfo()), store, fold_of(store, 3, 0))


def test_a_run_without_folds_has_no_such_scores(tmp_path):
    assert out_of_fold(Run(tmp_path, RunInfo())) is None


def test_folds_that_were_trained_otherwise_than_the_run_say_so(tmp_path):
    config = {"epochs": 40}
    run = Run(tmp_path, RunInfo(status="finished", config=config))
    assert trained_otherwise(run) == []
    begun = {"folds": 5, "seed": 0, "data": "f", "patients": {}}
    write_json(tmp_path / "folds.json", begun | {"config": config})
    assert trained_otherwise(run) == []
    write_json(tmp_path / "folds.json", begun | {"config": {"epochs": 30}})
    assert trained_otherwise(run) == ["epochs 40 → 30"]
    taught = Run(tmp_path, replace(run.info, teacher=Teacher(file="t/model.onnx")))
    assert trained_otherwise(taught) == ["epochs 40 → 30", "teacher one → none"]
