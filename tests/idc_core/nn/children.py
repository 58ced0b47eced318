"""Trainings in processes of their own, forked from one that has imported TensorFlow and all else
(`tests/forked.py`): such a process starts in less than a second, a fresh interpreter in seven."""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["tests.forked"])


class Child:
    """One such process. Its job is a function of a module; it sends what it does by the connection
    that is its first argument."""

    def __init__(self, job: Callable[..., None], *words: object) -> None:
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        self._sent, sending = FORKED.Pipe(duplex=False)
        self._process = FORKED.Process(target=job, args=(sending, *words))
        self._process.start()
        sending.close()

    def messages(self) -> Iterator[Any]:
        """All that it sends, until it ends or is killed."""
        try:
            while True:
                yield self._sent.recv()
        except (EOFError, OSError):  # a kill may cut a message
            self._process.join()

    def send_signal(self, number: int) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, number)


def train_small(
    tell: Connection, run: Path, store: Path, resume: bool, whole_network: bool = False
) -> None:
    """Four epochs of eight batches; sends stage, epoch and batch as it goes, the status last."""
    from idc_core.data.stores.store import open_store
    from idc_core.nn import models
    from idc_core.nn.training import train
    from idc_core.train.config import TrainConfig

    if not whole_network:
        models.NETWORKS["cancernet"] = remembering
    config = TrainConfig(
        network="cancernet",
        optimizer="adagrad",
        learning_rate=0.02,
        schedule="constant",
        epochs=4,
        batch_size=16,
        checkpoint_batches=3,
        average=0.9,
        plateau_patience=1,
        frozen_epochs=2,
        first_layer_rate=0.2,
        seed=3,
    )
    done = train(
        config,
        run,
        open_store(store),
        resume=resume,
        progress=lambda progress: tell.send(f"{progress.stage} {progress.epoch} {progress.batch}"),
    )
    tell.send(done.status)


def train_without_room(tell: Connection, run: Path, store: Path, at: str) -> None:
    """The same, but from the batch `at` on no file may grow: as on a full disk. Sends what ends it
    last."""
    import resource

    from idc_core.io.refusal import Refusal

    class Full:
        def send(self, said: str) -> None:
            tell.send(said)
            if said == at:
                resource.setrlimit(resource.RLIMIT_FSIZE, (64, resource.RLIM_INFINITY))

    try:
        train_small(Full(), run, store, False)  # type: ignore[arg-type]
    except (Refusal, OSError) as broken:
        tell.send(f"{type(broken).__name__}: {broken}")


def train_out_of_memory(tell: Connection, run: Path, store: Path, at: str, what: str) -> None:
    """The same, but at the batch `at` the system has no more memory, as NumPy (`numpy`) or
    TensorFlow (`tensorflow`) says it. Sends what ends it last."""
    import tensorflow as tf

    from idc_core.io.refusal import Refusal

    class Full:
        def send(self, said: str) -> None:
            tell.send(said)
            if said == at and what == "numpy":
                np.empty(1 << 60, np.uint8)
            elif said == at:
                raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")

    try:
        train_small(Full(), run, store, False)  # type: ignore[arg-type]
    except Refusal as refused:
        tell.send(f"{type(refused).__name__}: {refused}")


def remembering(side: int = 50) -> Any:
    """A tenth of the work of our networks, and all that they remember from batch to batch: means
    and variances, and where dropout is in its random numbers."""
    import keras

    pixels = keras.Input((side, side, 3), name="pixels")
    x = keras.layers.Rescaling(1 / 255, name="scale")(pixels)
    x = keras.layers.SeparableConv2D(8, 3, strides=2, use_bias=False, name="conv")(x)
    x = keras.layers.ReLU(name="relu")(keras.layers.BatchNormalization(name="norm")(x))
    x = keras.layers.GlobalAveragePooling2D(name="average")(x)
    x = keras.layers.Dropout(0.3, name="dropout")(x)
    return keras.Model(pixels, keras.layers.Dense(1, dtype="float32", name="logit")(x))


def _plain(side: int = 50) -> Any:
    """No dropout, no batch norm: both look at a device's own part of the batch."""
    import keras

    pixels = keras.Input((side, side, 3), name="pixels")
    x = keras.layers.Rescaling(1 / 255, name="scale")(pixels)
    x = keras.layers.Conv2D(4, 3, strides=2, activation="relu", name="conv")(x)
    x = keras.layers.GlobalAveragePooling2D(name="average")(x)
    return keras.Model(pixels, keras.layers.Dense(1, name="logit")(x))


SMALLER = {"plain": _plain, "remembering": remembering}


def train_on_devices(tell: Connection, devices: int, store: Path, run: Path, network: str) -> None:
    """Two epochs on so many logical CPUs of one of `SMALLER`, or of the default network; sends
    hardware, history and status."""
    import tensorflow as tf

    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    from idc_core.data.stores.store import open_store
    from idc_core.io.record import fields
    from idc_core.nn import models, training
    from idc_core.train.config import TrainConfig

    if network in SMALLER:
        models.NETWORKS["sepres"] = SMALLER[network]
    config = TrainConfig(
        epochs=2,
        batch_size=16,
        learning_rate=0.01,
        average=0,
        devices=devices,
        class_weights="balanced",
    )
    done = training.train(config, run, open_store(store))
    tell.send(
        {
            "info": fields(done.info.hardware),
            "history": done.history().to_dict("list"),
            "status": done.status,
        }
    )
