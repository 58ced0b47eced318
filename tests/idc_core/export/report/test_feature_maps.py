"""Feature maps as pictures inside the page."""

import base64

import cv2
import numpy as np

from idc_core.export.report.feature_maps import mosaic, picture, strongest, three_layers
from idc_core.score.scoring import Layer


def test_a_picture_comes_back_from_the_page_as_it_was() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 4, 3)).astype(np.uint8)
    shown = picture(pixels, "a patch")
    assert (shown.width, shown.height, shown.text) == (4, 5, "a patch")
    data = shown.address.removeprefix("data:image/png;base64,")
    png = np.frombuffer(base64.b64decode(data), np.uint8)
    np.testing.assert_array_equal(cv2.imdecode(png, cv2.IMREAD_COLOR)[:, :, ::-1], pixels)


def test_the_strongest_channels_come_first_and_negative_answers_are_black() -> None:
    maps = np.stack([np.full((2, 2), value) for value in (0.1, -9.0, 3.0, 1.0)], axis=2)
    found, numbers = strongest(maps.astype(np.float32))
    assert numbers == [2, 3, 0, 1]
    assert found.min() == 0


def test_all_channels_share_one_scale() -> None:
    maps = np.stack([np.full((2, 2), value) for value in (4.0, 1.0)], axis=2).astype(np.float32)
    sheet = mosaic(maps)
    assert sheet[0, 0].tolist() == [255] * 3
    assert 64 in sheet[0]


def test_a_layer_that_answers_nothing_is_black() -> None:
    assert mosaic(np.zeros((2, 2, 1), np.float32))[0, 0].tolist() == [0, 0, 0]


def test_first_middle_and_last_rectified_layers_are_chosen() -> None:
    layers = [Layer("scale", "Rescaling", (50, 50, 3), 0)]
    for number in range(5):
        layers += [
            Layer(f"conv{number}", "Conv2D", (9, 9, 4), 1),
            Layer(f"relu{number}", "ReLU", (9, 9, 4), 0),
        ]
    layers.append(Layer("logit", "Dense", (1,), 1))
    assert [layer.name for layer in three_layers(layers)] == ["relu0", "relu2", "relu4"]
    assert [layer.name for layer in three_layers(layers[:2])] == ["conv0"]
    assert three_layers(layers[-1:]) == []
