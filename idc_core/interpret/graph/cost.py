"""What each layer costs and how much of the patch it sees.

Multiply-adds are those of convolutions and dense layers; norms and activations are left out, as is
usual. The receptive field is the theoretical one (Araujo, Norris & Sim 2019, Distill, doi
10.23915/distill.00021): the side of the square of the patch that can change one number.
"""

from dataclasses import dataclass
from math import prod
from typing import Any

from idc_core.records.raster import USUAL
from idc_core.score.network_graph import Graph, attribute, graph_of

_WINDOWED = ("Conv", "MaxPool", "AveragePool")
_WHOLE = (
    "GlobalAveragePool",
    "GlobalMaxPool",
    "ReduceMean",
    "ReduceMax",
    "Flatten",
    "MatMul",
    "Gemm",
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Multiply-adds for one patch of `patch_px`, and the side of what is seen in pixels."""

    multiply_adds: int
    sees_px: int
    patch_px: int = USUAL.patch_px

    @property
    def sees_all(self) -> bool:
        """Whether the whole patch can change one number."""
        return self.sees_px >= self.patch_px


@dataclass(frozen=True, slots=True)
class _View:
    """Side seen and step from one place to the next, both in pixels of the patch."""

    side: int
    step: int


def costs(content: bytes, names: tuple[str, ...]) -> dict[str, Cost]:
    """The cost of each layer of an exported network, by name."""
    graph = graph_of(content)
    side = (graph.shapes.get(graph.pixels) or (0,))[0] or USUAL.patch_px
    views = _views(graph, side)
    return {
        name: Cost(
            sum(_multiply_adds(node, graph) for node in nodes),
            min(views[name].side, side) if name in views else side,
            side,
        )
        for name, nodes in graph.of_layers(names).items()
    }


def _multiply_adds(node: Any, graph: Graph) -> int:
    if node.op_type == "Conv":
        kernel = graph.constants.get(node.input[1])
        shape = graph.shapes.get(node.output[0], ())
        return 0 if kernel is None or not shape else prod(shape[1:]) * kernel.size
    if node.op_type in ("MatMul", "Gemm"):
        weights = graph.constants.get(node.input[1])
        return 0 if weights is None else int(weights.size)
    return 0


def _views(graph: Graph, side: int) -> dict[str, _View]:
    found = {graph.pixels: _View(1, 1)}
    for node in graph.nodes:
        seen = [found[name] for name in node.input if name in found]
        if not seen:
            continue
        view = max(seen, key=lambda each: each.side)
        if node.op_type in _WINDOWED:
            view = _through(node, view, graph)
        elif node.op_type in _WHOLE or node.op_type == "Reshape":
            view = _View(side, side)
        for output in node.output:
            found[output] = view
    return found


def _through(node: Any, view: _View, graph: Graph) -> _View:
    # A convolution need not say the size of its kernels: the weights do.
    weights = graph.constants.get(node.input[1]) if len(node.input) > 1 else None
    size = max(attribute(node, "kernel_shape", [1] if weights is None else weights.shape[2:]))
    stretch = max(attribute(node, "dilations", [1]))
    step = max(attribute(node, "strides", [1]))
    return _View(view.side + (size - 1) * stretch * view.step, view.step * step)
