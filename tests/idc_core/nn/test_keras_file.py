"""Files of Keras 2 give the network they hold, weights in their places."""

import io
import json
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from keras import layers

from idc_core.io.refusal import Refusal
from idc_core.nn.export import probe
from idc_core.nn.keras_file import opened
from idc_core.nn.saved_weights import _snake

ENTRY = {
    "class_name": "InputLayer",
    "name": "pixels",
    "inbound_nodes": [],
    "config": {"batch_input_shape": [None, 50, 50, 3], "name": "pixels", "sparse": False},
}


def described(kind: str, name: str, given: str, index: int = 0, **config):
    return {
        "class_name": kind,
        "name": name,
        "inbound_nodes": [[[given, index, 0, {}]]],
        "config": {"name": name, "trainable": True, "dtype": "float32", **config},
    }


def functional(name: str, *inner, out: str):
    return {
        "class_name": "Functional",
        "config": {
            "name": name,
            "layers": [ENTRY, *inner],
            "input_layers": [["pixels", 0, 0]],
            "output_layers": [[out, 0, 0]],
        },
    }


BASE = functional(
    "base",
    described("SeparableConv2D", "sep", "pixels", filters=4, kernel_size=[3, 3], groups=1),
    described("BatchNormalization", "norm", "sep", axis=[3], momentum=0.99, epsilon=0.001),
    out="norm",
)
WHOLE = functional(
    "whole",
    BASE | {"name": "base", "inbound_nodes": [[["pixels", 0, 0, {}]]]},
    described("GlobalAveragePooling2D", "mean", "base", 1),
    described("Dense", "head", "mean", units=1, activation="sigmoid"),
    out="head",
)


@pytest.fixture(scope="module")
def true():
    """The same network made by hand, and its weights by layer, in Keras 2's names."""
    rng = np.random.default_rng(3)
    sep = {
        "depthwise_kernel": rng.normal(0, 0.1, (3, 3, 3, 1)),
        "pointwise_kernel": rng.normal(0, 0.1, (1, 1, 3, 4)),
        "bias": rng.normal(0, 1, 4),
    }
    norm = {
        "gamma": rng.uniform(0.5, 1, 4),
        "beta": rng.normal(0, 1, 4),
        "moving_mean": rng.normal(0, 1, 4),
        "moving_variance": rng.uniform(50, 90, 4),
    }
    head = {"kernel": rng.normal(0, 0.2, (4, 1)), "bias": rng.normal(0, 0.1, 1)}
    model = keras.Sequential(
        [
            keras.Input((50, 50, 3)),
            layers.SeparableConv2D(4, 3),
            layers.BatchNormalization(),
            layers.GlobalAveragePooling2D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    weights = {"sep": sep, "norm": norm, "head": head}
    model.set_weights([each for layer in weights.values() for each in layer.values()])
    return np.asarray(model(probe(), training=False)), weights


def as_h5(weights, *, model=WHOLE) -> bytes:
    """As `model.save("a.h5")` of TensorFlow 2.10 left it: trainable weights first, by name."""
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        file.attrs["keras_version"] = "2.10.0"
        file.attrs["model_config"] = json.dumps(model)
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [b"pixels", b"base", b"mean", b"head"]
        group.create_group("pixels").attrs["weight_names"] = []
        group.create_group("mean").attrs["weight_names"] = []
        inner = {
            f"{layer}/{name}:0": each
            for layer in ("sep", "norm")
            for name, each in weights[layer].items()
        }
        moving = [name for name in inner if "moving" in name]
        order = [name for name in inner if name not in moving] + moving
        _put(group.create_group("base"), {name: inner[name] for name in order})
        _put(group.create_group("head"), {f"head/{k}:0": v for k, v in weights["head"].items()})
    return stream.getvalue()


def _put(group, values) -> None:
    group.attrs["weight_names"] = [name.encode() for name in values]
    for name, each in values.items():
        group.create_dataset(name, data=each.astype(np.float32))


def as_keras(weights) -> bytes:
    """As `model.save("a.keras")` of TensorFlow 2.15 left it: a tree, numbered by kind."""
    tree = io.BytesIO()
    places = {
        "sep": "layers/functional/layers/separable_conv2d",
        "norm": "layers/functional/layers/batch_normalization",
        "head": "layers/dense",
    }
    with h5py.File(tree, "w") as file:
        for layer, place in places.items():
            for at, each in enumerate(weights[layer].values()):
                file.create_dataset(f"{place}/vars/{at}", data=each.astype(np.float32))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "2.15.0"}))
        archive.writestr("config.json", json.dumps(WHOLE))
        archive.writestr("model.weights.h5", tree.getvalue())
    return stream.getvalue()


