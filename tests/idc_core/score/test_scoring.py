"""An exported network scores and shows its layers, or says in a sentence why it does not."""

import json
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper

from idc_core.io.paths import REPOSITORY
from idc_core.io.refusal import Refusal
from idc_core.score.scoring import Layer, Scorer, score_graph

DEMO = REPOSITORY / "models" / "demo" / "model.onnx"


@pytest.fixture
def patches():
    return np.random.default_rng(3).integers(0, 256, (37, 50, 50, 3), dtype=np.uint8)


@pytest.fixture
def scorer(world):
    return Scorer(world / "models" / "small" / "model.onnx")


@pytest.fixture(scope="module")
def demo():
    return DEMO.read_bytes()


def whole_graph(content, names, patches):
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return session.run(names, {session.get_inputs()[0].name: patches.astype(np.float32)})


def brightness(path, *, scale=1 / 255, score=("n",), keepdims=0):
    """A network without weights whose score is the mean of all pixels times `scale`."""
    nodes = [
        helper.make_node("ReduceMean", ["pixels"], ["mean"], axes=[1, 2, 3], keepdims=keepdims),
        helper.make_node("Mul", ["mean", "scale"], ["score"]),
    ]
    info = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "brightness",
        [info("pixels", TensorProto.FLOAT, ["n", 50, 50, 3])],
        [info("score", TensorProto.FLOAT, list(score))],
        [helper.make_tensor("scale", TensorProto.FLOAT, [1], [scale])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return Scorer(path)


def test_a_score_is_what_the_network_computes(tmp_path, patches):
    found = brightness(tmp_path / "model.onnx").score(patches)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, patches.mean(axis=(1, 2, 3)) / 255, atol=1e-6)


