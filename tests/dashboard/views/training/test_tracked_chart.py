"""Watched patches as pictures."""

import numpy as np
import pandas as pd

from dashboard.views.training.tracked_chart import COLUMNS, FRAME, SIDE, fates_over_epochs, sheet
from idc_core.train.tracked_patches import fates


def test_shares_right_are_counted_by_fate_and_epoch():
    labels = np.array([1, 1, 0], np.int8)
    scores = np.array([[0.9, 0.2, 0.8], [0.9, 0.8, 0.9]], np.float16)
    thresholds = np.array([0.5, 0.5])
    patches = pd.DataFrame({"label": labels}).join(fates(labels, scores, thresholds))
    chart = fates_over_epochs(patches, scores, thresholds, np.array([1, 2])).to_dict()
    rows = next(iter(chart["datasets"].values()))
    found = {(row["fate"], row["epoch"]): row["right"] for row in rows}
    assert found == {
        ("always right", 1): 1,
        ("always right", 2): 1,
        ("learned", 1): 0,
        ("learned", 2): 1,
        ("never learned", 1): 0,
        ("never learned", 2): 0,
    }


def test_a_sheet_holds_every_patch_and_its_line_and_is_clear_between():
    patches = np.full((COLUMNS + 1, 50, 50, 3), 200, np.uint8)
    lines = np.linspace(0, 1, 3)[:, None] * np.ones(COLUMNS + 1)
    drawn = sheet(patches, lines, np.array([0.5, 0.5, 0.5]), pd.Series([1, 0, 1, 0, 1]))
    assert drawn.shape[2] == 4
    assert (drawn[FRAME : FRAME + SIDE, FRAME : FRAME + SIDE, :3] == 200).all()
    assert (drawn[-1, -1] == 0).all()
    dark = (drawn[:, : SIDE + 2 * FRAME, :3].max(axis=2) < 120) & (drawn[:, : SIDE + 8, 3] == 255)
    assert dark.any()


def test_lines_stand_on_the_paper_they_are_given():
    patches = np.full((1, 50, 50, 3), 200, np.uint8)
    lines, half = np.zeros((2, 1)), np.array([0.5, 0.5])
    dark = sheet(patches, lines, half, pd.Series([1]), ink="#FFFFFF", paper="#1A232C")
    assert dark[SIDE + 2 * FRAME + 1, FRAME, :3].tolist() == [0x1A, 0x23, 0x2C]
