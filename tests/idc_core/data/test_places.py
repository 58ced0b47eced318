"""A patch is named by its slide where slides have names of their own."""

import pandas as pd

from idc_core.data.places import lies_at, place_of, side_by_side, slide_numbers, slide_of
from idc_core.data.slides import occupancies

PLAIN = pd.DataFrame({"patient": ["a", "a", "b"], "x": [1, 51, 1], "y": [1, 1, 1]})
NAMED = PLAIN.assign(slide=["s1", "s2", "s1"])


def test_the_slide_is_part_of_the_name_only_where_all_tables_have_it():
    assert place_of(PLAIN) == ["patient", "x", "y"]
    assert place_of(NAMED) == ["patient", "slide", "x", "y"]
    assert place_of(NAMED, PLAIN) == ["patient", "x", "y"]


def test_without_names_of_slides_the_patient_is_the_slide():
    assert slide_of(PLAIN).tolist() == ["a", "a", "b"]
    assert slide_of(NAMED).tolist() == ["s1", "s2", "s1"]


def test_slides_of_two_patients_are_two_though_they_are_called_alike():
    assert slide_numbers(PLAIN)[0].tolist() == [0, 0, 1]
    numbers, many = slide_numbers(NAMED)
    assert many == 3
    assert len(set(numbers.tolist())) == 3
    assert slide_numbers(NAMED.iloc[:0])[1] == 0


def test_tissue_is_whole_by_slide_and_not_across_two():
    square = pd.DataFrame({"patient": "a", "x": [1, 51, 1, 51], "y": [1, 1, 51, 51]})
    assert occupancies(square) == {"a": 3 / 8}
    # Two squares a slide, side by side: each has one neighbour, though all four places touch.
    assert occupancies(square.assign(slide=["s", "s", "t", "t"])) == {"a": 1 / 8}
    # The same places on two slides are two patches each.
    twice = pd.concat([square.assign(slide="s"), square.assign(slide="t")])
    assert occupancies(twice) == {"a": 3 / 8}


def test_slides_are_laid_beside_each_other_for_one_small_picture():
    two = pd.DataFrame(
        {"patient": "a", "slide": ["t", "t", "s"], "x": [101, 151, 51], "y": [51, 101, 1]}
    )
    x, y = side_by_side(two, 50)
    # s, the first by name, begins at 1; t a free square behind its only one.
    assert (x.tolist(), y.tolist()) == ([101, 151, 1], [1, 51, 1])
    assert two["x"].tolist() == [101, 151, 51]
    x, y = side_by_side(two.drop(columns="slide"), 50)
    assert (x.tolist(), y.tolist()) == ([101, 151, 51], [51, 101, 1])


def test_a_patch_is_found_on_its_slide_or_on_any_where_none_is_asked_for():
    assert lies_at(NAMED, "a", "s2", (51, 1)).tolist() == [False, True, False]
    assert lies_at(NAMED, "a", "s1", (51, 1)).tolist() == [False, False, False]
    assert lies_at(NAMED, "a", None, (1, 1)).tolist() == [True, False, False]
    assert lies_at(PLAIN, "b", "s9", (1, 1)).tolist() == [False, False, True]
