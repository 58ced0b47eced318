"""Model files are read by a child with limits; what is no model never gets that far."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers
from typer.testing import CliRunner

from idc_core.cli import app
from idc_core.data.stores.store import open_store
from idc_core.io import confined
from idc_core.io.confined import no_network
from idc_core.io.refusal import Refusal
from idc_core.nn import foreign
from idc_core.runs.run import open_run
from idc_core.score import import_model as model_import
from idc_core.score.import_model import import_model
from idc_core.score.scoring import Scorer
from tests.their_network import by_brightness


@pytest.fixture(scope="module")
def model_file(tmp_path_factory):
    keras.utils.set_random_seed(2)
    model = keras.Sequential(
        [
            keras.Input((48, 48, 3)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2, activation="softmax"),
        ]
    )
    file = tmp_path_factory.mktemp("given") / "their model.keras"
    model.save(file)
    return file


@pytest.fixture
def in_this_process(monkeypatch):
    """The child's own program, here, where TensorFlow is awake: what a child is for, others ask."""

    def run(module, arguments, folder, seconds):
        foreign.main(*arguments)
        return 0

    monkeypatch.setattr(foreign, "limit_self", lambda seconds: None)
    monkeypatch.setattr(confined, "run", run)


def test_what_is_no_model_is_refused_before_any_child_is_started(tmp_path, monkeypatch):
    monkeypatch.setattr(model_import, "_in_child", lambda *a: pytest.fail("a child was started"))
    hostile = {
        "text.keras": b"hello",
        "empty.keras": b"",
        "pointer.keras": b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n",
        "torch.pth": b"\x80\x02ctorch",
        "cut.keras": b"PK\3\4" + b"\0" * 100,
        "zip.keras": _zip({"readme.txt": b"hello"}),
        "noweights.keras": _zip({"config.json": b"{}"}),
    }
    for name, content in hostile.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Refusal, match="expected"):
            import_model(tmp_path / name, tmp_path / "run")
    with pytest.raises(Refusal, match="no file"):
        import_model(tmp_path / "nothing.keras", tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_zip_bomb_is_refused_by_its_table(tmp_path):
    bomb = _zip({"config.json": b"{}", "model.weights.h5": b"\0" * 2_000_000})
    (tmp_path / "bomb.keras").write_bytes(bomb)
    assert len(bomb) < 10_000
    with pytest.raises(Refusal, match="2,000,000 bytes from"):
        import_model(tmp_path / "bomb.keras", tmp_path / "run")


def test_a_real_git_lfs_pointer_is_named(real_root, tmp_path):
    with pytest.raises(Refusal, match="git lfs pull"):
        import_model(real_root / "odd" / "models" / "best_model.pth", tmp_path / "run")


@pytest.mark.slow
def test_a_model_becomes_a_run_that_scores_and_is_judged(model_file, world, tmp_path):
    store = open_store(world / "data" / "tiny")
    run = tmp_path / "models" / "theirs"
    done = import_model(model_file, run, pixels="0-1", store=store)
    assert any("softmax" in sentence for sentence in done.said)
    info = open_run(run).info
    assert info.status == "imported"
    assert info.model_source.file == "their model.keras"
    assert info.model_source.pixels == "0-1"
    table = open_run(run).predictions()
    assert np.allclose(
        table["score"], Scorer(run / "model.onnx").score(np.asarray(store.patches)), atol=1e-6
    )
    assert "test" in open_run(run).report().splits
    with pytest.raises(Refusal, match="run without a network"):
        import_model(model_file, run)


@pytest.mark.slow
@pytest.mark.usefixtures("in_this_process")
def test_a_network_is_added_to_imported_predictions_and_they_stay(model_file, world, tmp_path):
    run = tmp_path / "small"
    run.mkdir()
    for name in ("run.json", "predictions.parquet", "report.json"):
        (run / name).write_bytes((world / "models" / "small" / name).read_bytes())
    before = (run / "predictions.parquet").read_bytes()
    import_model(model_file, run, pixels="0-1")
    assert (run / "predictions.parquet").read_bytes() == before
    info = open_run(run).info
    assert info.data.name == "tiny"
    assert info.parameters == open_run(run).info.parameters
    assert (run / "model.keras").is_file()


def refuses_code(folder, name):
    model = keras.Sequential(
        [
            keras.Input((50, 50, 3)),
            layers.Lambda(lambda x: x * 2),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    model.save(folder / name)
    with pytest.raises(Refusal, match="safe mode"):
        import_model(folder / name, folder / "run")
    return not (folder / "run").exists()


@pytest.mark.slow
def test_code_inside_a_model_file_is_not_run(tmp_path):
    assert refuses_code(tmp_path, "code.keras")


@pytest.mark.slow
@pytest.mark.usefixtures("in_this_process")
def test_code_inside_an_older_model_file_is_not_run(tmp_path):
    assert refuses_code(tmp_path, "code.h5")


@pytest.mark.slow
def test_a_layer_of_ten_billion_units_is_refused(tmp_path):
    model = keras.Sequential([keras.Input((50, 50, 3)), layers.Flatten(), layers.Dense(1)])
    model.save(tmp_path / "a.keras")
    content = dict(_entries(tmp_path / "a.keras"))
    content["config.json"] = content["config.json"].replace(b'"units": 1', b'"units": 10000000000')
    (tmp_path / "huge.keras").write_bytes(_zip(content))
    with pytest.raises(Refusal, match="expected"):
        import_model(tmp_path / "huge.keras", tmp_path / "run")


def test_a_child_that_takes_too_long_is_ended(tmp_path, monkeypatch, model_file):
    monkeypatch.setattr(sys, "executable", str(_sleeper(tmp_path)))
    with pytest.raises(Refusal, match="within 1 seconds"):
        import_model(model_file, tmp_path / "run", seconds=1)
    assert not (tmp_path / "run").exists()


def test_a_child_without_an_answer_is_said(tmp_path, monkeypatch, model_file):
    script = tmp_path / "dies"
    script.write_text("#!/bin/sh\nexit 7\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    with pytest.raises(Refusal, match="without an answer"):
        import_model(model_file, tmp_path / "run")


def test_the_child_sees_no_secrets_and_a_home_of_its_own(tmp_path, monkeypatch, model_file):
    script = tmp_path / "tells"
    script.write_text(
        '#!/bin/sh\nenv > "$4/env.txt"\necho {\\"sentence\\": \\"$(cat $4/env.txt | '
        'grep -c SECRET)\\"} > "$4/answer.json"\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("MY_SECRET", "1")
    monkeypatch.setattr(sys, "executable", str(script))
    with pytest.raises(Refusal, match=r"^0$"):
        import_model(model_file, tmp_path / "run")


@pytest.mark.skipif(not no_network(), reason="this system lets nobody leave the network")
def test_the_child_has_no_network():

    code = "import socket; socket.create_connection(('127.0.0.1', 9), 1)"
    done = subprocess.run(
        [*no_network(), sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert "unreachable" in done.stderr


def _sleeper(folder: Path) -> Path:
    script = folder / "sleeps"
    script.write_text("#!/bin/sh\nsleep 60\n")
    script.chmod(0o755)
    return script


def _zip(entries: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return stream.getvalue()


def _entries(path: Path):
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            yield name, archive.read(name)


def _onnx(folder: Path) -> Path:
    """Darker is more like IDC, in a file that says the opposite: its one answer is of no IDC."""
    (folder / "theirs.onnx").write_bytes(by_brightness(0.05, -22.0).SerializeToString())
    return folder / "theirs.onnx"


def test_an_onnx_network_becomes_a_run_and_a_wrong_class_is_warned_of(world, tmp_path):
    store = open_store(world / "data" / "tiny")
    run = tmp_path / "models" / "theirs"
    wrong = import_model(_onnx(tmp_path), run, store=store)
    assert wrong.ranked.is_wrong
    assert "--idc-class 0" in wrong.ranked.conclusion()
    assert open_run(run).info.warnings == [wrong.ranked.conclusion()]
    before = open_run(run).predictions()["score"]
    done = import_model(_onnx(tmp_path), run, idc_class=0, store=store, overwrite=True)
    assert done.ranked.best is done.ranked.declared
    assert np.allclose(open_run(run).predictions()["score"], 1 - before, atol=1e-6)
    source = open_run(run).info.model_source
    assert (source.kind, source.idc_class) == ("onnx", 0)
    assert open_run(run).info.warnings == []
    assert open_run(run).came_as_onnx == "theirs.onnx"
    assert not (run / "model.keras").exists()


def test_the_command_prints_readings_and_figures(world, tmp_path, monkeypatch):
    monkeypatch.setenv("IDC_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("IDC_DATA", str(world / "data"))
    asked = ["import-model", str(_onnx(tmp_path)), "--run", "theirs", "--data", "tiny"]
    done = CliRunner().invoke(app, [*asked, "--idc-class", "0"])
    assert done.exit_code == 0
    assert "Which reading of 16 fits" in done.output
    assert "--pixels 0-255 --idc-class 0" in done.output
    split = open_run(tmp_path / "models" / "theirs").report().splits["validation"]
    auc = split.pooled["roc_auc"]
    assert (
        f"validation: ROC-AUC {auc.value:.3f} [{auc.low:.3f}–{auc.high:.3f}], {split.n_patches:,} "
        f"patches of {split.n_patients:,} patients"
    ) in " ".join(done.output.split())


def test_a_description_goes_with_weights_of_keras_only(tmp_path):
    (tmp_path / "a.json").write_text("{}")
    with pytest.raises(Refusal, match="is given beside an ONNX file"):
        import_model(_onnx(tmp_path), tmp_path / "run", architecture=tmp_path / "a.json")
    assert not (tmp_path / "run").exists()
