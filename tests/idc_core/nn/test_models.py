"""The networks keep their contract."""

from pathlib import Path

import cv2
import keras
import numpy as np
import pytest

from idc_core.nn.models import NETWORKS, built, cancernet, sepres
from idc_core.train import networks
from idc_core.train.config import TrainConfig, options

QUICK = [name for name in NETWORKS if name != "efficientnetv2_b0"]
"""Those that are built in a moment, for what the others share with them."""

SCALED = {"efficientnetv2_b0": 3}
"""The largest that goes into the first convolution, where it is not 1."""


def test_every_network_can_be_chosen_and_every_choice_is_built() -> None:
    (network,) = [option for option in options(TrainConfig) if option.name == "network"]
    assert set(network.choices) == set(NETWORKS)
    assert {each.name: NETWORKS[each.name]().count_params() for each in networks.NETWORKS} == {
        each.name: each.parameters for each in networks.NETWORKS
    }


@pytest.mark.parametrize("name", NETWORKS)
def test_raw_pixels_go_in_and_one_logit_comes_out(name: str) -> None:
    network = NETWORKS[name]()
    assert network.name == name
    assert network.input_shape == (None, 50, 50, 3)
    assert network.output_shape == (None, 1)
    pixels = np.random.default_rng(0).integers(0, 256, (4, 50, 50, 3)).astype(np.float32)
    first = network(pixels)
    assert np.array_equal(first, network(pixels)), "dropout must rest"
    scale = keras.Model(network.input, network.get_layer("scale").output)
    assert np.abs(scale(pixels)).max() <= SCALED.get(name, 1)


@pytest.mark.parametrize("name", QUICK)
def test_layer_names_are_readable_and_the_same_each_time(name: str) -> None:
    # a name that Keras makes up, such as `dropout_3`, depends on what was built before
    first, second = ([layer.name for layer in NETWORKS[name]().layers] for _ in range(2))
    assert first == second
    # a name such as `batch_normalization_3` is Keras's, and depends on what was built before


@pytest.mark.parametrize("name", QUICK)
def test_a_saved_network_opens_in_safe_mode_and_gives_the_same(name: str, tmp_path: Path) -> None:
    network = NETWORKS[name]()
    network.save(tmp_path / "network.keras")
    again = keras.saving.load_model(tmp_path / "network.keras", safe_mode=True)
    pixels = np.full((2, 50, 50, 3), 99, np.float32)
    assert np.array_equal(network(pixels), again(pixels))


def test_patches_are_resized_inside_a_network_whose_layers_keep_their_names() -> None:
    plain, resizing = built("sepres", 96), built("sepres", 50, 96)
    assert [layer.name for layer in resizing.layers] == [
        "pixels",
        "resize",
        *(layer.name for layer in plain.layers[1:]),
    ]
    assert resizing.input_shape == (None, 50, 50, 3)
    assert resizing.get_layer("stem_relu").output.shape == (None, 48, 48, 32)
    resizing.set_weights(plain.get_weights())
    pixels = np.random.default_rng(0).integers(0, 256, (2, 50, 50, 3)).astype(np.float32)
    larger = np.stack([cv2.resize(each, (96, 96)) for each in pixels])
    expected, found = (
        np.asarray(keras.Model(model.input, model.get_layer("stem_relu").output)(given))
        for model, given in ((plain, larger), (resizing, pixels))
    )
    assert np.ptp(expected) > 0.3
    np.testing.assert_allclose(found, expected, atol=1e-5)
    # whoever calls it without saying what for does not train it, and `training=True` still does
    assert np.array_equal(resizing(pixels), resizing(pixels, training=False))
    assert not np.allclose(resizing(pixels), resizing(pixels, training=True))
    assert [layer.name for layer in built("sepres", 50, 50).layers] == [
        layer.name for layer in built("sepres", 50).layers
    ]


def test_cancernet_is_the_tutorials_network() -> None:
    assert cancernet().count_params() == 1_234_876
    assert cancernet().get_layer("hidden_flatten").output.shape == (None, 6 * 6 * 128)


def test_ours_is_much_smaller() -> None:
    assert sepres().count_params() < 150_000


def test_statistics_of_a_patch_set_are_known_within_one_small_epoch() -> None:
    """Thirty-five steps are an epoch of the demo; with Keras's momentum of 0.99 two thirds of what
    validation is judged by would still be the statistics of nothing."""
    layers = [
        layer for layer in sepres().layers if isinstance(layer, keras.layers.BatchNormalization)
    ]
    assert len(layers) > 10
    assert all(layer.momentum**35 < 0.05 for layer in layers)
