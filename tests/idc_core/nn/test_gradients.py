"""Explanations on networks whose right answer is known, and the process that computes them."""

from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from idc_core.interpret.explain.process import GradientProcess
from idc_core.io.refusal import Refusal
from idc_core.nn.gradients import Gradients
from idc_core.nn.models import NETWORKS
from idc_core.nn.rewire import rewired
from idc_core.nn.shuffled import shuffled
from idc_core.train import networks

NOISE = np.random.default_rng(0).integers(0, 256, (2, 50, 50, 3)).astype(np.float32)


def linear() -> keras.Model:
    """Logit = weights × pixels + bias: every attribution can be written down."""
    pixels = keras.Input((50, 50, 3))
    flat = layers.Flatten()(pixels)
    return keras.Model(pixels, layers.Dense(1)(flat))


def planted(row: int, column: int) -> keras.Model:
    """A logit that is the redness of one 10×10 square, seen through a convolution."""
    pixels = keras.Input((50, 50, 3))
    red = layers.Conv2D(2, 1, name="red")
    x = layers.ReLU(name="relu")(red(pixels))
    x = layers.AveragePooling2D(10, name="cells")(x)
    last = layers.Dense(1, name="logit")
    model = keras.Model(pixels, last(layers.Flatten()(x)))
    red.set_weights([np.float32([[[[1, 0], [-1, 0], [0, 1]]]]), np.zeros(2, np.float32)])
    weights = np.zeros((5, 5, 2), np.float32)
    weights[row, column, 0] = 0.1
    last.set_weights([weights.reshape(-1, 1), np.float32([-2])])
    return model


def test_integrated_gradients_of_a_linear_model_are_its_weights_times_the_change() -> None:
    model = linear()
    weights = model.layers[-1].get_weights()[0].reshape(50, 50, 3)
    start = np.full_like(NOISE, 255)
    (pro, con), gap = Gradients(model).integrated(NOISE, start)
    expected = ((NOISE - start) * weights).sum(axis=3)
    assert np.allclose(pro - con, expected, atol=1e-4)
    assert np.allclose(gap, 0, atol=1e-3)


def test_integrated_gradients_of_any_network_add_up_to_the_change_of_the_logit() -> None:
    network = Gradients(NETWORKS["sepres"]())
    start = np.full_like(NOISE, 255)
    (pro, con), gap = network.integrated(NOISE, start, steps=128)
    change = network.logits(NOISE) - network.logits(start)
    assert np.allclose((pro - con).sum(axis=(1, 2)) - change, gap, atol=1e-4)
    assert np.all(np.abs(gap) < 0.05 * np.maximum(np.abs(change), 0.1))


@pytest.mark.parametrize("method", ["grad_cam", "layer_cam"])
@pytest.mark.parametrize("place", [(0, 0), (2, 3), (4, 4)])
def test_a_planted_square_that_decides_is_what_the_maps_find(
    method: str, place: tuple[int, int]
) -> None:
    patch = np.full((1, 50, 50, 3), 120, np.float32)
    row, column = place[0] * 10, place[1] * 10
    patch[0, row : row + 10, column : column + 10] = [255, 20, 20]
    network = Gradients(planted(*place))
    pro, con = getattr(network, method)(patch, "relu")
    inside = pro[0, row : row + 10, column : column + 10].sum()
    assert inside == pytest.approx(pro.sum(), rel=1e-5)
    assert inside > 0
    assert con.max() == 0


def test_integrated_gradients_find_the_planted_square_too() -> None:
    patch = np.full((1, 50, 50, 3), 120, np.float32)
    patch[0, 20:30, 30:40] = [255, 20, 20]
    (pro, con), _ = Gradients(planted(2, 3)).integrated(patch, np.full_like(patch, 120))
    assert pro[0, 20:30, 30:40].sum() == pytest.approx(pro.sum())
    assert pro.sum() > 1
    assert con.max() == 0


def test_the_opposite_weight_turns_for_into_against() -> None:
    model = planted(1, 1)
    patch = np.full((1, 50, 50, 3), 120, np.float32)
    patch[0, 10:20, 10:20] = [255, 20, 20]
    before = Gradients(model).layer_cam(patch, "relu")
    last = model.get_layer("logit")
    kernel, bias = last.get_weights()
    last.set_weights([-kernel, bias])
    after = Gradients(model).layer_cam(patch, "relu")
    assert np.allclose(before[0], after[1])
    assert before[1].max() == after[0].max() == 0


def test_grad_cam_is_its_formula() -> None:
    network = Gradients(NETWORKS["sepres"]())
    layer = "block2_res1_relu2"
    activation, gradient = network.at(layer, NOISE)
    expected = np.einsum("nhwc,nc->nhw", activation, gradient.mean(axis=(1, 2)))
    pro, con = network.grad_cam(NOISE, layer)
    assert np.allclose(pro - con, expected, atol=1e-5)
    assert (np.minimum(pro, con) == 0).all()


def test_where_the_average_of_the_last_layer_decides_grad_cam_is_exact() -> None:
    """With global average pooling the map's mean is the logit less its bias."""
    model = NETWORKS["sepres"]()
    network = Gradients(model)
    pro, con = network.grad_cam(NOISE, "block3_res2_relu2")
    bias = model.get_layer("logit").get_weights()[1]
    cells = pro.shape[1] * pro.shape[2]
    # The gradient to each place is weight / cells; their mean over places is the same.
    assert np.allclose((pro - con).sum(axis=(1, 2)), network.logits(NOISE) - bias, atol=1e-4)
    assert cells == 16


