"""The loop's own arithmetic, on a network of one layer."""

import time
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest

from idc_core.data.stores.store import PatchStore
from idc_core.io.progress import Progress
from idc_core.io.refusal import Refusal
from idc_core.nn.loop import Loop, class_weights
from idc_core.train.batches import Batches
from idc_core.train.config import TrainConfig


@pytest.fixture
def told() -> list[Progress]:
    return []


def make(store: PatchStore, config: TrainConfig, told: list[Progress]) -> Loop:
    keras.utils.set_random_seed(0)
    pixels = keras.Input((50, 50, 3))
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(pixels))
    split = store.index["split"].to_numpy()
    labels = store.index["label"].to_numpy(np.int8)
    rows = np.flatnonzero(split == "train")
    batches = Batches(store.patches, labels, rows, config.batch_size, config.augment, config.seed)
    network = keras.Model(pixels, keras.layers.Dense(1)(x))
    return Loop(network, config, batches, np.flatnonzero(split == "validation"), told.append)


def test_the_training_numbers_are_those_of_the_whole_epoch(
    small_store: PatchStore, told: list[Progress]
) -> None:
    # a rate so low that the network stays, so that every patch is judged by the same weights
    config = TrainConfig(epochs=1, batch_size=16, learning_rate=1e-12, average=0)
    loop = make(small_store, config, told)
    *_, last = loop.run()
    assert last is loop
    pixels, targets = (np.concatenate(both) for both in zip(*loop.batches.epoch(0), strict=True))
    logits = loop.model.predict(pixels, verbose=0)
    targets = targets[:, 1:]
    assert loop.log["accuracy"] == pytest.approx(float(np.mean((logits > 0) == (targets == 1))))
    loss = np.mean(np.logaddexp(0, logits) - targets * logits)
    assert loop.log["loss"] == pytest.approx(float(loss), rel=1e-5)


def test_every_epoch_is_told_with_all_its_numbers(
    small_store: PatchStore, told: list[Progress]
) -> None:
    loop = make(small_store, TrainConfig(epochs=2, batch_size=32), told)
    assert len(list(loop.run())) == 2 * 4
    done = [progress for progress in told if progress.stage == "epoch"]
    assert [progress.epoch for progress in done] == [1, 2]
    first = ["epoch", "learning_rate", "seconds", "loss", "accuracy", "auc"]
    assert list(done[-1].log)[:9] == [*first, "val_loss", "val_accuracy", "val_auc"]
    speeds = [progress.patches_per_second for progress in told if progress.stage == "train"]
    assert min(speeds) > 0


def test_early_stopping_and_a_drop_of_the_rate_take_effect(
    small_store: PatchStore, told: list[Progress]
) -> None:
    config = TrainConfig(
        epochs=9,
        batch_size=64,
        learning_rate=1e-12,
        schedule="constant",
        warmup_epochs=0,
        stop_patience=3,
        plateau_patience=2,
        plateau_factor=0.1,
        average=0,
    )
    loop = make(small_store, config, told)
    rates = [loop.log["learning_rate"] for loop in loop.run() if loop.batch == 0]
    assert len(rates) == 4  # nothing gets better after the first epoch
    assert rates == pytest.approx([1e-12, 1e-12, 1e-12, 1e-13])


def test_a_diverged_training_is_said_to_have_diverged(
    small_store: PatchStore, told: list[Progress]
) -> None:
    loop = make(small_store, TrainConfig(epochs=1), told)
    loop.model.set_weights([np.full_like(weight, np.nan) for weight in loop.model.get_weights()])
    with pytest.raises(Refusal, match="the training diverged"):
        list(loop.run())


def test_balanced_weights_give_both_classes_half_of_the_loss(
    small_store: PatchStore, told: list[Progress]
) -> None:
    batches = make(small_store, TrainConfig(), told).batches
    weight = class_weights(batches)
    labels = batches.labels[batches.rows]
    assert weight[0] * np.sum(labels == 0) == pytest.approx(len(labels) / 2)
    assert weight[1] * np.sum(labels == 1) == pytest.approx(len(labels) / 2)


def test_the_wait_for_input_is_added_up(
    small_store: PatchStore, told: list[Progress], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every batch is made 200 ms late, for longer than the network needs."""
    loop = make(small_store, TrainConfig(epochs=1, batch_size=32), told)
    made = loop.batches.epoch

    def late(epoch: int, start: int = 0) -> Iterator[Any]:
        for batch in made(epoch, start):
            time.sleep(0.2)
            yield batch

    monkeypatch.setattr(Batches, "epoch", lambda self, epoch, start=0: late(epoch, start))
    list(loop.run())
    assert loop.waited > 0.2
    again = make(small_store, TrainConfig(epochs=1, batch_size=32), told)
    again.restore(loop.checkpoint())
    assert again.waited == loop.waited