@pytest.mark.parametrize(("name", "written"), [("a.h5", as_h5), ("a.keras", as_keras)])
def test_a_network_in_a_network_gets_its_weights(name, written, true, tmp_path: Path) -> None:
    expected, weights = true
    (tmp_path / name).write_bytes(written(weights))
    found = opened(tmp_path / name)
    assert found.version.startswith("2.1")
    assert np.allclose(np.asarray(found.model(probe(), training=False)), expected, atol=1e-6)


def test_weights_alone_need_their_description(true, tmp_path: Path) -> None:
    expected, weights = true
    whole = h5py.File(io.BytesIO(as_h5(weights)))
    with h5py.File(tmp_path / "w.h5", "w") as file:
        for name in whole["model_weights"]:
            whole.copy(f"model_weights/{name}", file)
        file.attrs["layer_names"] = whole["model_weights"].attrs["layer_names"]
        file.attrs["keras_version"] = "2.10.0"
    with pytest.raises(Refusal, match=r"weights without the network.+--architecture FILE\.json"):
        opened(tmp_path / "w.h5")
    (tmp_path / "a.json").write_text(json.dumps(WHOLE | {"keras_version": "2.10.0"}))
    found = opened(tmp_path / "w.h5", tmp_path / "a.json")
    assert np.allclose(np.asarray(found.model(probe(), training=False)), expected, atol=1e-6)


def test_weights_of_another_shape_are_refused(true, tmp_path: Path) -> None:
    _, weights = true
    other = weights | {"head": {"kernel": np.zeros((5, 1)), "bias": np.zeros(1)}}
    (tmp_path / "a.h5").write_bytes(as_h5(other))
    with pytest.raises(Refusal, match=r"the weights of head have the shapes.+tf2onnx\.convert"):
        opened(tmp_path / "a.h5")


def test_weights_in_another_file_are_not_read(true, tmp_path: Path) -> None:
    _, weights = true
    (tmp_path / "a.h5").write_bytes(as_h5(weights))
    with h5py.File(tmp_path / "a.h5", "a") as file:
        del file["model_weights/head"]
        file["model_weights/head"] = h5py.ExternalLink("b.h5", "/head")
    with pytest.raises(Refusal, match="lies in another file"):
        opened(tmp_path / "a.h5")


def test_keras_1_is_named(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.attrs["keras_version"] = "1.2.2"
        file.attrs["model_config"] = json.dumps(WHOLE)
    with pytest.raises(Refusal, match=r"was written by Keras 1\.2\.2"):
        opened(tmp_path / "a.h5")


def test_a_lambda_of_keras_2_is_named_with_its_cure(tmp_path: Path) -> None:
    model = functional("f", described("Lambda", "code", "pixels", function=["x"]), out="code")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.attrs["keras_version"] = "2.10.0"
        file.attrs["model_config"] = json.dumps(model)
    with pytest.raises(
        Refusal, match=r"its layer code is a Lambda.+tf2onnx\.convert --keras a\.h5"
    ):
        opened(tmp_path / "a.h5")


@pytest.mark.parametrize(
    ("layer", "filed"),
    [
        ("SeparableConv2D", "separable_conv2d"),
        ("ReLU", "re_lu"),
        ("BatchNormalization", "batch_normalization"),
    ],
)
def test_a_layer_is_named_as_keras_files_name_it(layer, filed):
    assert _snake(layer) == filed
