"""TensorBoard and MLflow hold what the run folder holds, read back by their own libraries."""

import json
from pathlib import Path

import pandas as pd
import pytest

from idc_core.io.refusal import Refusal
from idc_core.runs import trackers as tracking
from idc_core.runs.run import open_run
from idc_core.runs.trackers import Trackers


@pytest.fixture
def run(tmp_path: Path) -> Path:
    path = tmp_path / "mine"
    path.mkdir()
    config = {"epochs": 3, "augment": {"zoom": 0.1}}
    (path / "run.json").write_text(
        json.dumps({"status": "finished", "config": config, "commit": "abc", "network": "sepres"})
    )
    log(path, 2)
    return path


def log(run: Path, epochs: int) -> None:
    table = pd.DataFrame({"epoch": range(1, epochs + 1)})
    table["loss"] = 1 / table["epoch"]
    table["val_auc"] = [float("nan"), *(0.5 + 0.1 * at for at in range(1, epochs))]
    table.to_csv(run / "history.csv", index=False)


def test_tensorboard_reads_every_epoch_once_and_unknown_numbers_never(
    run: Path, tmp_path: Path
) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    for epochs in (2, 3, 3):
        log(run, epochs)
        trackers = Trackers(run, {"tensorboard": str(tmp_path / "logs")})
        trackers.close()
    found = accumulator.EventAccumulator(str(tmp_path / "logs" / "mine")).Reload()
    loss = [(event.step, event.tensor_proto.float_val[0]) for event in found.Tensors("loss/train")]
    assert loss == [(1, 1.0), (2, 0.5), (3, pytest.approx(1 / 3))]
    assert [event.step for event in found.Tensors("auc/validation")] == [2, 3]


@pytest.mark.filterwarnings("ignore")  # its libraries' own, about each other
def test_mlflow_has_the_settings_the_numbers_and_one_run(run: Path, tmp_path: Path) -> None:
    library = pytest.importorskip("mlflow.tracking")
    pytest.importorskip("sqlalchemy")
    address = f"sqlite:///{tmp_path / 'mlflow.db'}"
    for epochs in (2, 3):
        log(run, epochs)
        Trackers(run, {"mlflow": address}).close()
    client = library.MlflowClient(address)
    experiment = client.get_experiment_by_name(tracking.EXPERIMENT)
    [found] = client.search_runs([experiment.experiment_id])
    assert found.info.run_name == "mine"
    assert found.info.status == "FINISHED"
    assert found.data.params == {"epochs": "3", "augment.zoom": "0.1"}
    assert found.data.tags["commit"] == "abc"
    history = client.get_metric_history(found.info.run_id, "loss")
    assert sorted(metric.step for metric in history) == [1, 2, 3]


def test_another_place_gets_all_epochs(run: Path, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    first, second = str(tmp_path / "a"), str(tmp_path / "b")
    assert Trackers(run, {"tensorboard": first}).update() == 3
    assert Trackers(run, {"tensorboard": first}).update() == 0
    assert Trackers(run, {"tensorboard": second}).update() == 3


def test_nothing_is_asked_for_nothing_is_written(run: Path) -> None:
    Trackers(run, {}).close()
    assert not (run / tracking.FILE).exists()
    assert open_run(run).status == "finished"


def test_a_missing_library_is_named_before_anything_starts(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(module: str) -> None:
        raise ImportError(module)

    monkeypatch.setattr(tracking.importlib, "import_module", missing)
    with pytest.raises(Refusal, match=r"package mlflow-skinny.*requirements-trackers.txt"):
        Trackers(run, {"mlflow": "sqlite:///x.db"})


def test_a_password_in_an_address_is_not_stored(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent:
        def epoch(self, number: int, values: object) -> None: ...
        def close(self, status: str) -> None: ...

    monkeypatch.setattr(tracking, "_library", lambda *_: None)
    monkeypatch.setitem(tracking.MAKERS, "mlflow", lambda *_: Silent())
    for _ in range(2):
        sent = Trackers(run, {"mlflow": "http://user:secret@host:5000"}).update()
    assert sent == 0  # the same place is known again
    stored = (run / tracking.FILE).read_text()
    assert "secret" not in stored
    assert "http://host:5000" in stored
