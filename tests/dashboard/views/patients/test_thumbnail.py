"""The stamp of a slide: every patch in its outcome's colour, nothing where none was exported."""

import base64

import cv2
import numpy as np

from dashboard.charts.montage import rgb
from dashboard.charts.theme import COLOURS
from dashboard.views.patients.thumbnail import HEIGHT, WIDTH, thumbnail


def pixels(address):
    coded = np.frombuffer(base64.b64decode(address.split(",")[1]), np.uint8)
    return cv2.imdecode(coded, cv2.IMREAD_UNCHANGED)


def test_each_patch_has_its_colour_and_missing_squares_are_clear():
    image = pixels(thumbnail(np.array([1, 101]), np.array([1, 51]), np.array(["fn", "tp"])))
    side = image.shape[1] // 3
    assert image.shape[:2] == (2 * side, 3 * side)
    assert tuple(image[0, 0, 2::-1]) == rgb(COLOURS["fn"])
    assert tuple(image[-1, -1, 2::-1]) == rgb(COLOURS["tp"])
    assert image[0, -1, 3] == 0


def test_it_fits_where_it_can():
    place = np.arange(20) * 50 + 1
    image = pixels(thumbnail(place, place, np.full(20, "tn")))
    assert image.shape[0] <= HEIGHT
    assert image.shape[1] <= WIDTH


def test_a_false_alarm_is_chequered_and_missed_idc_is_not_on_the_largest_slide_too():
    for count in (2, 60):
        x = np.arange(count) * 50 + 1
        outcome = np.array(["fn", "fp"] * (count // 2))
        image = pixels(thumbnail(x, x, outcome))
        side = image.shape[0] // count
        cells = [
            image[at * side : (at + 1) * side, at * side : (at + 1) * side, 3]
            for at in range(count)
        ]
        assert all((cell == 255).all() for cell in cells[::2])
        assert all(
            2 * (cell == 255).sum() in range(cell.size, cell.size + 2) for cell in cells[1::2]
        )
        assert all(cell[0, 0] == 255 and cell[0, 1] == 0 for cell in cells[1::2])


def test_patches_too_far_apart_have_no_stamp():
    far = np.array([1, 999_951])
    assert thumbnail(far, far, np.array(["tp", "tp"])) is None