def saturated(path):
    """A network whose logit is 16 plus the brightness of the patch, like one that is very sure."""
    nodes = [
        helper.make_node("ReduceMean", ["pixels"], ["mean"], axes=[1, 2, 3], keepdims=1),
        helper.make_node("Mul", ["mean", "scale"], ["part"]),
        helper.make_node("Add", ["part", "sure"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["four"]),
        helper.make_node("Reshape", ["four", "flat"], ["score"]),
    ]
    info = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "saturated",
        [info("pixels", TensorProto.FLOAT, ["n", 50, 50, 3])],
        [info("score", TensorProto.FLOAT, ["n"])],
        [
            helper.make_tensor("scale", TensorProto.FLOAT, [1], [1 / 255]),
            helper.make_tensor("sure", TensorProto.FLOAT, [1], [16.0]),
            helper.make_tensor("flat", TensorProto.INT64, [1], [-1]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return Scorer(path)


def test_scores_of_a_network_that_is_very_sure_keep_the_order_of_their_logits(tmp_path):
    """A float32 sigmoid of logits from 16 to 17 knows but two numbers."""
    bright = np.arange(0, 250, 5, dtype=np.uint8)
    patches = np.broadcast_to(bright[:, None, None, None], (50, 50, 50, 3))
    found = saturated(tmp_path / "model.onnx").score(patches)
    assert (np.diff(found) > 0).all()
    assert (found < 1).all()
    exact = 1 / (1 + np.exp(-(16 + bright / 255)))
    np.testing.assert_allclose(1 - found, 1 - exact, rtol=1e-5)


def test_the_size_of_a_batch_does_not_change_a_score(scorer, patches):
    whole = scorer.score(patches, batch=37)
    for batch in (1, 8, 16, 64):
        np.testing.assert_allclose(scorer.score(patches, batch=batch), whole, atol=1e-6)


def test_mapped_patches_and_slices_are_scored_alike(scorer, patches, tmp_path):
    np.save(tmp_path / "patches.npy", patches)
    mapped = np.load(tmp_path / "patches.npy", mmap_mode="r")
    assert np.array_equal(scorer.score(mapped), scorer.score(patches))
    np.testing.assert_allclose(scorer.score(mapped[5:9]), scorer.score(patches)[5:9], atol=1e-6)


def test_no_patch_gets_no_score(scorer):
    assert scorer.score(np.empty((0, 50, 50, 3), np.uint8)).shape == (0,)


def test_progress_ends_with_all(scorer, patches):
    told = []
    scorer.score(patches, batch=16, progress=lambda done, total: told.append((done, total)))
    assert told == [(16, 37), (32, 37), (37, 37)]


def test_the_graph_that_scores_equals_the_whole_graph(demo, patches):
    (whole,) = whole_graph(demo, ["score"], patches)
    np.testing.assert_allclose(Scorer(DEMO).score(patches), whole, atol=1e-6)


def test_the_graph_that_scores_holds_nothing_that_leads_nowhere(demo):
    graph = onnx.load_model_from_string(score_graph(demo)).graph
    assert [output.name for output in graph.output] == ["score"]
    used = {name for node in graph.node for name in node.input} | {"score"}
    idle = [node.name for node in graph.node if not used & set(node.output)]
    assert idle == [], "a dangling node keeps its neighbours from being fused"


def test_activations_are_the_layers_of_the_file_in_its_order(demo, patches):
    scorer = Scorer(DEMO)
    found = scorer.activations(patches[0])
    names = [layer.name for layer in scorer.layers]
    assert list(found) == names
    for layer, whole in zip(scorer.layers, whole_graph(demo, names, patches[:1]), strict=True):
        assert found[layer.name].shape == layer.shape
        assert np.array_equal(found[layer.name], whole[0])


def test_the_logit_among_the_activations_gives_the_score(patches):
    scorer = Scorer(DEMO)
    (logit,) = scorer.activations(patches[0])["logit"]
    assert scorer.score(patches[:1])[0] == pytest.approx(1 / (1 + np.exp(-logit)), abs=1e-6)


def test_layers_tell_kind_shape_and_parameters(scorer):
    assert scorer.layers[0] == Layer("conv", "Conv2D", (24, 24, 4), 108)
    assert scorer.embedding_layer == Layer("pooled", "Average", (4,), 0)


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((2, 48, 50, 3), np.uint8),
        np.zeros((2, 50, 50, 4), np.uint8),
        np.zeros((50, 50, 3), np.uint8),
        np.zeros((2, 50, 50, 3), np.float32),
    ],
)
def test_other_than_uint8_patches_are_refused(scorer, wrong):
    with pytest.raises(Refusal, match=r"expected uint8 patches of shape .* found"):
        scorer.score(wrong)


def test_activations_of_other_than_a_patch_are_refused(scorer):
    with pytest.raises(Refusal, match="expected uint8 patches"):
        scorer.activations(np.zeros((49, 50, 3), np.uint8))


def test_a_missing_network_names_the_command(tmp_path):
    with pytest.raises(Refusal, match=r"not there.*train_cli\.py train"):
        Scorer(tmp_path / "model.onnx")


@pytest.mark.parametrize("keep", [0, 10, 5_000])
def test_a_truncated_network_is_refused(tmp_path, demo, patches, keep):
    path = tmp_path / "model.onnx"
    path.write_bytes(demo[:keep])
    for ask in (
        lambda broken: broken.score(patches),
        lambda broken: broken.activations(patches[0]),
        lambda broken: broken.layers,
    ):
        with pytest.raises(Refusal, match=r"expected .*model\.onnx"):
            ask(Scorer(path))


def test_a_file_of_another_kind_is_refused(tmp_path, patches):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" * 40)
    with pytest.raises(Refusal, match="cannot be read"):
        Scorer(path).score(patches)


def test_an_onnx_file_without_a_list_of_layers_scores_but_shows_none(tmp_path, patches):
    scorer = brightness(tmp_path / "model.onnx")
    assert len(scorer.score(patches)) == len(patches)
    with pytest.raises(Refusal, match="expected the list of layers"):
        _ = scorer.layers


def test_a_list_of_layers_that_is_none_is_refused(tmp_path, demo):
    model = onnx.load_model_from_string(demo)
    next(e for e in model.metadata_props if e.key == "layers").value = json.dumps([{"name": "a"}])
    path = tmp_path / "model.onnx"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(Refusal, match="expected the list of layers"):
        _ = Scorer(path).layers


@pytest.mark.parametrize("scale", [np.nan, np.inf, -1.0, 2.0])
def test_what_is_no_probability_is_refused(tmp_path, patches, scale):
    bright = np.maximum(patches, 200)
    with pytest.raises(Refusal, match=r"expected scores in \[0, 1\]"):
        brightness(tmp_path / "model.onnx", scale=scale).score(bright)


def test_a_network_with_another_form_of_answer_is_refused(tmp_path, patches):
    scorer = brightness(tmp_path / "model.onnx", score=("n", 1, 1, 1), keepdims=1)
    with pytest.raises(Refusal, match="expected one score a patch"):
        scorer.score(patches)


def test_scoring_wakes_neither_keras_nor_tensorflow():
    code = (
        "import sys, numpy as np; from pathlib import Path\n"
        "from idc_core.score.scoring import Scorer\n"
        "s = Scorer(Path(sys.argv[1])); p = np.zeros((1, 50, 50, 3), np.uint8)\n"
        "s.score(p); s.activations(p[0])\n"
        "print(sorted({'keras', 'tensorflow', 'tf2onnx'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(DEMO)], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert done.stdout == "[]\n", done.stderr
    assert done.stderr == ""
