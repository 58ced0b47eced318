"""Counts of all thresholds at once are those of each by itself."""

import numpy as np
import pytest

from idc_core.runs.patient_counts import by_patient
from idc_core.threshold_table import reached as module
from idc_core.threshold_table.grid import grid_of
from idc_core.threshold_table.reached import reached
from tests.idc_core.threshold_table.worlds import WORLDS, ranked_of


@pytest.mark.parametrize("name", WORLDS)
def test_every_patient_is_counted_at_every_threshold_as_at_one(name, monkeypatch):
    monkeypatch.setattr(module, "_CELLS", 5000)  # a few patients at a time
    rows = WORLDS[name]
    patients, (grid, _) = by_patient(rows), grid_of(ranked_of(rows))
    idc, others = reached(patients, grid)
    for at in range(0, len(grid), 9):
        _, fp, _, tp = patients.at(float(grid[at])).T
        assert np.array_equal(idc[:, at], tp)
        assert np.array_equal(others[:, at], fp)
