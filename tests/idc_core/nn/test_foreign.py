"""Other people's networks become ours, or the sentence says what the contract is."""

from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from idc_core.io.refusal import Refusal
from idc_core.nn import foreign
from idc_core.nn.export import probe
from idc_core.nn.foreign import convert
from idc_core.nn.gradients import Gradients
from idc_core.score.foreign.reading import reading_of
from idc_core.score.scoring import Scorer


def ours(given: keras.Model, pixels: str = "0-255", idc_class: int = 1, **more):
    """The network as it is kept, and all that is said of it once its answers are compared."""
    reading = reading_of(pixels, idc_class=idc_class, **more)
    made = foreign.ours(given, reading)
    logits = np.asarray(made.model(made.tried, training=False), np.float64)[:, 0]
    _, notes = made.check(1 / (1 + np.exp(-logits)), logits, reading)
    return made.model, [*made.said, *notes]


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
    found = convert(tmp_path / "given.keras", out, reading_of())
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


@pytest.mark.parametrize("make", [grey, three, oblong, two_inputs, map_of_scores])
def test_another_contract_is_refused_with_ours(make) -> None:
    with pytest.raises(Refusal, match="expected a network that takes RGB patches"):
        ours(make())


def test_two_inputs_are_named_in_the_refusal() -> None:
    with pytest.raises(Refusal, match=r"takes 2 inputs \(.+ 50×50×3, .+ 50×50×3\), and there is"):
        ours(two_inputs())


def test_an_ending_that_is_no_probability_is_named() -> None:
    with pytest.raises(Refusal, match="this one ends in “tanh”"):
        ours(tanh())


def sigmoid_and(*after: layers.Layer) -> keras.Model:
    """A network whose sigmoid is not in its last layer."""
    keras.utils.set_random_seed(1)
    given = [*body(), layers.Dense(1, activation="sigmoid"), *after]
    return keras.Sequential(given)


@pytest.mark.parametrize(
    "after",
    [
        [layers.Flatten()],
        [layers.Reshape((1,))],
        [layers.Activation("linear")],
        [layers.Dropout(0.5)],
        [layers.Reshape((1, 1)), layers.Flatten(), layers.Activation("linear")],
    ],
)
def test_a_sigmoid_before_layers_that_change_no_number_is_the_last_one(after) -> None:
    given = sigmoid_and(*after)
    expected = probability(given, 1 / 255).ravel()
    model, said = ours(given, "0-1")
    assert np.allclose(score(model), expected, atol=1e-6)
    assert "The last sigmoid was taken off, so that the logit is exact." in said


def test_a_softmax_layer_of_its_own_is_the_last_one() -> None:
    keras.utils.set_random_seed(1)
    given = keras.Sequential([*body(), layers.Dense(2), layers.Softmax()])
    expected = probability(given, 1 / 255)[:, 1]
    model, _ = ours(given, "0-1")
    assert np.allclose(score(model), expected, atol=1e-6)


def test_one_answer_of_no_idc_is_turned_round() -> None:
    given = sequential(1, "sigmoid")
    expected = 1 - probability(given, 1 / 255)[:, 0]
    model, said = ours(given, "0-1", 0)
    assert np.allclose(score(model), expected, atol=1e-6)
    assert "Its one answer is taken for that of the negative class, and turned round." in said


@pytest.mark.filterwarnings("ignore:.*softmax over axis")
def test_a_softmax_over_one_answer_is_refused_for_what_it_is() -> None:
    with pytest.raises(Refusal, match="softmax over one, which is 1 for every picture"):
        ours(sequential(1, "softmax"))


def in_another(given: keras.Model) -> keras.Model:
    pixels = keras.Input((50, 50, 3))
    return keras.Model(pixels, given(layers.Rescaling(1 / 255)(pixels)))


def test_a_network_inside_another_is_taken_apart() -> None:
    inner = sequential(1, "sigmoid")
    given = in_another(keras.Model(inner.inputs, inner.outputs))
    expected = probability(given)[:, 0]
    model, _ = ours(given)
    assert np.allclose(score(model), expected, atol=1e-6)
    assert any("separable_conv2d" in layer.name for layer in model.layers)


def test_a_shared_network_in_a_mean_of_two_gives_a_probability() -> None:
    inner = sequential(1, "sigmoid")
    pixels = keras.Input((50, 50, 3))
    scaled = layers.Rescaling(1 / 255)(pixels)
    mean = layers.Average()([inner(scaled), inner(layers.Permute((2, 1, 3))(scaled))])
    given = keras.Model(pixels, mean)
    expected = probability(given)[:, 0]
    model, said = ours(given)
    assert np.allclose(score(model), expected, atol=1e-6)
    assert any("no single logit" in sentence for sentence in said)


