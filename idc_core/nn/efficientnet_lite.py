"""EfficientNet-Lite0 without its head, and where PyTorch's weights of it belong.

EfficientNet-B0 (Tan & Le 2019, arXiv 1905.11946) without squeeze-and-excitation, with ReLU6, and
padded as TensorFlow pads, as published in tensorflow/tpu (`efficientnet/lite`) and carried over to
PyTorch in `efficientnet-lite-pytorch`. Its pixels are (x - 127) / 128.
"""

from collections.abc import Iterator
from typing import Any

from keras import layers

STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
"""Of each stage: blocks, kernel, stride of the first block, widening inside, channels."""

BLOCKS = sum(blocks for blocks, *_ in STAGES)
SKIPPED = 0.2
"""How often the last block is left out while training; earlier ones less (Huang et al. 2016)."""


def features(x: Any) -> Any:
    """From scaled pixels (n, side, side, 3) to (n, side / 32, side / 32, 1280)."""
    x = _convolved(x, 32, "stem_", strides=2, kernel=3)
    at = 0
    for blocks, kernel, stride, widening, width in STAGES:
        for nth in range(blocks):
            x = _block(x, at, kernel, 1 if nth else stride, widening, width)
            at += 1
    return _convolved(x, 1280, "head_")


def _block(x: Any, at: int, kernel: int, stride: int, widening: int, width: int) -> Any:
    """Widened, filtered channel by channel, narrowed; added to what came in where shapes allow."""
    name, came = f"block{at + 1}_", x
    if widening > 1:
        x = _convolved(x, x.shape[-1] * widening, f"{name}expand_")
    x = layers.DepthwiseConv2D(
        kernel, strides=stride, padding="same", use_bias=False, name=f"{name}depthwise"
    )(x)
    x = layers.ReLU(6, name=f"{name}depthwise_relu")(_norm(f"{name}depthwise_norm")(x))
    x = layers.Conv2D(width, 1, use_bias=False, name=f"{name}project_conv")(x)
    x = _norm(f"{name}project_norm")(x)
    if stride > 1 or came.shape[-1] != width:
        return x
    skipped = layers.Dropout(
        SKIPPED * at / BLOCKS, noise_shape=(None, 1, 1, 1), name=f"{name}skipped"
    )(x)
    return layers.Add(name=f"{name}add")([skipped, came])


def _convolved(x: Any, width: int, name: str, strides: int = 1, kernel: int = 1) -> Any:
    x = layers.Conv2D(
        width, kernel, strides=strides, padding="same", use_bias=False, name=f"{name}conv"
    )(x)
    return layers.ReLU(6, name=f"{name}relu")(_norm(f"{name}norm")(x))


def _norm(name: str) -> Any:
    # The momentum is ours (`models._norm`): what it keeps from training is no part of the weights.
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-3, name=name)


def pytorch_names() -> Iterator[tuple[str, str]]:
    """Each layer with weights, and how the weights that belong to it begin in PyTorch's file."""
    yield from (("stem_conv", "_conv_stem"), ("stem_norm", "_bn0"))
    for at in range(BLOCKS):
        ours, theirs = f"block{at + 1}_", f"_blocks.{at}."
        if at:  # the first does not widen
            yield f"{ours}expand_conv", f"{theirs}_expand_conv"
            yield f"{ours}expand_norm", f"{theirs}_bn0"
        yield f"{ours}depthwise", f"{theirs}_depthwise_conv"
        yield f"{ours}depthwise_norm", f"{theirs}_bn1"
        yield f"{ours}project_conv", f"{theirs}_project_conv"
        yield f"{ours}project_norm", f"{theirs}_bn2"
    yield from (("head_conv", "_conv_head"), ("head_norm", "_bn1"))
