"""The order in which a reader is shown patches."""

import pytest

from idc_core.reviews.reading_order import reading_order

ASKED = ("Ada", "demo", "f", "10253")


def test_it_names_every_patch_once():
    assert sorted(reading_order(*ASKED, 100)) == list(range(100))
    assert reading_order(*ASKED, 0).tolist() == []


def test_it_is_the_same_whenever_it_is_asked_for():
    assert reading_order(*ASKED, 100).tolist() == reading_order(*ASKED, 100).tolist()


@pytest.mark.parametrize("place", range(4))
def test_each_reader_run_data_and_patient_has_an_order_of_its_own(place):
    other = [*ASKED]
    other[place] += "x"
    assert reading_order(*other, 100).tolist() != reading_order(*ASKED, 100).tolist()


def test_names_that_run_together_to_the_same_letters_are_told_apart():
    one, other = (
        reading_order("Ada", "demo", "f", "10", 100),
        reading_order("Ad", "ademo", "f", "10", 100),
    )
    assert one.tolist() != other.tolist()


def test_a_name_with_signs_beyond_ascii_keeps_the_order_that_it_always_had():
    # A reading that was begun goes on in this order, whichever version of the program shows it.
    assert reading_order("Ünal", "demo", "d1", "9036", 8).tolist() == [5, 0, 4, 6, 3, 1, 2, 7]
