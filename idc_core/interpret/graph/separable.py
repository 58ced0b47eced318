"""A separable convolution in its two steps, and one of its numbers worked out.

First every channel of the input is filtered by a small kernel of its own (depthwise), then the
results are mixed with one weight each (pointwise). After Chollet 2017 (CVPR, doi
10.1109/CVPR.2017.195). What follows (norm, rectification) is worked out too, up to the number that
the next layer reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from idc_core.score.network_graph import Array, Graph, attribute
from idc_core.score.scoring import Layer

FOLLOWS = ("BatchNormalization", "ReLU", "Activation")


@dataclass(frozen=True)
class Separable:
    """The weights, and how they are laid over the input.

    `depthwise` (channels, h, w), one kernel a middle channel; `pointwise` (out, channels); `bias`
    (out,), noughts where there is none. `given` and `middle` name the tensors (n, channels, h, w)
    that come in and lie between the steps. `multiplier`: middle channels an input channel.
    """

    layer: str
    depthwise: Array
    pointwise: Array
    bias: Array
    strides: tuple[int, int]
    pads: tuple[int, int]  # above, left
    dilations: tuple[int, int]
    multiplier: int
    given: str
    middle: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step after the mix: which layer, what it does in words, what comes out, and what the
    network itself answers there."""

    layer: str
    does: str
    ours: float
    networks: float


@dataclass(frozen=True)
class Worked:
    """One output number, from the patch of input it sees to what the next layer reads.

    `window` (channels, h, w); `filtered`, `mixed` (channels,): after the depthwise kernel, and
    times the pointwise weight.
    """

    window: Array
    filtered: Array
    mixed: Array
    bias: float
    steps: tuple[Step, ...]

    @property
    def largest_difference(self) -> float:
        """Between these figures and the network's own."""
        return max(abs(step.ours - step.networks) for step in self.steps)


def separable_of(graph: Graph, layer: str, nodes: Sequence[Any]) -> Separable | None:
    """The two steps of a layer's nodes; None where it is no separable convolution."""
    convolutions = [node for node in nodes if node.op_type == "Conv"]
    if len(convolutions) != 2:
        return None
    deep, point = convolutions
    kernels, mix = (graph.constants.get(each.input[1]) for each in convolutions)
    if kernels is None or mix is None or kernels.shape[1] != 1 or mix.shape[2:] != (1, 1):
        return None
    channels = attribute(deep, "group", 1)
    pads = attribute(deep, "pads", [0, 0, 0, 0])
    return Separable(
        layer,
        kernels[:, 0],
        mix[:, :, 0, 0],
        _bias(graph, point, nodes),
        tuple(attribute(deep, "strides", [1, 1])),
        (pads[0], pads[1]),
        tuple(attribute(deep, "dilations", [1, 1])),
        len(kernels) // channels,
        deep.input[0],
        deep.output[0],
    )


def _bias(graph: Graph, point: Any, nodes: Sequence[Any]) -> Array:
    units = len(graph.constants[point.input[1]])
    if len(point.input) > 2:
        return graph.constants[point.input[2]]
    for node in nodes:
        if node.op_type == "Add" and point.output[0] in node.input:
            for name in node.input:
                if name in graph.constants and graph.constants[name].size == units:
                    return graph.constants[name].ravel()
    return np.zeros(units, np.float32)


def followers(layers: Sequence[Layer], name: str) -> list[Layer]:
    """The norm and rectification right after a layer, in their order."""
    names = [layer.name for layer in layers]
    found = []
    for layer in layers[names.index(name) + 1 :]:
        if layer.kind not in FOLLOWS:
            break
        found.append(layer)
    return found


def work_out(
    parts: Separable,
    channel: int,
    place: tuple[int, int],
    given: Array,
    following: Sequence[tuple[Layer, Sequence[Any]]],
    graph: Graph,
    answers: dict[str, Array],
) -> Worked:
    """Work out one number: `channel` at `place` (row, column) of the layer.

    `given` (channels, h, w) is the layer's input, `following` the layers after it with their nodes,
    `answers` what the network itself answers, (h, w, channels) by layer.
    """
    window = _window(parts, place, given)
    filtered = (window * parts.depthwise).sum(axis=(1, 2))
    mixed = filtered * parts.pointwise[channel]
    bias = float(parts.bias[channel])
    value = float(mixed.sum()) + bias
    row, column = place

    def networks(layer: str) -> float:
        return float(answers[layer][row, column, channel])

    steps = [
        Step(
            parts.layer,
            "all weighted channels and the bias, added up",
            value,
            networks(parts.layer),
        )
    ]
    for layer, nodes in following:
        value, does = _after(layer, nodes, graph, value, channel)
        steps.append(Step(layer.name, does, value, networks(layer.name)))
    return Worked(window, filtered, mixed, bias, tuple(steps))


def _window(parts: Separable, place: tuple[int, int], given: Array) -> Array:
    """What the kernels lie over, (middle channels, h, w); outside the picture there are noughts."""
    high, wide = parts.depthwise.shape[1:]
    rows = place[0] * parts.strides[0] - parts.pads[0] + np.arange(high) * parts.dilations[0]
    columns = place[1] * parts.strides[1] - parts.pads[1] + np.arange(wide) * parts.dilations[1]
    inside_r = (rows >= 0) & (rows < given.shape[1])
    inside_c = (columns >= 0) & (columns < given.shape[2])
    found: npt.NDArray[np.float32] = np.zeros((len(given), high, wide), np.float32)
    found[np.ix_(range(len(given)), inside_r, inside_c)] = given[
        np.ix_(range(len(given)), rows[inside_r], columns[inside_c])
    ]
    return np.repeat(found, parts.multiplier, axis=0)


def _after(
    layer: Layer, nodes: Sequence[Any], graph: Graph, value: float, channel: int
) -> tuple[float, str]:
    """One layer after the mix, worked out from its nodes."""
    said = []
    for node in nodes:
        numbers = [graph.constants[name] for name in node.input if name in graph.constants]
        if node.op_type in ("Mul", "Add", "Sub", "Div") and numbers:
            by = float(numbers[0].ravel()[channel % numbers[0].size])
            value, sign = _arithmetic(node.op_type, value, by)
            said.append(f"{sign} {by:.4g}")
        elif node.op_type == "BatchNormalization":
            scale, offset, mean, variance = (float(each.ravel()[channel]) for each in numbers[:4])
            by = scale / float(np.sqrt(variance + attribute(node, "epsilon", 1e-5)))
            value = (value - mean) * by + offset
            said.append(f"− {mean:.4g}, × {by:.4g}, + {offset:.4g}")
        elif node.op_type == "Relu":
            value = max(value, 0.0)
            said.append("below zero becomes zero")
    return value, ", ".join(said) or layer.kind


def _arithmetic(kind: str, value: float, by: float) -> tuple[float, str]:
    return {
        "Mul": (value * by, "×"),
        "Add": (value + by, "+"),
        "Sub": (value - by, "−"),
        "Div": (value / by if by else float("nan"), "÷"),
    }[kind]
