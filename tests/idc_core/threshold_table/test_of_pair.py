"""Two models' table says at each threshold how many patches lie in each cell there."""

import numpy as np
import pytest

from idc_core.facts.cell_words import cells
from idc_core.metrics.paired import CELLS, cell_of
from idc_core.records.raster import USUAL
from idc_core.threshold_table.grid import EVEN
from idc_core.threshold_table.of_pair import build


@pytest.mark.parametrize("decimals", [1, 8])
def test_at_every_threshold_the_cells_are_those_of_both_predictions(decimals):
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 2, 300).astype(np.int8)
    a, b = (np.round(rng.random(300), decimals) for _ in "ab")
    table = build(labels, a, b, USUAL, "x", (EVEN, "even"))
    told = {key: each.texts() for key, each in table.texts.items()}
    for at in [0, 100, 299, 300, 700, 1000, *range(1, 1000, 13)]:
        threshold = EVEN[at]
        found = np.bincount(cell_of(labels, a >= threshold, b >= threshold), minlength=len(CELLS))
        assert {key: texts[at] for key, texts in told.items()} == cells(found, USUAL), threshold
        assert table.tp[at] == ((a >= threshold) & (labels == 1)).sum()
        assert table.fp[at] == ((a >= threshold) & (labels == 0)).sum()


def test_a_class_that_is_missing_has_no_share():
    labels = np.zeros(3, np.int8)
    table = build(labels, np.array([0.1, 0.4, 0.9]), np.zeros(3), USUAL, "x", (EVEN, "even"))
    said = {key: each.texts()[300] for key, each in table.texts.items()}
    assert said["both_found.share"] == "– (no IDC)"
    assert (said["fixed_no_idc.count"], said["fixed_no_idc.share"]) == ("2", "66.7 % of no IDC")
    assert said["cells.read"].endswith("; no IDC, false alarm in both: 0")
