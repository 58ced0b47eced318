"""The page scores uploads or random patches, sums up, and lists the files that it rejected."""

import cv2
import numpy as np
import pandas as pd
import pytest

from dashboard.views.score.patches import zip_upload
from idc_core.records.raster import Raster


@pytest.fixture
def opened(live_run, app):
    return app().open("score/patches").at


def said(app) -> str:
    assert not app.exception
    return " ".join(element.value for element in [*app.markdown, *app.caption])


def png(grey: int) -> bytes:
    return cv2.imencode(".png", np.full((50, 50, 3), grey, np.uint8))[1].tobytes()


def test_random_test_patches_are_scored_at_once(opened):
    text = said(opened.run())
    assert "of 12 patches predicted IDC" in text
    assert "at 0.5" in text
    assert "patches/s" in text


def test_the_same_address_shows_the_same_random_patches(opened):
    opened.query_params["draw"] = "7"
    first = said(opened.run()).partition("Scored in")[0]
    assert said(opened.run()).partition("Scored in")[0] == first
    opened.query_params["draw"] = "8"
    others = said(opened.run())
    assert "Random sample no. 8 of 24" in others


def test_other_random_patches_change_the_address(opened):
    opened.run()
    opened.button(key="predict_draw").click().run()
    assert int(opened.query_params["draw"]) > 0


def test_uploads_are_scored_and_what_cannot_be_read_is_listed(opened):
    opened.run()
    files = [
        ("10253_idx5_x1_y51_class1.png", png(10), "image/png"),
        ("light.png", png(250), "image/png"),
        ("broken.png", png(9)[:40], "image/png"),
    ]
    opened.get("file_uploader")[0].set_value(files).run()
    text = said(opened)
    assert "**1 of 2 patches predicted IDC**" in text
    assert "1 of 1 with a known label" in text
    assert "1 file was not scored" in text
    refused = opened.dataframe[0].value
    assert refused["File"].tolist() == ["broken.png"]
    assert "cut off" in refused["Why"][0] or "ends after" in refused["Why"][0]


def test_without_pixels_the_random_patches_say_what_is_missing_and_uploading_works(
    opened, live_run
):
    (live_run.parents[1] / "data" / "drawn" / "patches.npy").unlink()
    opened.run()
    assert opened.code[0].value == "python train_cli.py prepare SOURCE --name drawn"
    opened.get("file_uploader")[0].set_value([("a.png", png(10), "image/png")]).run()
    assert "**1 of 1 patch predicted IDC**" in said(opened)


def test_a_split_without_patches_says_so(opened):
    opened.query_params["split"] = "validation"
    assert "The split “validation” of this data holds no patch." in said(opened.run())


def test_the_classes_are_called_as_the_run_calls_them(tumour_run, app):
    text = said(app(run="small", threshold="0.0").open("score/patches").at)
    assert "**12 of 12 patches predicted tumour** at 0.000." in text
    assert zip_upload.summary(
        pd.DataFrame({"label": [1, 0, -1], "score": [0.9, 0.8, 0.1]}),
        0.5,
        Raster(positive="a*b", negative="stroma"),
    ) == (
        "2 of 3 patches predicted a\\*b at 0.500. "
        "1 of 2 with a known label are correctly classified."
    )
