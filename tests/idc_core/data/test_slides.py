"""Patches go back to where they were cut, and what is missing stays visible as missing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idc_core.data.slides import (
    assemble,
    grid_of,
    neighbourhood,
    occupancies,
    occupancy,
    whole_patients,
)

squares = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=40, unique=True
)


def at(places):
    return (
        np.array([1 + 50 * column for column, _ in places]),
        np.array([101 + 50 * row for _, row in places]),
    )


def occupancy_by_hand(places):
    taken = set(places)
    steps = [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1) if a or b]
    return np.mean([[(c + a, r + b) in taken for a, b in steps] for c, r in places])


@settings(max_examples=100, deadline=None)
@given(squares, st.randoms())
def test_occupancy_is_what_counting_by_hand_gives(places, random):
    measured = occupancy(*at(places))
    assert measured == pytest.approx(occupancy_by_hand(places))
    random.shuffle(places)
    assert occupancy(*at(places)) == pytest.approx(measured)


@settings(max_examples=50, deadline=None)
@given(squares, squares)
def test_patients_do_not_neighbour_each_other(one, other):
    frames = []
    for name, places in (("b", one), ("a", other)):
        x, y = at(places)
        frames.append(pd.DataFrame({"patient": name, "x": x, "y": y}))
    found = occupancies(pd.concat(frames))
    assert list(found) == ["a", "b"]
    assert found == pytest.approx({"a": occupancy_by_hand(other), "b": occupancy_by_hand(one)})


def test_a_lone_patch_has_no_neighbours_and_nothing_has_none():
    assert occupancy([1], [1]) == 0
    assert occupancy([], []) == 0
    assert occupancy([1, 999_951], [1, 999_951]) == 0


def test_a_full_square_is_whole_and_a_sample_is_not():
    full = [(column, row) for column in range(6) for row in range(6)]
    frames = []
    for name, places in (("full", full), ("sample", full[::5])):
        x, y = at(places)
        frames.append(pd.DataFrame({"patient": name, "x": x, "y": y}))
    index = pd.concat(frames)
    assert whole_patients(index) == ["full"]
    assert whole_patients(index, {"full": False, "sample": True, "nobody": True}) == ["sample"]


def test_the_real_whole_patients_are_found(real_root):
    index = pd.read_csv(real_root / "idc_index.csv", dtype={"patient": str})
    known = set(index.loc[index["whole_patient"] == 1, "patient"])
    assert set(whole_patients(index)) == known


def test_a_grid_counts_from_the_top_left_patch():
    grid = grid_of([151, 101], [51, 151])
    assert (grid.left, grid.top, grid.shape) == (101, 51, (3, 2))
    assert list(zip(grid.row, grid.column, strict=True)) == [(0, 1), (2, 0)]
    assert grid_of([], []).shape == (0, 0)


def test_a_map_of_values_says_where_there_is_none():
    values = grid_of([1, 51], [1, 51]).map([3, 4])
    assert np.array_equal(values, [[3, np.nan], [np.nan, 4]], equal_nan=True)


def test_cutting_a_slide_and_putting_it_together_gives_it_back():
    rng = np.random.default_rng(0)
    slide = rng.integers(0, 255, (137, 190, 3), dtype=np.uint8)
    patches, x, y, width, height = [], [], [], [], []
    for top in range(0, 137, 50):
        for left in range(0, 190, 50):
            cut = slide[top : top + 50, left : left + 50]
            padded = np.full((50, 50, 3), 255, np.uint8)
            padded[: cut.shape[0], : cut.shape[1]] = cut
            patches.append(padded)
            x.append(left + 1)
            y.append(top + 1)
            width.append(cut.shape[1])
            height.append(cut.shape[0])
    image, present = assemble(np.stack(patches), x, y, width, height)
    assert np.array_equal(image, slide)
    assert present.shape == (3, 4)
    assert present.all()


def test_a_missing_square_shows_the_background_and_is_marked():
    patches = np.zeros((2, 50, 50, 3), np.uint8)
    image, present = assemble(patches, [101, 151], [51, 101], [50, 50], [50, 50], background=200)
    assert present.tolist() == [[True, False], [False, True]]
    assert (image[:50, 50:] == 200).all()
    assert (image[:50, :50] == 0).all()


def test_nothing_assembles_to_nothing():
    image, present = assemble(np.zeros((0, 50, 50, 3), np.uint8), [], [], [], [])
    assert image.shape == (0, 0, 3)
    assert present.shape == (0, 0)


def test_a_neighbourhood_is_centred_and_marks_what_is_missing():
    patches = np.stack([np.full((50, 50, 3), shade, np.uint8) for shade in (10, 20, 30, 40)])
    x, y = [101, 151, 101, 301], [101, 101, 151, 101]
    image, present = neighbourhood(patches, x, y, centre=(101, 101), size=3, background=250)
    assert present.tolist() == [
        [False, False, False],
        [False, True, True],
        [False, True, False],
    ]
    assert image.shape == (150, 150, 3)
    shades = image[25::50, 25::50, 0]
    assert shades.tolist() == [[250, 250, 250], [250, 10, 20], [250, 30, 250]]


def test_a_neighbourhood_needs_a_middle():
    with pytest.raises(ValueError, match="odd"):
        neighbourhood(np.zeros((0, 50, 50, 3), np.uint8), [], [], (1, 1), size=4)
