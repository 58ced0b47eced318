"""How pixels are read is declared, and means the same on the command line and in the network."""

import numpy as np
import pytest

from idc_core.io.refusal import Refusal
from idc_core.score.foreign.reading import PRESETS, Reading, from_record, numbers, reading_of

PATCH = np.array([[[[255.0, 51.0, 0.0]]]], np.float32)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [255, 51, 0]),
        ({"pixels": "0-1"}, [1, 0.2, 0]),
        ({"pixels": "-1-1"}, [1, -0.6, -1]),
        ({"channels": "bgr"}, [0, 51, 255]),
        ({"pixels": "imagenet"}, [(1 - 0.485) / 0.229, (0.2 - 0.456) / 0.224, -0.406 / 0.225]),
        ({"pixels": "caffe"}, [0 - 103.939, 51 - 116.779, 255 - 123.68]),
        ({"pixels": "0-1", "mean": [0.5], "std": [0.25, 0.5, 1]}, [2, -0.6, -0.5]),
    ],
)
def test_pixels_are_prepared_as_declared(options, expected) -> None:
    reading = reading_of(**options)
    assert np.allclose(reading.prepared(PATCH)[0, 0, 0], expected, atol=1e-5)
    assert np.allclose(reading.stored(reading.prepared(PATCH)), PATCH, atol=1e-3)
    assert from_record(reading.record()) == reading


def test_a_mean_of_ones_own_goes_before_the_presets() -> None:
    assert reading_of("imagenet", mean=[0.7, 0.5, 0.6]).std == PRESETS["imagenet"].std
    assert reading_of("caffe", channels="rgb").channels == "rgb"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"pixels": "0-2"}, "--pixels as one of 0-255, 0-1"),
        ({"channels": "hsv"}, "--channels rgb or bgr"),
        ({"pixels": "0-1", "mean": [123.7]}, "within the range of the pixels, 0–1: found 123.7"),
        ({"std": [0.0]}, "a deviation above 0"),
        ({"mean": [1, 2]}, "one number or three for --mean"),
        ({"idc_class": 2}, "--idc-class 0 or 1"),
        ({"answers": "scores"}, "--answers as one of"),
    ],
)
def test_what_means_nothing_is_refused(options, said) -> None:
    with pytest.raises(Refusal, match=said):
        reading_of(**options)


def test_numbers_that_are_none_are_refused() -> None:
    assert numbers("--mean", None) is None
    assert numbers("--mean", "1, 2,3") == (1, 2, 3)
    with pytest.raises(Refusal, match=r"expected --std as 0\.5 or as"):
        numbers("--std", "half")


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_said_by_its_name(name: str) -> None:
    assert PRESETS[name].options() == f"--pixels {name}"


def test_the_sentence_says_what_is_done() -> None:
    assert Reading().words() is None
    assert reading_of("0-1", channels="bgr", mean=[0.5]).words() == (
        "Pixels are put in the order blue, green, red, brought from 0–255 to 0–1, less the mean "
        "0.5, 0.5, 0.5."
    )
