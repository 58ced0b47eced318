"""What a training runs on: which devices, and what of mixed precision and XLA pays there.

On GPUs both are on; on CPUs both are off, where they were measured to cost (XLA 10 times, bfloat16
3 to 7 times slower: `docs/decisions.md`). Several devices of one machine train one network
together: each takes an equal part of every batch (`tf.distribute.MirroredStrategy`).
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from idc_core.io.refusal import Refusal
from idc_core.nn.checkpoint import Array
from idc_core.records import run_info

Step = Callable[[Array, Array, Array | None], None]


@dataclass(frozen=True)
class Hardware:
    """The devices of a training; `strategy` is None for a single one."""

    devices: tuple[str, ...]
    gpu: bool
    strategy: Any = None

    @property
    def mixed_precision(self) -> bool:
        return self.gpu

    @property
    def xla(self) -> bool:
        return self.gpu

    def facts(self) -> run_info.Hardware:
        """What `run.json` says of it."""
        return run_info.Hardware(
            devices=list(self.devices), mixed_precision=self.mixed_precision, xla=self.xla
        )

    def scope(self) -> Any:
        """Where the network and its optimizer are to be made."""
        return nullcontext() if self.strategy is None else self.strategy.scope()


def find_hardware(devices: int, batch_size: int) -> Hardware:
    """The devices to train on: `devices` of them, or with 0 every GPU there is, or the CPU.

    Raises `Refusal` if there are fewer, or if a batch cannot be dealt to them in equal parts.
    """
    gpus = tf.config.list_logical_devices("GPU")
    there = gpus or tf.config.list_logical_devices("CPU")
    wanted = devices or (len(gpus) if gpus else 1)
    if wanted > len(there):
        kind = "GPUs" if gpus else "CPU devices"
        raise Refusal(
            f"expected {wanted} devices to train on: this machine has {len(there)} {kind}."
        )
    if batch_size % wanted:
        raise Refusal(
            f"expected a batch that {wanted} devices can share equally: found {batch_size}. "
            f"Take a multiple of {wanted}."
        )
    names = tuple(device.name.removeprefix("/device:") for device in there[:wanted])
    strategy = tf.distribute.MirroredStrategy(list(names)) if wanted > 1 else None
    hardware = Hardware(names, bool(gpus), strategy)
    keras.config.set_dtype_policy("mixed_float16" if hardware.mixed_precision else "float32")
    return hardware


def step_of(model: keras.Model, hardware: Hardware) -> Step:
    """A function that trains on one batch: pixels, targets and weights of the patches.

    Metrics then hold the sums of that batch alone.
    """
    strategy = hardware.strategy
    if strategy is None:

        def alone(pixels: Array, targets: Array, weights: Array | None) -> None:
            model.train_on_batch(pixels, targets, sample_weight=weights)

        return alone

    # Keras's own `train_on_batch` would give every device the whole batch.
    together = tf.function(lambda *batch: strategy.run(model.train_step, args=(batch,)))

    def shared(pixels: Array, targets: Array, weights: Array | None) -> None:
        model.reset_metrics()
        whole = (pixels, targets) if weights is None else (pixels, targets, weights)
        together(*(_dealt(strategy, array) for array in whole))

    return shared


def _dealt(strategy: Any, array: Array) -> Any:
    """An equal part of the batch to each device."""
    parts = np.split(array, strategy.num_replicas_in_sync)
    return strategy.experimental_distribute_values_from_function(
        lambda context: tf.constant(parts[context.replica_id_in_sync_group])
    )
