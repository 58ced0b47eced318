"""Stain is told from glass and ink, square by square."""

import numpy as np

from idc_core.wsi.tissue import is_tissue


def test_stained_tissue_is_told_from_glass_ink_and_pen():
    colours = {
        (230, 140, 190): True,
        (120, 70, 150): True,
        (245, 225, 238): True,
        (250, 250, 250): False,
        (225, 226, 224): False,
        (20, 20, 22): False,
        (60, 160, 70): False,
    }
    for colour, tissue in colours.items():
        found = is_tissue(np.full((10, 10, 3), colour, np.uint8))
        assert found.all() == tissue
        assert found.any() == tissue
