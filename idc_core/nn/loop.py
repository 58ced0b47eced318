"""The loop over epochs and batches, written out so that it can be entered at any batch.

Everything that changes is in `Loop.checkpoint` and comes back by `Loop.restore`: place, weights,
dropout seeds, optimizer, the epoch's sums, average, best weights, what the callbacks know. The
order of an epoch and the augmentation need no state (`batches`, `augment`), the learning rate
neither (`schedule`).
"""

import time
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import keras
import numpy as np
import numpy.typing as npt

from idc_core.data.stores.pixels import PatchRows
from idc_core.io import record
from idc_core.io.progress import Progress
from idc_core.io.refusal import Refusal
from idc_core.nn import fine_tuning
from idc_core.nn.average import Average
from idc_core.nn.callbacks import Best, Callback, DropOnPlateau, Last, StopEarly
from idc_core.nn.checkpoint import Array, Checkpoint, assign, values
from idc_core.nn.hardware import Hardware, find_hardware, step_of
from idc_core.nn.schedule import learning_rate
from idc_core.nn.validation import scores_of, validation_log
from idc_core.records.history import Event
from idc_core.train.batches import Batches, Pixels, ahead, plain
from idc_core.train.config import TrainConfig
from idc_core.train.soft_targets import Targets

PREDICT_BATCH = 256
LOG_EVERY = 8  # batches; the epoch's numbers cost some milliseconds