@pytest.mark.parametrize("structure", ["list", "dict"])
def test_a_list_or_dictionary_of_one_is_that_one(structure: str) -> None:
    keras.utils.set_random_seed(1)
    pixels = keras.Input((50, 50, 3), name="image")
    answer = layers.GlobalAveragePooling2D()(layers.Conv2D(3, 3, activation="relu")(pixels))
    answer = layers.Dense(1, activation="sigmoid", name="idc")(answer)
    plain = keras.Model(pixels, answer)
    expected = probability(plain, 1 / 255)[:, 0]
    given = (
        keras.Model([pixels], [answer])
        if structure == "list"
        else keras.Model({"image": pixels}, {"idc": answer})
    )
    model, _ = ours(given, "0-1")
    assert np.allclose(score(model), expected, atol=1e-6)


def two_heads() -> keras.Model:
    keras.utils.set_random_seed(1)
    pixels = keras.Input((50, 50, 3))
    shared = layers.GlobalAveragePooling2D()(layers.Conv2D(3, 3, activation="relu")(pixels))
    grade = layers.Dense(3, activation="softmax", name="grade")(shared)
    idc = layers.Dense(1, activation="sigmoid", name="idc")(shared)
    return keras.Model(pixels, [grade, idc])


def test_of_two_heads_the_one_of_idc_is_asked_for_by_name() -> None:
    with pytest.raises(
        Refusal, match=r"2 answers \(grade 3, idc 1\). Say which is the positive class's: --output"
    ):
        ours(two_heads(), "0-1")
    given = two_heads()
    expected = np.asarray(given(probe() / 255, training=False)[1])[:, 0]
    model, _ = ours(given, "0-1", output="idc")
    assert np.allclose(score(model), expected, atol=1e-6)


def test_a_normalization_is_kept_as_the_scale_it_is() -> None:
    keras.utils.set_random_seed(1)
    normal = layers.Normalization(mean=[120, 110, 130], variance=[400, 500, 600])
    given = keras.Sequential([keras.Input((50, 50, 3)), normal, *body()[1:], layers.Dense(1)])
    expected = probability(given)[:, 0]
    model, _ = ours(given)
    assert np.allclose(np.asarray(model(probe(), training=False))[:, 0], expected, atol=1e-4)
    assert not any(isinstance(layer, layers.Normalization) for layer in model.layers)


def test_half_precision_is_kept_as_single_and_said() -> None:
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        given = sequential(1, "sigmoid")
    finally:
        keras.mixed_precision.set_global_policy("float32")
    model, said = ours(given, "0-1")
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}
    assert any("computed in half precision" in sentence for sentence in said)


def test_augmentation_is_left_out() -> None:
    keras.utils.set_random_seed(1)
    rest = [layers.RandomFlip(), layers.RandomRotation(0.2)]
    given = keras.Sequential([keras.Input((50, 50, 3)), *rest, *body()[1:], layers.Dense(1)])
    model, said = ours(given, "0-1")
    assert not any(layer.name.startswith("random") for layer in model.layers)
    assert any("Augmentation rests" in sentence for sentence in said)


@pytest.mark.parametrize("pixels", ["caffe", "imagenet"])
def test_mean_deviation_and_order_of_channels_are_put_in_front(pixels: str) -> None:
    given = sequential(1, "sigmoid")
    prepared = reading_of(pixels).prepared(probe())
    expected = np.asarray(given(prepared, training=False))[:, 0]
    model, _ = ours(given, pixels)
    assert np.allclose(score(model), expected, atol=1e-5)


def test_logits_that_look_like_probabilities_are_asked_about() -> None:
    given = keras.Sequential(
        [keras.Input((50, 50, 3)), layers.GlobalAveragePooling2D(), layers.Dense(1)]
    )
    given.layers[-1].set_weights([np.full((3, 1), 1 / 3), np.zeros(1)])
    _, said = ours(given, "0-1")
    assert any("--answers probabilities" in sentence for sentence in said)
    model, said = ours(given, "0-1", answers="probabilities")
    assert np.allclose(score(model), (probe() / 255).mean(axis=(1, 2, 3)), atol=1e-5)


def test_what_is_said_to_be_probabilities_but_is_not_is_refused() -> None:
    given = sequential(1)
    given.layers[-1].set_weights([given.layers[-1].get_weights()[0], np.full(1, 2.0)])
    with pytest.raises(Refusal, match="expected probabilities between 0 and 1"):
        ours(given, "0-1", answers="probabilities")


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