def sequential() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((50, 50, 3)),
            layers.Conv2D(4, 3, activation="relu", name="first"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )


def nested() -> keras.Model:
    pixels = keras.Input((50, 50, 3))
    inner = keras.Sequential(
        [keras.Input((50, 50, 3)), layers.Conv2D(4, 3), layers.ReLU()], name="first"
    )
    x = layers.GlobalAveragePooling2D()(inner(layers.Rescaling(1 / 255)(pixels)))
    return keras.Model(pixels, layers.Dense(1)(x))


MODELS = {**NETWORKS, "sequential": sequential, "nested": nested}
DEEP = {each.name for each in networks.NETWORKS if each.pretrained}
"""Of a hundred layers, whose gradients take minutes."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(each, marks=[pytest.mark.long] * (each in DEEP)) for each in MODELS],
)
def test_after_save_and_load_every_layer_with_places_has_a_gradient(
    name: str, tmp_path: Path
) -> None:
    model = MODELS[name]()
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras", compile=False)
    network = Gradients(again)
    assert np.allclose(network.logits(NOISE), np.asarray(model(NOISE))[:, 0], atol=1e-5)
    assert network.layers
    for layer in network.layers:
        activation, gradient = network.at(layer, NOISE)
        assert activation.shape == gradient.shape
        assert np.isfinite(gradient).all()
    assert np.abs(network.at(network.layers[-1], NOISE)[1]).max() > 0


def test_a_layer_without_places_or_of_no_such_name_is_refused() -> None:
    network = Gradients(NETWORKS["sepres"]())
    for layer in ("average", "no such layer"):
        with pytest.raises(Refusal, match="layer with places"):
            network.grad_cam(NOISE, layer)


def test_two_logits_are_refused() -> None:
    pixels = keras.Input((50, 50, 3))
    with pytest.raises(Refusal, match="one logit"):
        Gradients(keras.Model(pixels, layers.Dense(2)(layers.Flatten()(pixels))))


def test_rewiring_puts_layers_behind_another_front_and_shares_their_weights() -> None:
    model = sequential()
    pixels = keras.Input((50, 50, 3))
    found = rewired(model, pixels, layers.Rescaling(1 / 255))
    whole = keras.Model(pixels, found.model.output)
    assert np.allclose(np.asarray(whole(NOISE)), np.asarray(model(NOISE / 255)), atol=1e-5)
    assert found.answers["first"].shape == (None, 48, 48, 4)


def test_shuffled_weights_are_other_weights_with_the_same_numbers_and_come_back() -> None:
    model = NETWORKS["sepres"]()
    before = [weight.numpy() for weight in model.weights]
    with shuffled(model, seed=1):
        kernels = [w.numpy() for w in model.trainable_weights if len(w.shape) > 1]
        old = [b for w, b in zip(model.weights, before, strict=True) if w.trainable and b.ndim > 1]
        assert all(
            np.array_equal(np.sort(a, axis=None), np.sort(b, axis=None))
            for a, b in zip(kernels, old, strict=True)
        )
        assert any(not np.array_equal(a, b) for a, b in zip(kernels, old, strict=True))
    assert all(np.array_equal(w.numpy(), b) for w, b in zip(model.weights, before, strict=True))
    with pytest.raises(ZeroDivisionError), shuffled(model):
        raise ZeroDivisionError
    assert all(np.array_equal(w.numpy(), b) for w, b in zip(model.weights, before, strict=True))


@pytest.mark.slow
def test_the_process_answers_as_the_library_does_and_refuses_in_sentences(tmp_path: Path) -> None:
    model = NETWORKS["sepres"]()
    model.save(tmp_path / "model.keras")
    (tmp_path / "broken.keras").write_bytes(b"PK not a network")
    pixels = NOISE.astype(np.uint8)
    process = GradientProcess()
    try:
        said = {"model": str(tmp_path / "model.keras"), "layer": "block3_res2_relu2", "seeds": 1}
        found = process.ask({**said, "method": "layer_cam"}, {"pixels": pixels})
        pro, con = Gradients(model).layer_cam(NOISE, "block3_res2_relu2")
        assert np.allclose(found["pro"], pro, atol=1e-5)
        assert np.allclose(found["con"], con, atol=1e-5)
        assert not np.allclose(found["shuffled0_pro"], pro)
        both = {"pixels": pixels, "baseline": np.full_like(pixels, 255)}
        assert process.ask({**said, "method": "integrated"}, both)["gap"].shape == (2,)
        with pytest.raises(Refusal, match="layer with places"):
            process.ask({**said, "method": "grad_cam", "layer": "logit"}, {"pixels": pixels})
        other = {**said, "model": str(tmp_path / "broken.keras"), "method": "grad_cam"}
        with pytest.raises(Refusal, match="cannot be read"):
            process.ask(other, {"pixels": pixels})
        with pytest.raises(Refusal, match="method"):
            process.ask({**said, "method": "magic"}, {"pixels": pixels})
    finally:
        process.close()
