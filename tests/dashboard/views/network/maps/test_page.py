"""The page answers for the selected patch, for an upload, and where something is missing."""

import cv2
import numpy as np
import pytest


@pytest.fixture
def opened(live_run, app):
    return app().open("network/maps").at


def said(app) -> str:
    assert not app.exception
    return " ".join(element.value for element in [*app.markdown, *app.caption])


def test_without_a_choice_the_worst_miss_is_shown(opened):
    text = said(opened.run())
    assert "08000" in text
    assert "x51\\_y1" in text  # the lightest patch with IDC
    assert "missed IDC" in text


def test_a_patch_in_the_address_is_the_patch_that_is_shown(opened):
    opened.query_params["patient"] = "08001"
    opened.query_params["patch"] = "x551_y1"
    text = said(opened.run())
    assert "08001" in text
    assert "**IDC found**" in text


def test_the_worst_false_alarm_is_selected(opened):
    opened.run()
    opened.button(key="source_worst_alarm").click().run()
    assert opened.query_params["patient"] == "08001"
    assert opened.query_params["patch"] == "x501_y1"
    assert "false alarm" in said(opened)


def test_layer_and_channel_come_from_the_address_and_nonsense_is_left_out(opened):
    for layer, channel, counted in (
        ("average", "3", "4 channels"),
        ("no such layer", "999", "4 channels"),
        ("logit", "-1", "1 channels"),
    ):
        opened.query_params["layer"] = layer
        opened.query_params["channel"] = channel
        assert counted in said(opened.run())


def test_an_upload_is_shown_and_its_name_is_text(opened):
    data = cv2.imencode(".png", np.full((50, 50, 3), 20, np.uint8))[1].tobytes()
    opened.run()
    opened.get("file_uploader")[0].upload("![a](http:__x).png", data, "image/png").run()
    text = said(opened)
    assert "an uploaded patch" in text
    assert "![a](" not in text
    assert "label unknown" in text


def test_without_pixels_the_command_that_makes_them_is_shown(opened, live_run):
    (live_run.parents[1] / "data" / "drawn" / "patches.npy").unlink()
    opened.run()
    assert not opened.exception
    assert opened.code[0].value == "python train_cli.py prepare SOURCE --name drawn"


def test_without_a_network_the_command_that_trains_one_is_shown(opened, live_run):
    (live_run / "model.onnx").unlink()
    opened.run()
    assert not opened.exception
    assert opened.code[0].value.startswith("python train_cli.py train")
