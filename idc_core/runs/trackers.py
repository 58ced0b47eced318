"""A run's numbers in TensorBoard and MLflow as well, written through their own libraries.

The run folder stays the source: what was logged is sent from there, each epoch once.
`trackers.json` in it remembers how far each tracker is, so that a resumed run sends no epoch twice.
The libraries are optional (`requirements-trackers.txt`).
"""

import importlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from idc_core.io.files import read_json, write_json
from idc_core.io.paths import mark_of, without_credentials
from idc_core.io.refusal import Refusal
from idc_core.runs.run import Run, open_run
from idc_core.train.history.settings import flat

FILE = "trackers.json"
EXPERIMENT = "IDC Review"


class Tracker(Protocol):
    """Where numbers go."""

    def epoch(self, number: int, values: Mapping[str, float]) -> None:
        """Take in an epoch (from 1)."""
        ...

    def close(self, status: str) -> None:
        """Nothing more comes now."""
        ...


def tensorboard(run: Run, folder: str, known: dict[str, Any]) -> Tracker:
    """Scalars in `folder`/<run>; look at them: `tensorboard --logdir FOLDER`."""
    summary = _library("tensorboard.summary", "tensorboard")
    return _TensorBoard(summary.Writer(str(Path(folder) / run.name)))


def mlflow(run: Run, address: str, known: dict[str, Any]) -> Tracker:
    """A run in the experiment `EXPERIMENT` of a tracking server or `sqlite:///FILE`, with its
    settings as parameters; `known` remembers its id."""
    library = _library("mlflow.tracking", "mlflow-skinny")
    client = library.MlflowClient(address)
    if "id" not in known:
        found = client.get_experiment_by_name(EXPERIMENT)
        experiment = client.create_experiment(EXPERIMENT) if found is None else found.experiment_id
        made = client.create_run(experiment, run_name=run.name)
        known["id"] = made.info.run_id
        for name, value in flat(run.info.config or {}):
            client.log_param(known["id"], name, value)
        client.set_tag(known["id"], "commit", str(run.info.commit))
        client.set_tag(known["id"], "network", str(run.info.network))
    return _MLflow(client, known["id"])


MAKERS = {"tensorboard": tensorboard, "mlflow": mlflow}


@dataclass
class Trackers:
    """The trackers of a run; `wanted` holds a folder or address by name (see `MAKERS`).

    Raises `Refusal` where a library is missing, before anything is trained.
    """

    folder: Path
    wanted: Mapping[str, str]
    _open: dict[str, Tracker] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.wanted:
            _library(*_NEEDS[name])

    def update(self) -> int:
        """Send the epochs that are logged and not sent; how many numbers went out."""
        if not self.wanted:
            return 0
        run = open_run(self.folder)
        history = run.history()
        state = read_json(self.folder / FILE) if (self.folder / FILE).is_file() else {}
        sent = 0
        for name, place in self.wanted.items():
            known = state.setdefault(name, {})
            mark = mark_of(place)
            if known.get("mark") != mark and known.get("place") != place:
                known.clear()
                known.update(epochs=0)
            # Never the address itself: it may hold a password.
            known.update(place=without_credentials(place), mark=mark)
            if name not in self._open:
                self._open[name] = MAKERS[name](run, place, known)
                write_json(self.folder / FILE, state)
            for row in history[history["epoch"] > known["epochs"]].to_dict("records"):
                number = int(row.pop("epoch"))
                values = {str(k): float(v) for k, v in row.items() if np.isfinite(v)}
                self._open[name].epoch(number, values)
                known["epochs"] = number
                sent += len(values)
        write_json(self.folder / FILE, state)
        return sent

    def close(self) -> None:
        """Send what is left and close."""
        self.update()
        for tracker in self._open.values():
            tracker.close(open_run(self.folder).status)
        self._open.clear()


_NEEDS = {
    "tensorboard": ("tensorboard.summary", "tensorboard"),
    "mlflow": ("mlflow.tracking", "mlflow-skinny"),
}


def _library(module: str, package: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        raise Refusal(
            f"expected the package {package}, which is optional: it is not installed. "
            "Install it: pip install -r requirements-trackers.txt."
        ) from None


@dataclass
class _TensorBoard:
    writer: Any

    def epoch(self, number: int, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            # validation beside training under one heading, as Keras's own callback does it
            split = "validation" if name.startswith("val_") else "train"
            self.writer.add_scalar(f"{name.removeprefix('val_')}/{split}", value, number)
        self.writer.flush()

    def close(self, status: str) -> None:
        self.writer.close()


@dataclass
class _MLflow:
    client: Any
    id: str

    def epoch(self, number: int, values: Mapping[str, float]) -> None:
        entities = importlib.import_module("mlflow.entities")
        at = int(time.time() * 1000)
        metrics = [entities.Metric(name, value, at, number) for name, value in values.items()]
        self.client.log_batch(self.id, metrics=metrics)

    def close(self, status: str) -> None:
        ended = {"finished": "FINISHED", "interrupted": "KILLED"}.get(status)
        if ended:
            self.client.set_terminated(self.id, ended)
