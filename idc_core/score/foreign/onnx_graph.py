"""Somebody else's ONNX network inside one of ours: from pixels (n, 50, 50, 3), 0–255, to `score`.

Their graph stays as it is, under names of its own; what is put round it are a few nodes before (the
declared reading of pixels, their size and order) and after (one logit of IDC, its sigmoid).
"""

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnx.compose
from onnx import TensorProto, helper, numpy_helper

from idc_core.score.foreign.onnx_file import Ending, Layout, Opened
from idc_core.score.foreign.reading import Reading

PREFIX = "theirs/"
SMALLEST = 1e-7
"""A probability is taken for no nearer to 0 or 1 than this, where its logit is not known."""

LOGIT = "idc_logit"


@dataclass
class _Nodes:
    """Nodes and constants as they are put one behind the other; `last` is the newest tensor."""

    last: str
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def put(
        self, kind: str, *more: npt.NDArray[Any] | str, name: str = "", **attributes: Any
    ) -> str:
        """Append a node that takes `last` and then `more`, names or constants."""
        name = name or f"ours/{len(self.nodes)}_{kind}"
        taken = [self.last, *(self._constant(each, name) for each in more)]
        self.nodes.append(helper.make_node(kind, taken, [name], name=name, **attributes))
        self.last = name
        return name

    def _constant(self, given: npt.NDArray[Any] | str, name: str) -> str:
        if isinstance(given, str):
            return given
        called = f"{name}/{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(given, called))
        return called


def front_of(reading: Reading, layout: Layout, kind: int, px: int) -> _Nodes:
    """The nodes from `pixels`, of patches of `px` a side, to what the network takes."""
    made = _Nodes("pixels")
    if not reading.is_rgb:
        made.put("Gather", np.array([2, 1, 0]), axis=3)
    if set(reading.scale) != {1.0}:
        made.put("Mul", np.array(reading.scale, np.float32))
    if set(reading.offset) != {0.0}:
        made.put("Add", np.array(reading.offset, np.float32))
    if layout.channels_first or layout.side != px:
        made.put("Transpose", perm=[0, 3, 1, 2])
    if layout.side != px:
        image = made.last
        made.put("Shape", start=0, end=2)
        size = made.put("Concat", np.array([layout.side] * 2), axis=0)
        made.last = image
        made.put("Resize", "", "", size, mode="linear", coordinate_transformation_mode="half_pixel")
        if not layout.channels_first:
            made.put("Transpose", perm=[0, 2, 3, 1])
    if kind != TensorProto.FLOAT:
        made.put("Cast", to=kind)
    return made


def front_alone(reading: Reading, layout: Layout, found: Opened, px: int) -> bytes:
    """The front as a network of its own: it prepares pixels for the network as it came."""
    made = front_of(reading, layout, found.kind, px)
    made.put("Identity", name="prepared")
    out = helper.make_tensor_value_info("prepared", found.kind, None)
    return _model(made, [], [out], None, found.model, px)


def whole(
    found: Opened,
    layout: Layout,
    reading: Reading,
    end: Ending,
    units: int,
    one_by_one: bool,
    px: int,
) -> bytes:
    """The network with its front, for patches of `px` a side, and its logit; `one_by_one`: it takes
    a single patch at a time."""
    theirs = onnx.compose.add_prefix(found.model, PREFIX)
    del theirs.graph.value_info[:]
    front = front_of(reading, layout, found.kind, px)
    front.put("Identity", name=PREFIX + found.taken)
    tail = _tail(PREFIX + end.tensor, end.kind, units, reading.idc_class)
    made = _Nodes(
        "",
        [*front.nodes, *theirs.graph.node, *tail.nodes],
        [*front.constants, *theirs.graph.initializer, *tail.constants],
    )
    n = 1 if one_by_one else "n"
    outputs = [
        helper.make_tensor_value_info("score", TensorProto.FLOAT, [n]),
        helper.make_tensor_value_info(LOGIT, TensorProto.FLOAT, [n, 1]),
    ]
    layers = [{"name": LOGIT, "kind": "Logit", "shape": [1], "parameters": 0}]
    return _model(made, layers, outputs, n, found.model, px)


def _tail(tensor: str, kind: str, units: int, idc_class: int) -> _Nodes:
    made = _Nodes(tensor)
    made.put("Cast", to=TensorProto.FLOAT)
    made.put("Reshape", np.array([-1, units]))
    if kind == "probabilities":
        made.put("Clip", _float(SMALLEST), _float(1 - SMALLEST))
        if units == 2:
            made.put("MatMul", np.eye(2, dtype=np.float32)[:, [idc_class]])
        idc = made.last
        log = made.put("Log")
        made.last = idc
        made.put("Neg")
        made.put("Add", _float(1.0))
        other = made.put("Log")
        made.last = log
        made.put("Sub", other)
        sign = -1.0 if units == 1 and idc_class == 0 else 1.0
        made.put("Mul", _float(sign), name=LOGIT)
    else:
        made.put("MatMul", mixed(kind, units, idc_class), name=LOGIT)
    made.put("Sigmoid")
    made.put("Reshape", np.array([-1]), name="score")
    return made


def _float(value: float) -> npt.NDArray[np.float32]:
    return np.array(value, np.float32)


def mixed(kind: str, units: int, idc_class: int) -> npt.NDArray[np.float32]:
    """What the sums are multiplied by for the logit of IDC, (units, 1).

    >>> mixed("softmax", 2, 1).ravel().tolist(), mixed("sigmoid", 1, 0).ravel().tolist()
    ([-1.0, 1.0], [-1.0])
    """
    if units == 1:
        return np.array([[1.0 if idc_class == 1 else -1.0]], np.float32)
    weights = np.zeros((2, 1), np.float32)
    weights[idc_class] = 1
    if kind != "sigmoid":
        weights[1 - idc_class] = -1  # softmax of two is the sigmoid of their difference
    return weights


def _model(
    made: _Nodes,
    layers: list[dict[str, Any]],
    outputs: list[Any],
    n: Any,
    theirs: onnx.ModelProto,
    px: int,
) -> bytes:
    pixels = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, [n or "n", px, px, 3])
    graph = helper.make_graph(made.nodes, "imported", [pixels], outputs, made.constants)
    model = helper.make_model(graph, opset_imports=list(theirs.opset_import))
    model.ir_version = theirs.ir_version
    entry = model.metadata_props.add()
    entry.key, entry.value = "layers", json.dumps(layers)
    found: bytes = model.SerializeToString()
    return found


def with_free_batch(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy that says of no tensor how many pictures it holds."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    fixed = {each.name for each in copy.graph.initializer}
    for value in [*copy.graph.input, *copy.graph.output]:
        if value.name not in fixed and value.type.tensor_type.shape.dim:
            value.type.tensor_type.shape.dim[0].dim_param = "n"
    del copy.graph.value_info[:]
    return copy
