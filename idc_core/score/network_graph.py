"""The graph of an exported network: which nodes belong to which layer, and its constants.

An exported file names each layer's answer; between two of them lie nodes with names of their own. A
node belongs to the first layer, in the network's order, that cannot do without it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnx.numpy_helper
import onnx.shape_inference

Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Graph:
    """`nodes` in running order; `constants` by name; `shapes` without the batch, NCHW inside."""

    nodes: tuple[Any, ...]
    constants: dict[str, Array]
    shapes: dict[str, tuple[int, ...]]
    pixels: str

    def of_layers(self, names: Sequence[str]) -> dict[str, list[Any]]:
        """The nodes of each layer, in running order."""
        makers = {output: node for node in self.nodes for output in node.output}
        taken: set[int] = set()
        found: dict[str, list[Any]] = {}
        for name in names:
            own: list[Any] = []
            waiting = [name]
            while waiting:
                node = makers.get(waiting.pop())
                if node is not None and id(node) not in taken:
                    taken.add(id(node))
                    own.append(node)
                    waiting.extend(node.input)
            order = {id(node): at for at, node in enumerate(self.nodes)}
            found[name] = sorted(own, key=lambda node: order[id(node)])
        return found


def graph_of(content: bytes) -> Graph:
    """Read an exported network; raises whatever `onnx` makes of damaged bytes."""
    model = onnx.shape_inference.infer_shapes(onnx.load_model_from_string(content))
    graph = model.graph
    constants = {each.name: onnx.numpy_helper.to_array(each) for each in graph.initializer}
    shapes = {
        each.name: tuple(size.dim_value for size in each.type.tensor_type.shape.dim)[1:]
        for each in [*graph.input, *graph.value_info, *graph.output]
    }
    return Graph(tuple(graph.node), constants, shapes, graph.input[0].name)


def attribute(node: Any, name: str, default: Any) -> Any:
    """An attribute of a node as numbers."""
    for each in node.attribute:
        if each.name == name:
            return onnx.helper.get_attribute_value(each)
    return default
