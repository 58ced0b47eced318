"""A network as somebody else exports it: ONNX, channels first."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def by_brightness(slope: float, bias: float) -> onnx.ModelProto:
    """Images (n, 3, 50, 50) in, `sigmoid(slope * (red + green + blue) + bias)` of the means out."""
    constants = {"by": np.float32([[slope] * 3]).T, "bias": np.float32([bias])}
    nodes = [
        helper.make_node("GlobalAveragePool", ["image"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["flat"]),
        helper.make_node("Gemm", ["flat", "by", "bias"], ["sum"]),
        helper.make_node("Sigmoid", ["sum"], ["answer"]),
    ]
    graph = helper.make_graph(
        nodes,
        "theirs",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, 50, 50])],
        [helper.make_tensor_value_info("answer", TensorProto.FLOAT, ["n", 1])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model
