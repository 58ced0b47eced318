"""The thresholds of a table."""

import numpy as np
import pytest

from idc_core.metrics.corner import in_a_corner
from idc_core.threshold_table.grid import CURVE_POINTS, EVEN, grid_of
from tests.idc_core.threshold_table.worlds import WORLDS, ranked_of


def test_even_steps_are_the_numbers_that_are_typed():
    assert len(EVEN) == 1001
    assert [EVEN[29], EVEN[290], EVEN[700], EVEN[1000]] == [0.029, 0.29, 0.7, 1.0]
    grid, scale = grid_of(ranked_of(WORLDS["scores over 0 to 1"]))
    assert (grid.tolist(), scale) == (EVEN.tolist(), "even")


@pytest.mark.parametrize("turned", [lambda found: found, lambda found: 1 - found])
def test_scores_in_a_corner_have_their_curve_and_even_log_odds_beside_the_even_steps(turned):
    rows = WORLDS["a rare class"]
    ranked = ranked_of(rows.assign(score=turned(rows["score"])))
    assert in_a_corner(ranked)
    grid, scale = grid_of(ranked)
    assert scale == "logit"
    assert (np.diff(grid) > 0).all()
    assert (grid[0], grid[-1]) == (0, 1)
    assert set(EVEN) < set(grid)
    curve = ranked.points(CURVE_POINTS).thresholds
    assert {each for each in curve.tolist() if 0 <= each <= 1} <= set(grid.tolist())
    assert len(grid) <= 1601
    inside = (grid >= rows["score"].min()) & (grid <= rows["score"].max())
    assert turned(1) == 0 or inside.sum() > 400
