"""The strip of fields: the centre patch framed by its outcome, told apart without colour."""

import numpy as np

from dashboard.charts.montage import rgb
from dashboard.charts.strip import SIDE, sheet
from dashboard.charts.theme import COLOURS


def test_the_centre_patch_is_framed_and_that_of_a_false_alarm_in_stripes():
    outcomes = ["fn", "fp"]
    picture = sheet([np.full((150, 150, 3), 200, np.uint8)] * 2, outcomes)
    for at, outcome in enumerate(outcomes):
        field = picture[4 : SIDE - 4, at * SIDE + 4 : (at + 1) * SIDE - 4, :3]
        third = SIDE // 3
        edge = field[third - 4, third - 4 : 2 * third - 3]
        painted = (edge == rgb(COLOURS[outcome])).all(axis=1)
        assert painted.all() == (outcome == "fn")
        assert painted.mean() > 0.4
