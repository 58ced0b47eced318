"""What ONNX Runtime answers is what Keras answers: scores and every layer."""

import keras
import numpy as np
import pytest
from keras import layers

from idc_core.io.refusal import Refusal
from idc_core.nn import export
from idc_core.nn.export import MOST_ACTIVATION, MOST_DIFFERENCE, export_onnx
from idc_core.score.network_graph import graph_of
from idc_core.score.scoring import Scorer

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def model():
    """Small, with all that our networks are made of; the normalisations hold odd figures."""
    keras.utils.set_random_seed(5)
    pixels = keras.Input((50, 50, 3), name="pixels")
    x = layers.Rescaling(1 / 127.5, offset=-1, name="scale")(pixels)
    x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False, name="stem")(x)
    x = layers.BatchNormalization(name="stem_norm")(x)
    x = layers.ReLU(name="stem_relu")(x)
    y = layers.SeparableConv2D(8, 3, padding="same", name="sepconv")(x)
    y = layers.BatchNormalization(name="norm")(y)
    x = layers.Add(name="add")([x, y])
    x = layers.MaxPooling2D(padding="same", name="pool")(x)
    x = layers.GlobalAveragePooling2D(name="average")(x)
    x = layers.Dropout(0.5, name="dropout")(x)
    made = keras.Model(pixels, layers.Dense(1, name="logit")(x))
    rng = np.random.default_rng(0)
    for layer in made.layers:
        if isinstance(layer, layers.BatchNormalization):
            odd = [rng.uniform(0.5, 2, weight.shape) for weight in layer.get_weights()]
            layer.set_weights(odd)
    return made


@pytest.fixture(scope="module")
def exported(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "model.onnx"
    return export_onnx(model, path), Scorer(path)


@pytest.fixture(scope="module")
def patches():
    return np.random.default_rng(1).integers(0, 256, (19, 50, 50, 3), dtype=np.uint8)


def test_scores_agree_with_keras_on_patches_the_export_has_not_seen(model, exported, patches):
    difference, scorer = exported
    assert 0 <= difference <= MOST_DIFFERENCE
    logits = model.predict_on_batch(patches.astype(np.float32))[:, 0]
    assert np.ptp(logits) > 0.01, "a network that says the same of all proves nothing"
    np.testing.assert_allclose(scorer.score(patches), 1 / (1 + np.exp(-logits)), atol=1e-5)


def test_activations_equal_those_of_keras(model, exported, patches):
    _, scorer = exported
    found = scorer.activations(patches[0])
    wired = keras.Model(model.input, {n: model.get_layer(n).output for n in found})
    ours = wired(patches[:1].astype(np.float32), training=False)
    for name, values in found.items():
        expected = np.asarray(ours[name])[0]
        assert values.shape == expected.shape
        np.testing.assert_allclose(values, expected, atol=MOST_ACTIVATION * np.abs(expected).max())


def test_every_layer_that_computes_something_is_described(model, exported):
    described = {layer.name: layer for layer in exported[1].layers}
    assert set(described) == {layer.name for layer in model.layers} - {"pixels", "dropout"}
    assert [layer.name for layer in exported[1].layers][-1] == "logit"
    assert described["sepconv"].kind == "SeparableConv2D"
    assert described["sepconv"].shape == (25, 25, 8)
    assert sum(layer.parameters for layer in described.values()) == model.count_params()


def disturb(monkeypatch, *, scores=0.0, activations=0.0):
    """Let ONNX Runtime answer a little off."""
    true = export._answers

    def answers(content, names, patches):
        off = scores if names == ["score"] else activations
        return [each + off * np.abs(each).max() for each in true(content, names, patches)]

    monkeypatch.setattr(export, "_answers", answers)


@pytest.mark.parametrize(("side", "size"), [(50, 96), (50, 64), (48, 50), (96, 32)])
def test_a_resized_patch_has_the_same_size_for_whoever_reads_the_graph(tmp_path, side, size):
    """50 px times 1.92 in single precision are less than 96, of which ONNX keeps 95."""
    pixels = keras.Input((side, side, 3), name="pixels")
    x = layers.Resizing(size, size, name="resize")(pixels, training=False)
    x = layers.Rescaling(1 / 255, name="scale")(x)
    x = layers.Conv2D(2, 8, strides=8, name="conv")(x)
    x = layers.GlobalAveragePooling2D(name="average")(x)
    export_onnx(keras.Model(pixels, layers.Dense(1, name="logit")(x)), tmp_path / "model.onnx")
    graph = graph_of((tmp_path / "model.onnx").read_bytes())
    resized = [node for node in graph.nodes if node.op_type == "Resize"]
    assert [graph.shapes[node.output[0]] for node in resized] == [(3, size, size)]


def test_what_a_layer_clips_is_judged_by_what_came_into_it(tmp_path, monkeypatch):
    """ReLU6 lets 6 through of a thousand, but the thousand was rounded."""
    pixels = keras.Input((50, 50, 3), name="pixels")
    x = layers.Conv2D(2, 1, name="conv", kernel_initializer=keras.initializers.Constant(3))(pixels)
    x = layers.ReLU(6, name="clipped")(x)
    x = layers.GlobalAveragePooling2D(name="average")(x)
    made = keras.Model(pixels, layers.Dense(1, name="logit")(x))
    true = export._answers

    def off_by(share):
        def answers(content, names, patches):
            found = true(content, names, patches)
            if "clipped" in names:
                found[names.index("clipped")] += share * 255 * 9
            return found

        return answers

    monkeypatch.setattr(export, "_answers", off_by(MOST_ACTIVATION * 0.9))
    export_onnx(made, tmp_path / "model.onnx")
    monkeypatch.setattr(export, "_answers", off_by(MOST_ACTIVATION * 1.1))
    with pytest.raises(Refusal, match="activations of clipped in ONNX"):
        export_onnx(made, tmp_path / "model.onnx")


def test_scores_that_differ_are_not_exported(model, tmp_path, monkeypatch):
    disturb(monkeypatch, scores=1e-4)
    with pytest.raises(Refusal, match=r"expected ONNX scores within .* not exported"):
        export_onnx(model, tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_activations_that_differ_are_not_exported(model, tmp_path, monkeypatch):
    disturb(monkeypatch, activations=1e-3)
    with pytest.raises(Refusal, match=r"expected activations of .* in ONNX"):
        export_onnx(model, tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_weights_that_are_no_numbers_are_not_exported(model, tmp_path):
    broken = keras.models.clone_model(model)
    broken.set_weights([np.full_like(weight, np.nan) for weight in model.get_weights()])
    with pytest.raises(Refusal, match="not exported"):
        export_onnx(broken, tmp_path / "model.onnx")
