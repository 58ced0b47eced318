"""The same network with nothing learnt: its weights dealt out anew.

A map that stays the same shows the picture (edges, dark spots), not what the network has learnt
from it. After Adebayo et al. 2018 (NeurIPS, arXiv 1810.03292). Every kernel keeps its own numbers
in another order, so that the answers stay in range; scales and offsets stay as they are.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import numpy as np


@contextmanager
def shuffled(model: keras.Model, seed: int = 0) -> Iterator[None]:
    """Shuffle every kernel of `model` for as long as the context lasts; then all is as before."""
    kernels = [weight for weight in model.trainable_weights if len(weight.shape) > 1]
    before = [kernel.numpy() for kernel in kernels]
    random = np.random.default_rng(seed)
    try:
        for kernel, values in zip(kernels, before, strict=True):
            kernel.assign(random.permutation(values.ravel()).reshape(values.shape))
        yield
    finally:
        for kernel, values in zip(kernels, before, strict=True):
            kernel.assign(values)
