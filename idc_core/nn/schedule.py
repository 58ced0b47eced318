"""The learning rate of a step, as a plain function: nothing to save, nothing to forget.

(`Adagrad(decay=…)`, as tutorials write it, is accepted and ignored by Keras 3.)
"""

import math

from idc_core.train.config import TrainConfig


def learning_rate(config: TrainConfig, step: int, steps_per_epoch: int) -> float:
    """Rate of the step (from 0), before any drop on a plateau.

    >>> config = TrainConfig(schedule="constant", learning_rate=0.5, warmup_epochs=0)
    >>> learning_rate(config, step=7, steps_per_epoch=10)
    0.5
    """
    warmup = round(config.warmup_epochs * steps_per_epoch)
    if step < warmup:
        return config.learning_rate * (0.1 + 0.9 * step / warmup)
    done = step - warmup
    if config.schedule == "cosine":
        total = max(1, config.epochs * steps_per_epoch - warmup)
        return config.learning_rate * 0.5 * (1 + math.cos(math.pi * min(1.0, done / total)))
    if config.schedule == "inverse_time":
        return config.learning_rate / (1 + config.decay * done)
    return config.learning_rate
