"""What is out of focus is less sharp, and padding is not taken for an edge."""

import cv2
import numpy as np

from idc_core.wsi.cutting import Cut
from idc_core.wsi.sharpness import sharpness
from tests.slides import tissue


def of(*patches, size=(96, 96)):
    places = np.zeros((len(patches), 2), np.int64)
    return sharpness(Cut(np.stack(patches), places, places + size))


def test_the_more_a_patch_is_blurred_the_less_sharp_it_is():
    sharp = tissue(96)
    blurred = [cv2.GaussianBlur(sharp, (0, 0), sigma) for sigma in (0.5, 1, 2, 4)]
    found = of(sharp, *blurred)
    assert (np.diff(found) < 0).all()
    assert found[0] > 20 * found[-1]


def test_a_plain_patch_has_none():
    assert of(np.full((96, 96, 3), 180, np.uint8)).tolist() == [0.0]


def test_white_beside_the_slide_is_left_out():
    padded = np.full((96, 96, 3), 255, np.uint8)
    padded[:40, :30] = 180
    assert of(padded)[0] > 0
    assert of(padded, size=(30, 40)).tolist() == [0.0]