class Loop:
    """One training run in memory."""

    def __init__(
        self,
        model: keras.Model,
        config: TrainConfig,
        batches: Batches,
        validation: npt.NDArray[np.int64],
        progress: Callable[[Progress], None],
        hardware: Hardware | None = None,
        *,
        stop_after: int | None = None,
    ) -> None:
        """`validation`: rows that choose the epoch; without any (a final fit) the last of
        `stop_after` epochs is kept, and the learning rate goes as in all of `config.epochs`."""
        hardware = hardware or find_hardware(1, batches.size)
        self.stop_after = stop_after or config.epochs
        self.model, self.config, self.batches, self.validation = model, config, batches, validation
        self.hardware, self.progress = hardware, progress
        self.epoch, self.batch, self.wall, self.epoch_seconds = 0, 0, 0.0, 0.0
        self.waited = 0.0  # seconds for input
        self.log: dict[str, float] = {}
        self.validation_scores: Array = np.zeros(len(validation), np.float16)
        self.events: list[Event] = []
        chooses = len(validation) > 0
        self.best = (Best if chooses else Last)(config.monitor)
        self.plateau = DropOnPlateau(
            config.plateau_patience if chooses else 0, config.plateau_factor
        )
        self.early = StopEarly(config.stop_patience if chooses else 0)
        self.callbacks: dict[str, Callback] = {
            "best": self.best,
            "plateau": self.plateau,
            "early": self.early,
        }
        self.class_weight = class_weights(batches) if config.class_weights == "balanced" else None
        self._compile()
        # On few patches an epoch has few steps: the average must not lag behind by whole epochs.
        decay = min(config.average, 1 - 1 / len(batches))
        self.average = Average(model.weights, decay)
        self.best_weights: list[Array] = values(model.weights)
        self.sums: list[Array] = values(model.metrics_variables)

    @property
    def finished(self) -> bool:
        return self.epoch >= self.stop_after or self.early.stopped

    @property
    def is_frozen(self) -> bool:
        """Whether the last layer alone is trained in this epoch."""
        return self.epoch < self.config.frozen_epochs

    def _compile(self) -> None:
        """Anew wherever other layers are trained than before: the optimizer is made for these."""
        fine_tuning.freeze(self.model, self.is_frozen)
        with self.hardware.scope():
            compile_network(self.model, self.config, xla=self.hardware.xla)
        self.step = step_of(self.model, self.hardware)

    def run(self) -> Iterator["Loop"]:
        """Train; yields itself after every batch and every epoch, when it may be saved or left."""
        while not self.finished:
            yield from self._train_epoch()
            self._end_epoch()
            yield self

    def _train_epoch(self) -> Iterator["Loop"]:
        if self.batch == 0:
            self.sums = [np.zeros_like(array) for array in self.sums]
        started, first = time.monotonic() - self.epoch_seconds, self.batch
        speed_from = time.monotonic()
        for pixels, targets in self._awaited(self.batches.epoch(self.epoch, self.batch)):
            step = self.epoch * len(self.batches) + self.batch
            rate = learning_rate(self.config, step, len(self.batches)) * self.plateau.scale
            self.model.optimizer.learning_rate = rate
            self.step(pixels, targets, self._weights(targets))
            self.average.update(step)
            self._add_up()
            self.batch += 1
            if self.batch % LOG_EVERY == 0 or self.batch == len(self.batches):
                self.log = self._metrics() | {"learning_rate": rate}
            self.epoch_seconds = time.monotonic() - started
            done = (self.batch - first) * self.batches.size
            self._tell("train", done / (time.monotonic() - speed_from))
            if self.batch < len(self.batches):
                yield self

    def _awaited(self, batches: Iterator[tuple[Pixels, Targets]]) -> Iterator[Any]:
        """Batches made ahead; the time that the network then still waits for them is added up."""
        made = ahead(batches)
        while True:
            asked = time.monotonic()
            batch = next(made, None)
            self.waited += time.monotonic() - asked
            if batch is None:
                return
            yield batch

    def _weights(self, targets: Targets) -> Array | None:
        if self.class_weight is None:
            return None
        return np.where(targets[:, 1] == 1, self.class_weight[1], self.class_weight[0])

    def _add_up(self) -> None:
        # Keras clears its metrics before every batch; what they hold are sums and counts
        for total, value in zip(self.sums, values(self.model.metrics_variables), strict=True):
            total += value

    def _metrics(self) -> dict[str, float]:
        assign(self.model.metrics_variables, self.sums)
        found = self.model.get_metrics_result()
        return {name: float(found[name]) for name in ("loss", "accuracy", "auc")}

    def _end_epoch(self) -> None:
        self._tell("validate")
        started = time.monotonic()
        with self.average.in_place():
            if len(self.validation):
                self._validate()
            elif not np.isfinite(self.log["loss"]):
                self._refuse_diverged()
            if self.best.improves(self.log):
                self.best_weights = values(self.model.weights)
        seconds = self.epoch_seconds + time.monotonic() - started
        self.wall += seconds
        self.epoch, self.batch, self.epoch_seconds = self.epoch + 1, 0, 0.0
        rate = self.log.pop("learning_rate")
        first = {"epoch": self.epoch, "learning_rate": rate, "seconds": round(seconds, 2)}
        self.log = first | self.log
        improved = self.best.improves(self.log)
        self.events = [
            event
            for callback in self.callbacks.values()
            for event in callback.epoch_end(self.epoch, self.log, improved)
        ]
        if self.epoch == self.config.frozen_epochs:
            self._compile()
            self.events.append(Event(epoch=self.epoch, kind="unfrozen"))
        self._tell("epoch")

    def _validate(self) -> None:
        logits = predict(self.model, self.batches.patches, self.validation)
        if not np.isfinite(logits).all():
            self._refuse_diverged()
        self.log |= validation_log(self.batches.labels[self.validation], logits)
        self.validation_scores = scores_of(logits).astype(np.float16)

    def _refuse_diverged(self) -> NoReturn:
        raise Refusal(
            f"expected finite numbers after epoch {self.epoch + 1}: the training diverged. "
            f"Lower the learning rate ({self.config.learning_rate:g})."
        )

    def _tell(self, stage: str, speed: float = 0.0) -> None:
        at = self.epoch if stage == "epoch" else self.epoch + 1
        self.progress(
            Progress(
                stage, at, self.stop_after, self.batch, len(self.batches), speed, dict(self.log)
            )
        )

    def checkpoint(self) -> Checkpoint:
        """All of it."""
        state: dict[str, Any] = {
            "epoch": self.epoch,
            "batch": self.batch,
            "wall": self.wall,
            "epoch_seconds": self.epoch_seconds,
            "waited": self.waited,
            "log": self.log,
            "events": [record.fields(event) for event in self.events],
            "callbacks": {name: callback.state() for name, callback in self.callbacks.items()},
        }
        arrays = {
            "model": values(self.model.variables),
            "optimizer": values(self.model.optimizer.variables),
            "sums": self.sums,
            "average": self.average.arrays,
            "best": self.best_weights,
            "scores": [self.validation_scores],
        }
        return Checkpoint(state, arrays)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on from there."""
        state, arrays = checkpoint.state, checkpoint.arrays
        self.epoch, self.batch = state["epoch"], state["batch"]
        self.wall, self.epoch_seconds = state["wall"], state["epoch_seconds"]
        self.waited = state.get("waited", 0.0)
        self.log = state["log"]
        self.events = [record.of(Event, each, "the checkpoint") for each in state["events"]]
        for name, callback in self.callbacks.items():
            callback.restore(state["callbacks"].get(name, {}))  # one added since begins anew
        if self.config.frozen_epochs and not self.is_frozen:
            self._compile()
        assign(self.model.variables, arrays["model"])
        assign(self.model.optimizer.variables, arrays["optimizer"])
        self.sums = arrays["sums"]
        self.average.arrays = arrays.get("average", [])
        self.best_weights = arrays["best"]
        self.validation_scores = arrays.get("scores", [self.validation_scores])[0]


def compile_network(model: keras.Model, config: TrainConfig, *, xla: bool = False) -> None:
    """Optimizer, loss and metrics, with all their variables made, so that they can be restored."""
    optimizer = fine_tuning.optimizer(config, model)
    model.compile(
        optimizer=optimizer,
        loss=_loss,
        metrics=[
            _OfLabel(threshold=0.0, name="accuracy"),
            _AreaOfLabel(from_logits=True, name="auc"),
        ],
        jit_compile=xla,
    )
    optimizer.build(model.trainable_variables)
    shape = (2, *model.input_shape[1:])
    model.test_on_batch(np.zeros(shape, np.float32), np.array([[0, 0], [1, 1]], np.float32))
    model.reset_metrics()


def _loss(targets: Any, logits: Any) -> Any:
    """Binary cross-entropy against what is to be learnt."""
    return keras.losses.binary_crossentropy(targets[:, :1], logits, from_logits=True)


class _OfLabel(keras.metrics.BinaryAccuracy):  # type: ignore[misc]
    """Judged by the label, whatever was to be learnt."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        return super().update_state(y_true[:, 1:], y_pred, sample_weight)


class _AreaOfLabel(keras.metrics.AUC):  # type: ignore[misc]
    """Judged by the label, whatever was to be learnt."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        return super().update_state(y_true[:, 1:], y_pred, sample_weight)


def predict(
    model: keras.Model, patches: PatchRows, rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Logits of the given rows, shape (len(rows),)."""
    batches = ahead(plain(patches, rows, PREDICT_BATCH))
    # several devices answer for the whole batch each, one after the other: the first is enough
    logits = [model.predict_on_batch(pixels)[: len(pixels)] for pixels in batches]
    return np.concatenate(logits)[:, 0].astype(np.float64)


def class_weights(batches: Batches) -> dict[int, float]:
    """Weights of label 0 and 1 that give both classes half of the loss."""
    share = float(np.mean(batches.labels[batches.rows]))
    return {0: 0.5 / (1 - share), 1: 0.5 / share}
