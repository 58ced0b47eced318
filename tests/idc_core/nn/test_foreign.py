"""Other people's networks become ours, or the sentence says what the contract is."""

from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from idc_core.nn.export import probe
from idc_core.nn.foreign import convert, ours
from idc_core.nn.gradients import Gradients
from idc_core.refusal import Refusal
from idc_core.scoring import Scorer


def body(side: int = 50, channels: int = 3) -> list[layers.Layer]:
    return [
        keras.Input((side, side, channels)),
        layers.SeparableConv2D(6, 3, padding="same", activation="relu"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(),
        layers.Conv2D(6, 3, activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dropout(0.5),
    ]


def sequential(units: int = 1, activation: str | None = None, side: int = 50) -> keras.Model:
    keras.utils.set_random_seed(1)
    return keras.Sequential([*body(side), layers.Dense(units, activation=activation)])


def probability(model: keras.Model, scale: float = 1.0, offset: float = 0.0) -> np.ndarray:
    side = model.input_shape[1]
    patches = probe() if side == 50 else np.asarray(layers.Resizing(side, side)(probe()))
    return np.asarray(model(patches * scale + offset, training=False))


def score(model: keras.Model) -> np.ndarray:
    logit = np.asarray(model(probe(), training=False))[:, 0]
    return 1 / (1 + np.exp(-logit))


def test_a_final_sigmoid_is_taken_off_and_the_score_stays() -> None:
    given = sequential(1, "sigmoid")
    expected = probability(given, 1 / 255)[:, 0]
    model, said = ours(given, "0-1")
    assert np.allclose(score(model), expected, atol=1e-5)
    assert any("sigmoid" in sentence for sentence in said)
    assert any("0–255" in sentence for sentence in said)


@pytest.mark.parametrize("idc_class", [0, 1])
@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_of_two_classes_one_is_idc(activation: str, idc_class: int) -> None:
    given = sequential(2, activation)
    expected = probability(given, 1 / 127.5, -1)[:, idc_class]
    model, _ = ours(given, "-1-1", idc_class)
    assert np.allclose(score(model), expected, atol=1e-5)


def test_two_plain_sums_are_taken_for_two_classes() -> None:
    given = sequential(2)
    sums = probability(given, 1 / 255)
    model, _ = ours(given, "0-1")
    assert np.allclose(score(model), 1 / (1 + np.exp(sums[:, 0] - sums[:, 1])), atol=1e-5)


def test_another_size_is_resized_to() -> None:
    given = sequential(1, side=48)
    expected = probability(given, 1 / 255)[:, 0]
    model, said = ours(given, "0-1")
    assert model.input_shape == (None, 50, 50, 3)
    assert np.allclose(score(model), 1 / (1 + np.exp(-expected)), atol=1e-4)
    assert any("48×48" in sentence for sentence in said)


def functional() -> keras.Model:
    pixels = keras.Input((50, 50, 3))
    inner = keras.Sequential([keras.Input((50, 50, 3)), layers.Conv2D(4, 3), layers.ReLU()])
    x = layers.Rescaling(1 / 255)(pixels)
    x = layers.GlobalAveragePooling2D(name="score")(inner(x))
    return keras.Model(pixels, layers.Dense(1, activation="sigmoid", name="pixels")(x))


@pytest.mark.parametrize("make", [lambda: sequential(1, "sigmoid"), functional])
def test_what_is_written_scores_explains_and_shows_layers(make, tmp_path: Path) -> None:
    given = make()
    expected = probability(given)[:, 0]
    given.save(tmp_path / "given.keras")
    out = tmp_path / "out"
    out.mkdir()
    found = convert(tmp_path / "given.keras", out, "0-255", 1)
    assert found["onnx_max_difference"] <= 1e-5
    scorer = Scorer(out / "model.onnx")
    patches = probe().astype(np.uint8)
    again = keras.models.load_model(out / "model.keras", compile=False)
    assert np.allclose(scorer.score(patches), score(again)[: len(patches)], atol=1e-3)
    assert np.allclose(score(again), expected, atol=1e-5)
    network = Gradients(again)
    _, gradient = network.at(network.layers[-1], probe()[:2])
    assert np.abs(gradient).max() > 0
    names = [layer.name for layer in scorer.layers]
    assert len(set(names)) == len(names)
    assert "score" not in names


def grey() -> keras.Model:
    return keras.Sequential([*body(channels=1), layers.Dense(1)])


def three() -> keras.Model:
    return sequential(3, "softmax")


def oblong() -> keras.Model:
    return keras.Sequential([keras.Input((48, 50, 3)), layers.Flatten(), layers.Dense(1)])


def two_inputs() -> keras.Model:
    one, other = keras.Input((50, 50, 3)), keras.Input((50, 50, 3))
    x = layers.GlobalAveragePooling2D()(layers.Add()([one, other]))
    return keras.Model([one, other], layers.Dense(1)(x))


def tanh() -> keras.Model:
    return sequential(1, "tanh")


def map_of_scores() -> keras.Model:
    return keras.Sequential([keras.Input((50, 50, 3)), layers.Conv2D(1, 1)])


@pytest.mark.parametrize("make", [grey, three, oblong, two_inputs, tanh, map_of_scores])
def test_another_contract_is_refused_with_ours(make) -> None:
    with pytest.raises(Refusal, match="expected a network that takes RGB patches"):
        ours(make())


def test_weights_that_are_no_numbers_are_refused() -> None:
    given = sequential(1)
    given.layers[-1].set_weights([np.full((6, 1), np.nan), np.zeros(1)])
    with pytest.raises(Refusal, match="NaN"):
        ours(given)


def test_a_network_that_always_says_the_same_is_refused() -> None:
    given = sequential(1)
    given.layers[-1].set_weights([np.zeros((6, 1)), np.zeros(1)])
    with pytest.raises(Refusal, match="different answers"):
        ours(given)


def test_a_forgotten_scaling_is_suspected() -> None:
    given = sequential(1)
    logit = np.asarray(given(probe(), training=False))[:, 0]
    kernel, bias = given.layers[-1].get_weights()
    gain = 1 / logit.std()
    given.layers[-1].set_weights([kernel * gain, (bias - logit.mean()) * gain + 11])
    _, said = ours(given, "0-255")
    assert any("--pixels 0-1" in sentence for sentence in said)
