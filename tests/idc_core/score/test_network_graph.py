"""The graph of a network made by hand: 2 layers, of which the second needs two nodes."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from idc_core.score.network_graph import attribute, graph_of


@pytest.fixture(scope="module")
def graph():
    nodes = [
        helper.make_node("Relu", ["pixels"], ["first"]),
        helper.make_node("Mul", ["first", "factor"], ["between"]),
        helper.make_node("Softmax", ["between"], ["second"], axis=1),
    ]
    made = helper.make_graph(
        nodes,
        "by hand",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3])],
        [helper.make_tensor_value_info("second", TensorProto.FLOAT, ["n", 3])],
        [numpy_helper.from_array(np.array([1, 2, 3], np.float32), "factor")],
    )
    return graph_of(onnx.helper.make_model(made).SerializeToString())


def test_a_node_belongs_to_the_first_layer_that_needs_it_in_running_order(graph):
    found = graph.of_layers(["first", "second"])
    assert {name: [node.op_type for node in nodes] for name, nodes in found.items()} == {
        "first": ["Relu"],
        "second": ["Mul", "Softmax"],
    }


def test_constants_shapes_and_the_input_are_read_by_name(graph):
    assert graph.pixels == "pixels"
    assert graph.constants["factor"].tolist() == [1, 2, 3]
    assert graph.shapes == {"pixels": (3,), "first": (3,), "between": (3,), "second": (3,)}


def test_an_attribute_is_the_nodes_own_and_the_default_only_where_it_has_none(graph):
    softmax = graph.nodes[2]
    assert (attribute(softmax, "axis", 7), attribute(softmax, "group", 7)) == (1, 7)
