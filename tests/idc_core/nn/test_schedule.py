"""The learning rate, step by step."""

import keras
import pytest

from idc_core.nn.schedule import learning_rate
from idc_core.train.config import TrainConfig


def test_cosine_agrees_with_keras() -> None:
    config = TrainConfig(epochs=5, warmup_epochs=1, learning_rate=0.01)
    referee = keras.optimizers.schedules.CosineDecay(
        0.001, decay_steps=80, warmup_target=0.01, warmup_steps=20
    )
    ours = [learning_rate(config, step, 20) for step in range(100)]
    assert ours == pytest.approx([float(referee(step)) for step in range(100)], rel=1e-4, abs=1e-9)


def test_inverse_time_agrees_with_keras() -> None:
    config = TrainConfig(schedule="inverse_time", warmup_epochs=0, learning_rate=0.01, decay=0.05)
    referee = keras.optimizers.schedules.InverseTimeDecay(0.01, decay_steps=1, decay_rate=0.05)
    ours = [learning_rate(config, step, 20) for step in range(100)]
    assert ours == pytest.approx([float(referee(step)) for step in range(100)], rel=1e-5)


def test_the_warm_up_rises_to_the_highest_rate() -> None:
    config = TrainConfig(schedule="constant", warmup_epochs=0.5, learning_rate=1.0)
    rates = [learning_rate(config, step, 10) for step in range(8)]
    assert rates == pytest.approx([0.1, 0.28, 0.46, 0.64, 0.82, 1, 1, 1])
