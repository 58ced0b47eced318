"""The browser gets all it needs to draw a layer: JSON, two pictures, figures of each channel."""

import base64
import json
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from dashboard.charts.channels import channels_of, levels
from dashboard.views.network.maps import channel_mosaic
from dashboard.views.network.maps.channel_mosaic import Look, Measured, picture_data

ACTIVATION = np.random.default_rng(5).normal(size=(6, 6, 10)).astype(np.float32)
PATCH = np.random.default_rng(6).integers(0, 256, (50, 50, 3), dtype=np.uint8)


def decoded(uri: str, flag: int) -> np.ndarray:
    kind, _, data = uri.partition(",")
    assert kind == "data:image/png;base64"
    return cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), flag)


def test_the_pictures_are_the_patch_and_the_levels():
    channels = channels_of(ACTIVATION)
    data = picture_data(PATCH, channels, Look("shared", "number", None))
    assert np.array_equal(decoded(data["patch"], cv2.IMREAD_COLOR_RGB), PATCH)
    sheet, columns = decoded(data["sheet"], cv2.IMREAD_GRAYSCALE), data["columns"]
    row, column = divmod(9, columns)
    tile = sheet[6 * row : 6 * row + 6, 6 * column : 6 * column + 6]
    assert np.array_equal(tile, levels(channels)[:, :, 9])


def test_everything_is_json_with_one_figure_a_channel():
    data = json.loads(
        json.dumps(picture_data(PATCH, channels_of(ACTIVATION), Look("own", "activation", 3)))
    )
    for name in ("low", "high", "mean", "zeros", "shared", "own"):
        assert len(data[name]) == data["count"] == 10
    assert len(data["ramp"]) == 3 * 256
    assert (data["chosen"], data["scale"], data["signed"]) == (3, "own", True)


def test_what_was_measured_of_the_channels_comes_along_and_an_unknown_area_is_null():
    known = Measured([0.5] * 9 + [float("nan")], ["dead"] + [""] * 9)
    look = Look("own", "class", None)
    data = json.loads(json.dumps(picture_data(PATCH, channels_of(ACTIVATION), look, known)))
    assert data["auc"] == [0.5] * 9 + [None]
    assert data["odd"][0] == "dead"
    assert picture_data(PATCH, channels_of(ACTIVATION), look)["auc"] is None


@pytest.fixture
def click(monkeypatch):
    """Sends what a browser might; gives what was chosen."""
    mounted, chosen, state = {}, [], {}
    monkeypatch.setattr(channel_mosaic, "_VIEW", lambda **given: mounted.update(given))
    monkeypatch.setattr(channel_mosaic, "st", SimpleNamespace(session_state=state))
    monkeypatch.setattr(channel_mosaic, "picture_data", lambda *given: {})
    channels = SimpleNamespace(count=3)
    look = channel_mosaic.Look("shared", "number", None)
    channel_mosaic.show(np.zeros((2, 2, 3)), channels, look, chosen.append, lambda *said: None)

    def sent(number):
        chosen.clear()
        state["channel_mosaic"] = {"channel": number}
        mounted["on_channel_change"]()
        return list(chosen)

    return sent


@pytest.mark.parametrize(
    ("number", "chosen"),
    [(0, [0]), (2, [2]), (-1, [None]), (3, []), (-2, []), ("1", []), (None, [])],
)
def test_a_channel_is_chosen_by_its_number_and_let_go_by_minus_one(click, number, chosen):
    assert click(number) == chosen
