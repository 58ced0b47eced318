"""Weights from elsewhere put into a network whose head is new: every one of them, each once.

`efficientnet_lite0`: PyTorch's file of its package. Networks of `keras.applications`: the `.h5`
file without a head that Keras would download, or Keras downloads it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from idc_core.io.refusal import Refusal
from idc_core.io.torch_weights import read_torch_weights
from idc_core.nn import efficientnet_lite
from idc_core.nn.saved_weights import fill_from_h5
from idc_core.score.foreign.keras2 import Untranslated
from idc_core.train.networks import network_called

Array = npt.NDArray[Any]

APPLICATIONS: dict[str, Callable[..., keras.Model]] = {
    "efficientnetv2_b0": keras.applications.EfficientNetV2B0,
    "mobilenetv3_small": keras.applications.MobileNetV3Small,
}

_SHAPE = (96, 96, 3)
"""Of any patch: weights do not depend on it."""

_HEAD = {"_fc.weight": (1000, 1280), "_fc.bias": (1000,)}
"""Of ImageNet's classes: looked at and left out."""


def fill(model: keras.Model, name: str, file: Path | None) -> None:
    """Give the network `name` its pretrained weights, if it has any; the head keeps what it has.

    `file`: where they lie, None to let Keras download them. Raises `Refusal` where they are of
    another network, damaged or not to be had.
    """
    if name in APPLICATIONS:
        _fill_from_keras(model, name, file)
    elif file is not None:
        fill_from_pytorch(model, read_torch_weights(file), file.name, _HEAD)


def fill_from_pytorch(
    model: keras.Model,
    weights: dict[str, Array],
    file: str,
    left: dict[str, tuple[int, ...]],
    names: tuple[tuple[str, str], ...] = tuple(efficientnet_lite.pytorch_names()),
) -> None:
    """Put PyTorch's `weights` into the layers that `names` pairs with them.

    `left`: those that belong to no layer, with their shapes. Nothing is put anywhere unless every
    name and every shape is as expected (`Refusal`).
    """
    wanted = {
        each: (layer, shape) for layer, prefix in names for each, shape in _of(model, layer, prefix)
    }
    shapes = {each: shape for each, (_, shape) in wanted.items()} | left
    counters = {f"{prefix}.num_batches_tracked" for _, prefix in names}  # of training, long over
    found = {each: array.shape for each, array in weights.items() if each not in counters}
    for each in [*shapes, *found]:
        if shapes.get(each) != found.get(each):
            raise Refusal(
                f"expected the pretrained weights of {model.name} in {file}: {each} is "
                f"{_said(found.get(each))} there and {_said(shapes.get(each))} in the network. "
                "Take the file that belongs to it."
            )
    for layer, prefix in names:
        own = [weights[each] for each, _ in _of(model, layer, prefix)]
        model.get_layer(layer).set_weights([_turned(model.get_layer(layer), each) for each in own])


def _of(model: keras.Model, layer: str, prefix: str) -> list[tuple[str, tuple[int, ...]]]:
    """What PyTorch calls a layer's weights, in Keras's order, and their shapes there."""
    found = model.get_layer(layer)
    shapes = [tuple(each.shape) for each in found.weights]
    if isinstance(found, keras.layers.BatchNormalization):
        parts = ("weight", "bias", "running_mean", "running_var")
        return [(f"{prefix}.{part}", shape) for part, shape in zip(parts, shapes, strict=True)]
    if isinstance(found, keras.layers.Dense):
        kernel, bias = shapes
        return [(f"{prefix}.weight", kernel[::-1]), (f"{prefix}.bias", bias)]
    ((high, wide, into, out),) = shapes
    depthwise = isinstance(found, keras.layers.DepthwiseConv2D)
    return [(f"{prefix}.weight", (into, out, high, wide) if depthwise else (out, into, high, wide))]


def _turned(layer: Any, array: Array) -> Array:
    """PyTorch's order of axes as Keras's."""
    if isinstance(layer, keras.layers.Dense):
        return array.T
    if array.ndim < 4:
        return array
    depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
    return np.transpose(array, (2, 3, 0, 1) if depthwise else (2, 3, 1, 0))


def _said(shape: tuple[int, ...] | None) -> str:
    return "missing" if shape is None else " × ".join(map(str, shape)) or "one number"


def _fill_from_keras(model: keras.Model, name: str, file: Path | None) -> None:
    base = _downloaded(name) if file is None else _read(name, file)
    for layer in base.layers:
        if layer.weights:
            model.get_layer(layer.name).set_weights(layer.get_weights())


def _read(name: str, file: Path) -> keras.Model:
    base = APPLICATIONS[name](include_top=False, weights=None, input_shape=_SHAPE)
    try:
        fill_from_h5(base, file)
    except (Untranslated, OSError, KeyError, ValueError) as why:
        raise Refusal(
            f"expected Keras's pretrained weights of {name} in {file.name}: {why}. Take the file "
            f"that Keras calls {_notop(name)}."
        ) from None
    return base


def _downloaded(name: str) -> keras.Model:
    try:
        return APPLICATIONS[name](include_top=False, weights="imagenet", input_shape=_SHAPE)
    except Exception as broken:  # whatever the network gives
        first = (str(broken).splitlines() or [type(broken).__name__])[0][:120]
        raise Refusal(
            f"expected to download the pretrained weights of {name}: {first}. Fetch "
            f"{_notop(name)} on a machine with a network, and name it: --weights FILE."
        ) from None


def _notop(name: str) -> str:
    pretrained = network_called(name).pretrained
    return "" if pretrained is None else pretrained.notop
