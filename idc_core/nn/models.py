"""The networks of `train.networks`: from the side of a patch to a functional `keras.Model`.

Conventions, the same for every network:

- input (n, side, side, 3) float32, raw 0..255, RGB; scaling is inside
- one output, a logit: `sigmoid(logit)` is the score; in full precision whatever the rest is in
- every layer has a readable name that never changes: stored weights and feature maps rely on it
"""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeAlias

import keras
from keras import layers

from idc_core.nn import efficientnet_lite
from idc_core.nn.pretrained import APPLICATIONS
from idc_core.nn.rewire import rewired
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


def built(name: str, side: int, input_size: int = 0) -> keras.Model:
    """A network for patches of `side` pixels, which it resizes to `input_size` unless that is 0.

    Its weights are random. Raises `Refusal` where it takes patches of other sizes only.
    """
    size = input_size or side
    networks.refuse_side(name, size)
    model = NETWORKS[name](size)
    if size == side:
        return model
    resize = layers.Resizing(size, size, name="resize")

    def front(pixels: Tensor) -> Tensor:
        # Unasked, it takes a call for one of training, and so do all layers after it.
        return resize(pixels, training=False)

    return rewired(model, keras.Input((side, side, 3), name="pixels"), front, _fresh).model


def _fresh(layer: Any) -> Any:
    return type(layer).from_config(layer.get_config())


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


@_network
def efficientnet_lite0(side: int = USUAL.patch_px) -> keras.Model:
    """EfficientNet-Lite0 with one logit. 3.4 million parameters at any side of a patch."""
    pixels = keras.Input((side, side, 3), name="pixels")
    x = layers.Rescaling(1 / 128, offset=-127 / 128, name="scale")(pixels)
    logit = _pooled(efficientnet_lite.features(x), 0.2)
    return keras.Model(pixels, logit, name="efficientnet_lite0")


@_network
def efficientnetv2_b0(side: int = USUAL.patch_px) -> keras.Model:
    """Keras's EfficientNetV2-B0 with one logit. 5.9 million parameters at any side of a patch."""
    mean, deviation = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    scale = layers.Rescaling(
        [1 / 255 / each for each in deviation],
        [-middle / each for middle, each in zip(mean, deviation, strict=True)],
        name="scale",
    )
    return _of_keras("efficientnetv2_b0", side, scale)


@_network
def mobilenetv3_small(side: int = USUAL.patch_px) -> keras.Model:
    """Keras's MobileNetV3-Small with one logit. 0.9 million parameters at any side of a patch."""
    return _of_keras("mobilenetv3_small", side, layers.Rescaling(1 / 127.5, -1, name="scale"))


def _of_keras(name: str, side: int, scale: Any) -> keras.Model:
    """A network of `keras.applications`, scaled by our layer, every layer named by its place."""
    pixels = keras.Input((side, side, 3), name="pixels")
    base = APPLICATIONS[name](
        include_top=False, weights=None, input_tensor=scale(pixels), include_preprocessing=False
    )
    made_up: Counter[str] = Counter()

    def renamed(layer: Any) -> Any:
        kind = re.fullmatch(_MADE_UP, layer.name)
        if kind is None:
            return _fresh(layer)
        made_up[kind[1]] += 1
        return type(layer).from_config(
            layer.get_config() | {"name": f"{kind[1]}{made_up[kind[1]]}"}
        )

    again = keras.Input((side, side, 3), name="pixels")
    named = rewired(keras.Model(pixels, base.output), again, made=renamed).model
    return keras.Model(again, _pooled(named.output, 0.2), name=name)


_MADE_UP = r"(re_lu|activation|add|multiply)(?:_\d+)?"
"""Names that Keras makes up by what was built before."""


def _pooled(x: Tensor, dropout: float) -> Tensor:
    x = layers.GlobalAveragePooling2D(name="average")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    return layers.Dense(1, name="logit", dtype="float32")(x)


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
