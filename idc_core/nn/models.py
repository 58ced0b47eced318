"""The networks of `train.networks`: from the side of a patch to a functional `keras.Model`.

Conventions, the same for every network:

- input (n, side, side, 3) float32, raw 0..255, RGB; scaling is inside
- one output, a logit: `sigmoid(logit)` is the score; in full precision whatever the rest is in
- every layer has a readable name that never changes: stored weights and feature maps rely on it
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import keras
from keras import layers

from idc_core.records.raster import USUAL
from idc_core.train import networks

Tensor: TypeAlias = Any  # a keras.KerasTensor: Keras has no types
Build: TypeAlias = Callable[[int], keras.Model]

NETWORKS: dict[str, Build] = {}
"""What builds each of `train.networks.NETWORKS`, by its name."""


def _network(build: Build) -> Build:
    """Let a function build the network of its name."""
    NETWORKS[build.__name__] = build
    return build


def built(name: str, side: int) -> keras.Model:
    """A network for patches of `side` pixels; raises `Refusal` where it takes others only."""
    networks.refuse_side(name, side)
    return NETWORKS[name](side)


@_network
def cancernet(side: int = USUAL.patch_px) -> keras.Model:
    """The tutorial's network: separable convolutions 32 | 64-64 | 128-128-128, then dense 256.

    1,234,876 parameters, 95 % of them in `hidden_dense`, whose number goes by the side of a patch:
    it is what was published at 50 pixels only.
    """
    pixels = keras.Input((side, side, 3), name="pixels")
    x = layers.Rescaling(1 / 255, name="scale")(pixels)
    for block, width in ((1, 32), (2, 64), (3, 128)):
        for at in range(1, block + 1):
            name = f"block{block}_"
            x = layers.SeparableConv2D(width, 3, padding="same", name=f"{name}sepconv{at}")(x)
            x = layers.ReLU(name=f"{name}relu{at}")(x)
            x = layers.BatchNormalization(name=f"{name}norm{at}")(x)
        x = layers.MaxPooling2D(name=f"block{block}_pool")(x)
        x = layers.Dropout(0.25, name=f"block{block}_dropout")(x)
    x = layers.Flatten(name="hidden_flatten")(x)
    x = layers.Dense(256, name="hidden_dense")(x)
    x = layers.ReLU(name="hidden_relu")(x)
    x = layers.BatchNormalization(name="hidden_norm")(x)
    x = layers.Dropout(0.5, name="hidden_dropout")(x)
    return keras.Model(pixels, layers.Dense(1, name="logit", dtype="float32")(x), name="cancernet")


@_network
def sepres(side: int = USUAL.patch_px) -> keras.Model:
    """Ours: separable convolutions with skip connections, then global average pooling.

    148 thousand parameters at any side of a patch. The stem halves the patch, each of three blocks
    widens it, halves it again and refines it.
    """
    pixels = keras.Input((side, side, 3), name="pixels")
    x = layers.Rescaling(1 / 127.5, offset=-1, name="scale")(pixels)
    x = layers.Conv2D(32, 3, strides=2, padding="same", use_bias=False, name="stem_conv")(x)
    x = _norm("stem_norm")(x)
    x = layers.ReLU(name="stem_relu")(x)
    for block, (width, refinements) in enumerate(((64, 1), (96, 2), (128, 2)), start=1):
        x = _separable(x, width, f"block{block}_", 1)
        x = layers.ReLU(name=f"block{block}_relu1")(x)
        x = layers.MaxPooling2D(padding="same", name=f"block{block}_pool")(x)
        for at in range(1, refinements + 1):
            x = _refined(x, width, f"block{block}_res{at}_")
    x = layers.GlobalAveragePooling2D(name="average")(x)
    x = layers.Dropout(0.3, name="dropout")(x)
    return keras.Model(pixels, layers.Dense(1, name="logit", dtype="float32")(x), name="sepres")


def _refined(x: Tensor, width: int, name: str) -> Tensor:
    """Two separable convolutions whose result is added to what came in."""
    y = _separable(x, width, name, 1)
    y = layers.ReLU(name=f"{name}relu1")(y)
    y = _separable(y, width, name, 2)
    y = layers.Add(name=f"{name}add")([y, x])
    return layers.ReLU(name=f"{name}relu2")(y)


def _separable(x: Tensor, width: int, name: str, at: int) -> Tensor:
    convolution = layers.SeparableConv2D(
        width, 3, padding="same", use_bias=False, name=f"{name}sepconv{at}"
    )
    return _norm(f"{name}norm{at}")(convolution(x))


def _norm(name: str) -> Any:
    """Known after some ten steps, not after hundreds as by Keras's 0.99: on a small data set these
    are whole epochs in which validation sees statistics of weights that are long gone."""
    return layers.BatchNormalization(momentum=0.9, name=name)
