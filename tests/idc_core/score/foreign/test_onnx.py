"""ONNX networks answer as they did when they came, whatever their layout and ending."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from idc_core.io.refusal import Refusal
from idc_core.score.foreign.onnx_child import convert
from idc_core.score.foreign.probe import pictures
from idc_core.score.foreign.reading import reading_of
from idc_core.score.scoring import Scorer


def network(
    *after: str,
    units: int = 1,
    first: bool = True,
    side: int | None = 50,
    batch: int | None = None,
    scale: float = 1 / 255,
    opset: int = 17,
    kind: int = TensorProto.FLOAT,
    channels: int = 3,
    hard_batch: bool = False,
) -> onnx.ModelProto:
    """A convolution, its mean, and a dense layer; then nodes of the kinds `after`."""
    rng = np.random.default_rng(1)
    constants = {
        "by": np.array(scale, np.float32),
        "kernel": rng.normal(0, 0.6, (4, channels, 3, 3)).astype(np.float32),
        "dense": rng.normal(0, 3, (4, units)).astype(np.float32),
        "bias": rng.normal(0, 0.2, units).astype(np.float32),
        "shape": np.array([1 if hard_batch else -1, 4]),
    }
    nodes = [helper.make_node("Cast", ["image"], ["numbers"], to=TensorProto.FLOAT)]
    nodes.append(helper.make_node("Mul", ["numbers", "by"], ["scaled"]))
    taken = "scaled"
    if not first:
        nodes.append(helper.make_node("Transpose", ["scaled"], ["turned"], perm=[0, 3, 1, 2]))
        taken = "turned"
    nodes += [
        helper.make_node("Conv", [taken, "kernel"], ["conv"]),
        helper.make_node("Relu", ["conv"], ["relu"]),
        helper.make_node("GlobalAveragePool", ["relu"], ["mean"]),
        helper.make_node("Reshape", ["mean", "shape"], ["flat"]),
        helper.make_node("Gemm", ["flat", "dense", "bias"], ["sums"]),
    ]
    last = "sums"
    for at, each in enumerate(after):
        more = {"axis": -1} if each in ("Softmax", "LogSoftmax", "ArgMax") else {}
        nodes.append(helper.make_node(each, [last], [f"after{at}"], **more))
        last = f"after{at}"
    image = [batch or "n", channels, side or "h", side or "w"]
    if not first:
        image = [image[0], image[2], image[3], image[1]]
    answer = TensorProto.INT64 if after and after[-1] == "ArgMax" else TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "drawn",
        [helper.make_tensor_value_info("image", kind, image)],
        [helper.make_tensor_value_info(last, answer, None)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = 8
    return model


def answers(model: onnx.ModelProto, prepared: np.ndarray) -> np.ndarray:
    """What the network itself says, a picture at a time."""
    session = onnxruntime.InferenceSession(model.SerializeToString())
    one = [session.run(None, {"image": each[None]})[0] for each in prepared]
    return np.concatenate([np.asarray(each).reshape(1, -1) for each in one]).astype(float)


def imported(model: onnx.ModelProto, folder: Path, **options):
    (folder / "given.onnx").write_bytes(model.SerializeToString())
    found = convert(folder / "given.onnx", folder, reading_of(**options), None)
    return Scorer(folder / "model.onnx"), found


def sigmoid(logit):
    return 1 / (1 + np.exp(-np.asarray(logit, float)))


FIRST = np.ascontiguousarray(pictures().astype(np.float32).transpose(0, 3, 1, 2))
LAST = pictures().astype(np.float32)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("side", [50, None])
@pytest.mark.parametrize("batch", [None, 1])
def test_channels_first_and_last_fixed_and_free(first, side, batch, tmp_path) -> None:
    model = network("Sigmoid", first=first, side=side, batch=batch)
    expected = answers(model, FIRST if first else LAST)[:, 0]
    scorer, found = imported(model, tmp_path)
    assert np.allclose(scorer.score(pictures()), expected, atol=1e-6)
    assert found["parameters"] == 4 * 3 * 9 + 4 + 1 + 1
    assert np.allclose(sigmoid(scorer.logits(pictures())), expected, atol=1e-6)


def test_a_graph_made_for_one_patch_is_asked_one_by_one(tmp_path) -> None:
    model = network("Sigmoid", batch=1, hard_batch=True)
    expected = answers(model, FIRST)[:, 0]
    scorer, _ = imported(model, tmp_path)
    assert np.allclose(scorer.score(pictures()), expected, atol=1e-6)


@pytest.mark.parametrize("idc_class", [0, 1])
@pytest.mark.parametrize(
    ("after", "units"),
    [
        ((), 1),
        (("Sigmoid",), 1),
        (("Sigmoid", "Identity", "Flatten"), 1),
        ((), 2),
        (("Softmax",), 2),
        (("LogSoftmax",), 2),
        (("Sigmoid",), 2),
    ],
)
def test_every_ending_means_the_class_that_was_declared(after, units, idc_class, tmp_path) -> None:
    model = network(*after, units=units)
    given = answers(model, FIRST)
    scorer, _ = imported(model, tmp_path, idc_class=idc_class)
    if "Sigmoid" in after:
        expected = given[:, idc_class] if units == 2 else abs(1 - idc_class - given[:, 0])
    elif after == ("Softmax",):
        expected = given[:, idc_class]
    elif units == 2:
        expected = sigmoid(given[:, idc_class] - given[:, 1 - idc_class])
    else:
        expected = sigmoid(given[:, 0] * (1 if idc_class else -1))
    assert np.allclose(scorer.score(pictures()), expected, atol=1e-6)


@pytest.mark.parametrize("pixels", ["0-1", "-1-1", "imagenet", "caffe"])
def test_pixels_are_prepared_as_declared(pixels, tmp_path) -> None:
    model = network("Sigmoid", scale=1.0 if pixels != "caffe" else 1 / 255)
    prepared = reading_of(pixels).prepared(LAST).transpose(0, 3, 1, 2)
    expected = answers(model, np.ascontiguousarray(prepared))[:, 0]
    scorer, found = imported(model, tmp_path, pixels=pixels)
    assert np.allclose(scorer.score(pictures()), expected, atol=1e-5)
    assert any(each.startswith("Pixels are") for each in found["said"])


@pytest.mark.parametrize("side", [48, 224])
def test_another_size_is_resized_to_and_said(side, tmp_path) -> None:
    scorer, found = imported(network("Sigmoid", side=side), tmp_path)
    assert any(f"{side}×{side} px" in each for each in found["said"])
    assert scorer.score(pictures()).shape == (24,)


def test_pixels_as_whole_numbers_are_taken(tmp_path) -> None:
    model = network("Sigmoid", kind=TensorProto.UINT8)
    expected = answers(model, FIRST.astype(np.uint8))[:, 0]
    scorer, _ = imported(model, tmp_path)
    assert np.allclose(scorer.score(pictures()), expected, atol=1e-6)


def test_an_old_opset_is_brought_up(tmp_path) -> None:
    model = network("Sigmoid", opset=11)
    expected = answers(model, FIRST)[:, 0]
    scorer, _ = imported(model, tmp_path)
    assert np.allclose(scorer.score(pictures()), expected, atol=1e-6)


def test_probabilities_without_a_logit_get_one(tmp_path) -> None:
    model = network("Sigmoid", "Neg", "Exp", "Reciprocal")  # e^p, no probability
    with pytest.raises(Refusal, match="expected probabilities between 0 and 1"):
        imported(model, tmp_path)
    model = network("Sigmoid", "Sqrt")
    expected = answers(model, FIRST)[:, 0]
    scorer, found = imported(model, tmp_path)
    assert np.allclose(scorer.score(pictures()), expected, atol=1e-5)
    assert any("no single logit" in each for each in found["said"])


def test_of_several_answers_one_is_asked_for_by_name(tmp_path) -> None:
    model = network("Sigmoid")
    model.graph.output.append(helper.make_tensor_value_info("flat", TensorProto.FLOAT, ["n", 4]))
    with pytest.raises(Refusal, match=r"2 answers \(after0 , flat any×4\).+--output NAME"):
        imported(model, tmp_path)
    expected = answers(network("Sigmoid"), FIRST)[:, 0]
    scorer, _ = imported(model, tmp_path, output="after0")
    assert np.allclose(scorer.score(pictures()), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (network("Sigmoid", channels=1), "this one takes any×1×50×50"),
        (network("Softmax", units=3), r"answers 1 with \(1, 3\)"),
        (network("Softmax", units=1), "softmax over one, which is 1 for every picture"),
        (network("Tanh"), "ends in “Tanh”"),
        (network("ArgMax", units=2), "answers with the class"),
    ],
)
def test_another_contract_is_refused(model, said, tmp_path) -> None:
    with pytest.raises(Refusal, match=said):
        imported(model, tmp_path)
    assert not (tmp_path / "model.onnx").exists()


def test_operators_of_a_library_are_refused(tmp_path) -> None:
    model = network("Sigmoid")
    model.graph.node[3].domain = "com.mine"
    model.opset_import.append(helper.make_opsetid("com.mine", 1))
    with pytest.raises(Refusal, match=r"needs operators of 'com\.mine'"):
        imported(model, tmp_path)


def with_weights_beside(folder: Path) -> None:
    onnx.save_model(
        network("Sigmoid"),
        folder / "big.onnx",
        save_as_external_data=True,
        all_tensors_to_one_file=True,
        location="big.onnx.data",
        size_threshold=0,
    )


def test_weights_beside_the_network_are_read(tmp_path) -> None:
    with_weights_beside(tmp_path)
    found = convert(tmp_path / "big.onnx", tmp_path, reading_of(), None)
    expected = answers(network("Sigmoid"), FIRST)[:, 0]
    (tmp_path / "big.onnx.data").unlink()
    assert np.allclose(Scorer(tmp_path / "model.onnx").score(pictures()), expected, atol=1e-6)
    assert found["kind"] == "onnx"


@pytest.mark.parametrize("place", ["../secret.bin", "/etc/hostname", "sub/x.bin", "link.bin"])
def test_weights_elsewhere_are_never_read(place, tmp_path) -> None:
    with_weights_beside(tmp_path)
    (tmp_path / "link.bin").symlink_to("/etc/hostname")
    model = onnx.load(tmp_path / "big.onnx", load_external_data=False)
    for tensor in model.graph.initializer:
        for entry in tensor.external_data:
            if entry.key == "location":
                entry.value = place
    (tmp_path / "big.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(Refusal, match="which is not read"):
        convert(tmp_path / "big.onnx", tmp_path, reading_of(), None)


def test_weights_that_are_missing_are_named(tmp_path) -> None:
    with_weights_beside(tmp_path)
    (tmp_path / "big.onnx.data").unlink()
    with pytest.raises(Refusal, match=r"in big\.onnx\.data beside it: they are not there"):
        convert(tmp_path / "big.onnx", tmp_path, reading_of(), None)


def test_bytes_that_are_no_network_are_refused(tmp_path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"\x08\x07hello")
    with pytest.raises(Refusal, match=r"expected an ONNX network in a\.onnx"):
        convert(tmp_path / "a.onnx", tmp_path, reading_of(), None)
