"""What Keras 2 wrote is said again for Keras 3, or the layer that cannot be is named."""

import pytest

from idc_core.score.foreign.keras2 import Untranslated, is_of_keras2, major, translated


def layer(kind: str, name: str = "a", nodes=None, **config):
    made = {"class_name": kind, "config": {"name": name, "trainable": True, **config}}
    return made if nodes is None else made | {"name": name, "inbound_nodes": nodes}


def entry(name: str = "pixels"):
    config = {"batch_input_shape": [None, 50, 50, 3], "sparse": False, "ragged": False}
    return layer("InputLayer", name, [], **config)


def sequential(*layers, **config):
    return {"class_name": "Sequential", "config": {"name": "s", "layers": list(layers), **config}}


def functional(*layers, out: str, name: str = "f"):
    return {
        "class_name": "Functional",
        "config": {
            "name": name,
            "layers": list(layers),
            "input_layers": [["pixels", 0, 0]],
            "output_layers": [[out, 0, 0]],
        },
    }


def layers_of(model):
    return {each["config"]["name"]: each for each in translated(model)["config"]["layers"]}


def test_a_separable_convolution_loses_its_one_group_and_what_only_training_needs() -> None:
    given = layer(
        "SeparableConv2D",
        batch_input_shape=[None, 50, 50, 3],
        filters=8,
        groups=1,
        kernel_initializer={"class_name": "Custom>Own"},
        kernel_regularizer=None,
        dtype="float32",
    )
    found = translated(sequential(given))["config"]["layers"]
    assert found[0] == {
        "class_name": "InputLayer",
        "config": {"name": "s_pixels", "batch_shape": [None, 50, 50, 3]},
    }
    assert found[1]["config"] == {
        "name": "a",
        "trainable": True,
        "filters": 8,
        "dtype": "float32",
    }


@pytest.mark.parametrize("kind", ["SeparableConv2D", "DepthwiseConv2D", "Conv2DTranspose"])
def test_more_groups_than_one_are_not_forgotten(kind: str) -> None:
    with pytest.raises(Untranslated, match=rf"its layer a \({kind}\) has groups=2"):
        translated(sequential(layer(kind, groups=2)))
    assert layers_of(sequential(layer("Conv2D", groups=2)))["a"]["config"]["groups"] == 2


def test_settings_are_said_in_the_words_of_keras_3() -> None:
    found = layers_of(
        sequential(
            layer("BatchNormalizationV1", "b", axis=[3]),
            layer("LeakyReLU", "l", alpha=0.1),
            layer("Dense", "d", activation={"class_name": "function", "config": "relu"}),
            layer("ReLU", "h", dtype={"class_name": "Policy", "config": {"name": "mixed_float16"}}),
        )
    )
    assert found["b"]["class_name"] == "BatchNormalization"
    assert found["b"]["config"]["axis"] == 3
    assert found["l"]["config"]["negative_slope"] == 0.1
    assert found["d"]["config"]["activation"] == "relu"
    assert found["h"]["config"]["dtype"] == "mixed_float16"


def test_the_build_shape_stands_in_for_an_input() -> None:
    found = translated(sequential(layer("Dense"), build_input_shape=[None, 48, 48, 3]))
    assert found["config"]["layers"][0]["config"]["batch_shape"] == [None, 48, 48, 3]


def test_augmentation_rests() -> None:
    found = layers_of(sequential(layer("RandomHeight", "r", factor=0.2)))
    assert found["r"] == {
        "class_name": "Activation",
        "config": {"name": "r", "activation": "linear"},
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (layer("Lambda", function=["4wEAAA"]), "its layer a is a Lambda, which is code"),
        (layer("Mine>Attention"), "it holds a class of its own, Mine>Attention"),
        (layer("Dense") | {"registered_name": "p>Own"}, "a class of its own, p>Own"),
        (layer("Dense", activation="hard_sigmoid"), "another curve in Keras 3"),
        (layer("BatchNormalization", renorm=True), r"has renorm=True"),
    ],
)
def test_what_cannot_be_said_again_is_named(given, said) -> None:
    with pytest.raises(Untranslated, match=said):
        translated(sequential(given))


def test_calls_of_an_inner_network_count_from_zero() -> None:
    inner = functional(entry(), layer("ReLU", "r", [[["pixels", 0, 0, {}]]]), out="r", name="base")
    base = inner | {"name": "base", "inbound_nodes": [[["pixels", 0, 0, {}]]]}
    head = layer("Dense", "d", [[["base", 1, 0, {}]]])
    found = translated(functional(entry(), base, head, out="d"))["config"]
    assert found["layers"][2]["inbound_nodes"] == [[["base", 0, 0, {}]]]
    assert found["layers"][1]["config"]["output_layers"] == ["r", 0, 0]
    assert found["output_layers"] == ["d", 0, 0]


@pytest.mark.parametrize(
    ("function", "node", "scale", "offset"),
    [
        ("math.truediv", ["pixels", 0, 0, {"y": 4.0, "name": None}], 0.25, 0.0),
        ("math.subtract", ["pixels", 0, 0, {"y": 1.0}], 1.0, -1.0),
        ("math.subtract", ["_CONSTANT_VALUE", -1, 1.0, {"y": ["pixels", 0, 0]}], -1.0, 1.0),
        ("nn.bias_add", ["pixels", 0, 0, {"bias": [1.0, 2.0, 3.0]}], [1.0] * 3, [1.0, 2.0, 3.0]),
    ],
)
def test_arithmetic_with_numbers_becomes_a_rescaling(function, node, scale, offset) -> None:
    given = layer("TFOpLambda", "op", [node], function=function)
    found = translated(functional(entry(), given, out="op"))["config"]["layers"][1]
    assert found["class_name"] == "Rescaling"
    assert (found["config"]["scale"], found["config"]["offset"]) == (scale, offset)
    assert found["inbound_nodes"] == [[["pixels", 0, 0, {}]]]


def test_channels_turned_round_become_a_flip() -> None:
    spec = [{"class_name": "__ellipsis__"}, {"start": None, "stop": None, "step": -1}]
    given = layer(
        "SlicingOpLambda",
        "bgr",
        [["pixels", 0, 0, {"slice_spec": spec}]],
        function="__operators__.getitem",
    )
    found = translated(functional(entry(), given, out="bgr"))["config"]["layers"][1]
    assert (found["class_name"], found["config"]["axis"]) == ("Flip", -1)


@pytest.mark.parametrize(
    ("function", "said"),
    [("math.truediv", {"y": ["other", 0, 0]}), ("image.resize", {"size": [48, 48]})],
)
def test_other_operations_are_named(function, said) -> None:
    given = layer("TFOpLambda", "op", [["pixels", 0, 0, said]], function=function)
    with pytest.raises(Untranslated, match=f"its layer op computes {function}"):
        translated(functional(entry(), given, out="op"))


def test_the_writer_is_known_by_its_version_or_by_its_words() -> None:
    assert [major(each) for each in ("2.2.4-tf", "2.15.0", "3.15.1", "")] == [2, 2, 3, 2]
    assert is_of_keras2(sequential(layer("Dense", batch_input_shape=[None, 3])))
    assert not is_of_keras2({"module": "keras", "class_name": "Sequential", "config": {}})
