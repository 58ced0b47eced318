"""What a layer costs and sees, counted by hand; one number worked out as the network does it."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from idc_core.interpret.graph.cost import Cost
from idc_core.interpret.graph.network_view import Anatomy
from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.score.scoring import Scorer

RNG = np.random.default_rng(4)
PATCH = RNG.integers(0, 256, (50, 50, 3)).astype(np.uint8)


def constant(name, values):
    return numpy_helper.from_array(np.asarray(values, np.float32), name)


def network(path: Path, *, strides=(1, 1), pads=(1, 1, 1, 1), dilation=1, multiplier=1, bias=True):
    """Patch → separable convolution of 5 channels → norm → ReLU → mean → logit, NCHW inside."""
    middle = 3 * multiplier
    weights = [
        constant("deep", RNG.normal(0, 0.2, (middle, 1, 3, 3))),
        constant("point", RNG.normal(0, 0.2, (5, middle, 1, 1))),
        constant("bias", RNG.normal(0, 1, 5)),
        constant("scale", RNG.uniform(0.5, 2, (1, 5, 1, 1))),
        constant("offset", RNG.normal(0, 1, (1, 5, 1, 1))),
        constant("weigh", RNG.normal(0, 0.01, (5, 1))),
        numpy_helper.from_array(np.array([-1]), "flat"),
    ]
    reach = dilation * 2 + 1
    side = tuple((50 + pads[at] + pads[at + 2] - reach) // strides[at] + 1 for at in (0, 1))
    nodes = [
        helper.make_node("Transpose", ["pixels"], ["turned"], perm=[0, 3, 1, 2]),
        helper.make_node(
            "Conv",
            ["turned", "deep"],
            ["between"],
            group=3,
            kernel_shape=[3, 3],
            strides=list(strides),
            pads=list(pads),
            dilations=[dilation, dilation],
        ),
        helper.make_node(
            "Conv",
            ["between", "point", "bias"][: 3 if bias else 2],
            ["mixed"],
            kernel_shape=[1, 1],
        ),
        helper.make_node("Mul", ["mixed", "scale"], ["scaled"]),
        helper.make_node("Add", ["scaled", "offset"], ["moved"]),
        helper.make_node("Relu", ["moved"], ["cut"]),
        helper.make_node("ReduceMean", ["cut"], ["average"], axes=[2, 3], keepdims=0),
        helper.make_node("MatMul", ["average", "weigh"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["column"]),
        helper.make_node("Reshape", ["column", "flat"], ["score"]),
        helper.make_node("Transpose", ["mixed"], ["sepconv"], perm=[0, 2, 3, 1]),
        helper.make_node("Transpose", ["moved"], ["norm"], perm=[0, 2, 3, 1]),
        helper.make_node("Transpose", ["cut"], ["relu"], perm=[0, 2, 3, 1]),
    ]
    kinds = {
        "sepconv": "SeparableConv2D",
        "norm": "BatchNormalization",
        "relu": "ReLU",
        "average": "GlobalAveragePooling2D",
        "logit": "Dense",
    }
    shapes = {name: [*side, 5] for name in ("sepconv", "norm", "relu")}
    shapes |= {"average": [5], "logit": [1]}
    outputs = [helper.make_tensor_value_info("score", TensorProto.FLOAT, ["n"])] + [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *shape])
        for name, shape in shapes.items()
    ]
    entry = [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 50, 50, 3])]
    graph = helper.make_graph(nodes, "small", entry, outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    layers = [
        {"name": name, "kind": kinds[name], "shape": shapes[name], "parameters": 0}
        for name in kinds
    ]
    helper.set_model_props(model, {"layers": json.dumps(layers)})
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
    return Anatomy(Scorer(path)), Scorer(path)


def test_multiply_adds_and_what_is_seen_are_those_counted_by_hand(tmp_path):
    anatomy, _ = network(tmp_path / "model.onnx")
    costs = anatomy.costs
    assert costs["sepconv"] == Cost(50 * 50 * (3 * 9 + 3 * 5), 3)
    assert costs["norm"] == costs["relu"] == Cost(0, 3)
    assert costs["average"] == Cost(0, 50)
    assert costs["logit"] == Cost(5, 50)


def test_strides_and_stretched_kernels_count(tmp_path):
    anatomy, _ = network(tmp_path / "model.onnx", strides=(2, 2), pads=(2, 2, 2, 2), dilation=2)
    assert anatomy.costs["sepconv"] == Cost(25 * 25 * (27 + 15), 5)


SHAPES = [
    {},
    {"strides": (2, 2), "pads": (0, 0, 1, 1)},
    {"pads": (0, 0, 0, 0), "bias": False},
    {"dilation": 2, "pads": (2, 2, 2, 2)},
    {"multiplier": 2},
]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_step_of_one_number_is_the_networks_own(tmp_path, shape):
    anatomy, scorer = network(tmp_path / "model.onnx", **shape)
    values = scorer.activations(PATCH)
    rows, columns, _ = values["sepconv"].shape
    middle = anatomy.middle("sepconv", PATCH)
    for place in ((0, 0), (rows - 1, columns - 1), (rows // 2, 3), (0, columns - 1)):
        worked = anatomy.work_out("sepconv", 4, place, PATCH)
        assert [step.layer for step in worked.steps] == ["sepconv", "norm", "relu"]
        size = max(1.0, max(abs(step.networks) for step in worked.steps))
        assert worked.largest_difference < 1e-4 * size
        assert np.allclose(worked.filtered, middle[place], rtol=1e-4, atol=1e-3)
        assert worked.steps[-1].networks == values["relu"][*place, 4]
        assert worked.mixed.sum() + worked.bias == pytest.approx(worked.steps[0].ours, rel=1e-5)


def test_outside_the_picture_there_are_noughts(tmp_path):
    anatomy, _ = network(tmp_path / "model.onnx")
    worked = anatomy.work_out("sepconv", 0, (0, 0), PATCH)
    assert (worked.window[:, 0] == 0).all()
    assert (worked.window[:, :, 0] == 0).all()
    assert np.array_equal(worked.window[:, 1:, 1:], PATCH[:2, :2].transpose(2, 0, 1))


def test_only_a_separable_convolution_and_a_place_in_it_are_worked_out(tmp_path):
    anatomy, _ = network(tmp_path / "model.onnx")
    assert list(anatomy.separables) == ["sepconv"]
    with pytest.raises(Refusal, match="separable"):
        anatomy.work_out("relu", 0, (0, 0), PATCH)
    for channel, place in ((5, (0, 0)), (0, (50, 0)), (0, (0, -1))):
        with pytest.raises(Refusal, match="expected a channel"):
            anatomy.work_out("sepconv", channel, place, PATCH)


def test_the_shipped_network_is_taken_apart_to_a_ten_thousandth():
    scorer = Scorer(REPOSITORY / "models" / "demo" / "model.onnx")
    anatomy = Anatomy(scorer)
    assert len(anatomy.separables) == 13
    assert anatomy.costs["stem_conv"] == Cost(25 * 25 * 27 * 32, 3)
    assert anatomy.costs["block1_sepconv1"] == Cost(25 * 25 * (32 * 9 + 32 * 64), 7)
    for layer in anatomy.separables:
        shape = next(each.shape for each in scorer.layers if each.name == layer)
        worked = anatomy.work_out(layer, shape[2] - 1, (shape[0] - 1, 0), PATCH)
        assert worked.largest_difference < 1e-4
