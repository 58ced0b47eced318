"""Moves of places, as their conditions are told."""

import pytest

from idc_core.importing.fits import Move


@pytest.mark.parametrize(
    ("move", "step", "words"),
    [
        (Move(), None, []),
        (Move(swap=True), None, ["x and y are exchanged"]),
        (Move(grid=True), 1, ["columns and rows are taken as 50 pixels each"]),
        (Move(grid=True), 12.5, ["steps of 12.5 are taken as 50 pixels"]),
        (Move(grid=True), 50, ["places are moved to the corners of their squares"]),
        (Move(grid=True, right=100), 50, ["x is moved by +2 patch"]),
        (Move(right=-3, down=4), None, ["x is moved by −3 pixel", "y is moved by +4 pixel"]),
    ],
)
def test_each_move_is_told_as_its_conditions(move, step, words):
    assert move.words(step) == words
