"""What a training runs on. Several devices are played by two logical CPUs, in a process of its own.

No GPU has run this: that mixed precision and XLA are on there is asserted, not measured.
"""

from pathlib import Path
from typing import Any

import pytest

from idc_core.data.stores.store import PatchStore
from idc_core.io.refusal import Refusal
from idc_core.nn.hardware import Hardware, find_hardware
from tests.idc_core.nn.children import Child, train_on_devices


def child(store: PatchStore, folder: Path, devices: int, network: str) -> dict[str, Any]:
    (found,) = Child(train_on_devices, devices, store.path, folder, network).messages()
    assert isinstance(found, dict)
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
@pytest.mark.parametrize("network", ["remembering", pytest.param("sepres", marks=pytest.mark.long)])
def test_what_a_network_remembers_is_trained_on_two_devices(
    small_store: PatchStore, tmp_path: Path, network: str
) -> None:
    """Batch norm and dropout, in a network of a few layers and (`long`) in the default one."""
    found = child(small_store, tmp_path / "run", 2, network)
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
