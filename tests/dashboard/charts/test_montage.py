"""Patches in one picture: each in its place, framed in its outcome's colour."""

import numpy as np

from dashboard.charts.montage import montage, rgb, surroundings
from dashboard.charts.theme import COLOURS


def flat(*shades):
    return np.stack([np.full((50, 50, 3), shade, np.uint8) for shade in shades])


def test_patches_stand_row_by_row():
    sheet = montage(flat(10, 20, 30, 40, 50), np.array(["tp"] * 5), columns=2, side=40, gap=10)
    assert sheet.shape == (150, 100, 4)
    middle = [sheet[25 + 50 * (at // 2), 25 + 50 * (at % 2), 0] for at in range(5)]
    assert middle == [10, 20, 30, 40, 50]
    assert sheet[125, 75].tolist() == [0, 0, 0, 0], "an empty place is transparent"


def test_a_patch_is_framed_in_its_outcomes_colour():
    outcomes = np.array(["tp", "fn", "fp", "tn"])
    sheet = montage(flat(0, 0, 0, 0), outcomes, columns=4, side=40, gap=10)
    for at, outcome in enumerate(outcomes):
        assert sheet[25, 50 * at + 3].tolist() == [*rgb(COLOURS[outcome]), 255]


def test_the_frame_of_a_false_alarm_is_striped_and_no_other_is():
    outcomes = np.array(["tp", "fn", "fp", "tn"])
    sheet = montage(flat(0, 0, 0, 0), outcomes, columns=4, side=40, gap=10)
    for at, outcome in enumerate(outcomes):
        edge = sheet[3, 50 * at + 2 : 50 * at + 48, 3]
        assert set(edge.tolist()) == ({0, 255} if outcome == "fp" else {255})


def test_nothing_lies_over_the_patch_itself():
    outcomes = np.array(["tp", "fn", "fp", "tn"])
    sheet = montage(flat(10, 20, 30, 40), outcomes, columns=4, side=40, gap=10)
    for at, shade in enumerate((10, 20, 30, 40)):
        inside = sheet[5:25, 50 * at + 5 : 50 * at + 45]
        assert np.unique(inside.reshape(-1, 4), axis=0).tolist() == [[shade, shade, shade, 255]]


def test_the_patch_in_the_middle_is_outlined_and_the_rest_is_left():
    pixels = np.full((250, 250, 3), 200, np.uint8)
    large = surroundings(pixels, scale=2)
    assert large.shape == (500, 500, 3)
    assert large[250, 250].tolist() == [200, 200, 200]
    assert large[200, 250].tolist() == [17, 17, 17]
    assert large[250, 299].tolist() == [17, 17, 17]
    assert (large[:150] == 200).all()
