"""What a training runs on. Several devices are played by two logical CPUs, in a process of its own.

No GPU has run this: that mixed precision and XLA are on there is asserted, not measured.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from idc_core.data.stores.store import PatchStore
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.nn.hardware import Hardware, find_hardware

CHILD = """
import json, sys
import keras
import numpy as np
import tensorflow as tf

devices, store, run = int(sys.argv[1]), sys.argv[2], sys.argv[3]
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)

from pathlib import Path
from idc_core.train.config import AugmentConfig, TrainConfig
from idc_core.nn import models, training
from idc_core.data.stores.store import open_store
from idc_core.io.record import fields

def plain():
    '''No dropout, no batch norm: both look at a device's own part of the batch.'''
    pixels = keras.Input((50, 50, 3), name="pixels")
    x = keras.layers.Rescaling(1 / 255, name="scale")(pixels)
    x = keras.layers.Conv2D(4, 3, strides=2, activation="relu", name="conv")(x)
    x = keras.layers.GlobalAveragePooling2D(name="average")(x)
    return keras.Model(pixels, keras.layers.Dense(1, name="logit")(x))

if sys.argv[4] == "plain":
    models.NETWORKS["sepres"] = plain
config = TrainConfig(epochs=2, batch_size=16, learning_rate=0.01, average=0, devices=devices,
                     class_weights="balanced")
run = training.train(config, Path(run), open_store(Path(store)))
print(json.dumps({"info": fields(run.info.hardware), "history": run.history().to_dict("list"),
                  "status": run.status}))
"""


def child(store: PatchStore, folder: Path, devices: int, network: str) -> dict[str, Any]:
    words = [sys.executable, "-c", CHILD, str(devices), str(store.path), str(folder), network]
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        words, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


@pytest.mark.slow
def test_two_devices_learn_what_one_learns(small_store: PatchStore, tmp_path: Path) -> None:
    one = child(small_store, tmp_path / "one", 1, "plain")
    two = child(small_store, tmp_path / "two", 2, "plain")
    assert one["info"]["devices"] == ["CPU:0"]
    assert two["info"]["devices"] == ["CPU:0", "CPU:1"]
    for name in ("loss", "accuracy", "auc", "val_loss", "val_auc"):
        assert two["history"][name] == pytest.approx(one["history"][name], abs=2e-4), name


@pytest.mark.slow
def test_the_default_network_trains_on_two_devices(small_store: PatchStore, tmp_path: Path) -> None:
    found = child(small_store, tmp_path / "run", 2, "default")
    assert found["status"] == "finished"
    assert found["history"]["loss"][1] < found["history"]["loss"][0]


def test_on_a_cpu_mixed_precision_and_xla_are_off() -> None:
    found = find_hardware(0, 64)
    if found.gpu:
        pytest.skip("this machine has a GPU")
    assert (found.devices, found.mixed_precision, found.xla) == (("CPU:0",), False, False)
    assert found.strategy is None


def test_on_a_gpu_both_are_on() -> None:
    found = Hardware(("GPU:0",), gpu=True)
    facts = found.facts()
    assert (facts.devices, facts.mixed_precision, facts.xla) == (["GPU:0"], True, True)


def test_more_devices_than_there_are_are_refused() -> None:
    with pytest.raises(Refusal, match="expected 40 devices"):
        find_hardware(40, 80)


def test_a_batch_that_cannot_be_shared_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import tensorflow as tf

    class Device:
        name = "/device:CPU:0"

    monkeypatch.setattr(
        tf.config, "list_logical_devices", lambda kind: [Device()] * 2 * (kind == "CPU")
    )
    with pytest.raises(Refusal, match="2 devices can share equally: found 7"):
        find_hardware(2, 7)
