"""A slide is scored in the background, shown, explained and kept; whatever else comes is said."""

import io
import time
import zipfile

import cv2
import numpy as np
import pytest
from PIL import Image

from idc_core.io.files import read_json, write_json
from idc_core.io.paths import REPOSITORY
from idc_core.runs.run import open_run
from tests.worked_off import work_off


def png(pixels):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def tissue(side=400):
    rng = np.random.default_rng(0)
    pixels = np.full((side, side, 3), [200, 120, 180], np.float64)
    pixels += rng.normal(0, 20, (side, side, 1))
    return np.clip(pixels, 0, 255).astype(np.uint8)


def until(page, done):
    for _ in range(150):
        work_off()
        page.at.run()
        if done(page):
            return page
        time.sleep(0.1)
    raise AssertionError(page.text[-2000:])


def scored(app, name="a tissue [image].png", data=None, um=4.0):
    page = app(threshold="0.5").open("score/slide")
    page.at.file_uploader(key="slide_upload").set_value(
        [(name, png(tissue()) if data is None else data, "image/png")]
    ).run()
    if um is not None:
        page.at.number_input(key="slide_um").set_value(um).run()
    page.at.button(key="slide_go").click().run()
    return page


def test_a_tissue_image_is_scored_and_said_in_a_line(own_run, app):
    page = until(scored(app), lambda page: "with tissue predicted IDC" in page.text)
    assert not page.failed
    assert "of 64 squares with tissue predicted IDC" in page.text
    assert "mm²" in page.text
    assert "nuclear detail cannot be assessed" in page.text
    assert "[image]" not in page.text  # a file's name is text, not a link
    assert "job" in page.query
    assert "Input check" in page.text + "".join(each.value for each in page.at.warning)
    assert "the model was trained at is not recorded" in page.text


def test_another_resolution_than_in_training_is_warned_of_with_both_figures(own_run, app):
    info = read_json(own_run / "run.json")
    write_json(own_run / "run.json", info | {"pixel_size_um": 2.0})
    page = app(threshold="0.5").open("score/slide")
    page.at.number_input(key="slide_target").set_value(4.0).run()
    file = ("a.png", png(tissue()), "image/png")
    page.at.file_uploader(key="slide_upload").set_value([file]).run()
    page.at.number_input(key="slide_um").set_value(4.0).run()
    page.at.button(key="slide_go").click().run()
    page = until(page, lambda page: "with tissue predicted IDC" in page.text)
    warned = " ".join(each.value for each in page.at.warning)
    assert "its patches have 4, and the model was trained at 2: tissue looks 2 times" in warned


def test_without_a_resolution_it_asks_for_one(own_run, app):
    page = until(scored(app, um=None), lambda page: page.at.warning)
    assert "how many µm" in page.at.warning[0].value


@pytest.mark.parametrize("data", [b"nonsense", b"", png(np.full((400, 400, 3), 250, np.uint8))])
def test_what_is_no_tissue_is_said_in_a_sentence(own_run, app, data):
    page = until(scored(app, data=data), lambda page: page.at.warning)
    assert not page.failed
    assert "expected" in page.at.warning[0].value


def test_a_scored_slide_is_kept_and_opens_again_but_is_not_judged(own_run, app):
    page = until(scored(app), lambda page: "with tissue predicted IDC" in page.text)
    page.at.session_state["reviewer"] = "A. Reader"
    page.at.text_input(key="name_slide").set_value("kept").run()
    page.at.button(key="keep_slide").click().run()
    assert page.query["run"] == "kept"
    run = open_run(own_run.parent / "kept")
    assert run.info.labels is False
    assert run.info.origin.input_check["patches"] == 64
    page = app(run="kept").open("score/slide")
    assert "of 64 squares with tissue predicted IDC" in page.text
    assert "Input check" in page.text + "".join(each.value for each in page.at.warning)
    for view in (
        "overview",
        "operating-point/threshold",
        "patients",
        "failures/burden",
        "teaching",
        "network/evidence",
        "network/channels",
    ):
        page = app(run="kept").open(view)
        assert not page.failed, view
    assert (
        "holds scored slides without any" in app(run="kept").open("operating-point/threshold").text
    )


def test_a_name_that_is_taken_is_said_and_nothing_is_lost(own_run, app):
    page = until(scored(app), lambda page: "with tissue predicted IDC" in page.text)
    page.at.session_state["reviewer"] = "A. Reader"
    page.at.text_input(key="name_slide").set_value("small").run()
    page.at.button(key="keep_slide").click().run()
    assert any("there already" in each.value for each in page.at.warning)


def zipped(entries):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return stream.getvalue()


def brought(app, data, name="patches.zip"):
    page = app(threshold="0.5").open("score/patches")
    page.at.file_uploader(key="predict_upload").set_value([(name, data, "application/zip")]).run()
    return page


NAMED = [
    (f"0001/{at % 2}/0001_idx5_x{1 + 50 * at}_y1_class{at % 2}.png", png(tissue(50)))
    for at in range(6)
]


def test_a_zip_of_patches_is_scored_judged_by_its_names_and_kept(own_run, app):
    page = until(
        brought(app, zipped([*NAMED, ("x.txt", b"no")])),
        lambda page: "patches predicted IDC" in page.text,
    )
    assert not page.failed
    assert "of 6 with a known label are correctly classified" in page.text
    assert "Input check" in page.text + "".join(each.value for each in page.at.warning)
    assert "1 file" in page.text
    page.at.session_state["reviewer"] = "A. Reader"
    page.at.text_input(key="name_zip").set_value("brought").run()
    page.at.button(key="keep_zip").click().run()
    assert page.query["run"] == "brought"
    kept = open_run(own_run.parent / "brought")
    assert kept.info.origin.input_check["patches"] == 6
    assert not app(run="brought", threshold="0.5").open("operating-point/threshold").failed


@pytest.mark.parametrize("data", [b"PK\3\4nonsense", b"", zipped([("x.txt", b"no")])])
def test_a_zip_without_patches_is_said_in_a_sentence(own_run, app, data):
    page = until(brought(app, data), lambda page: page.at.warning)
    assert not page.failed
    assert "expected" in page.at.warning[0].value


def test_an_odd_patch_is_scored_with_a_warning(own_run, app):
    grey = cv2.GaussianBlur(np.full((50, 50, 3), 90, np.uint8), (0, 0), 3)
    page = app(threshold="0.5").open("score/patches")
    page.at.file_uploader(key="predict_upload").set_value(
        [("grey.png", png(grey), "image/png")]
    ).run()
    assert not page.failed
    sent = [node.proto.json for node in page.at.get("bidi_component")]
    assert any("blank" in each for each in sent)


def test_the_demo_profile_is_shipped():
    assert (REPOSITORY / "models" / "demo" / "input_profile.json").is_file()
