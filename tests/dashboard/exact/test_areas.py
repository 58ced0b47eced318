"""Tumour areas: lesions found, false alarms, each area."""

import numpy as np
import pytest

from tests.dashboard.exact import referee
from tests.dashboard.exact.reading import cards, intervals, values, written


@pytest.mark.parametrize(
    ("threshold", "shown", "counts"),
    [
        # 4 of 6 lesions; 3 areas of false alarms on 3 slides, 2 of them one square
        (0.5, ["0.67", "1.00", "2", "1.00"], [["4", "6", "3"], ["3", "3"]]),
        # the C of 08863 is missed, its d no longer beside a prediction: d and d remain
        (0.75, ["0.50", "0.67", "2", "1.00"], [["3", "6", "3"], ["2", "3"]]),
    ],
)
def test_lesions_found_and_false_alarms_per_slide(page_at, threshold, shown, counts):
    page = page_at("failures/areas", threshold)
    assert values(page) == shown
    assert [n for _, _, n in cards(page)[:2]] == counts


def test_the_caption_says_how_many_areas_of_how_many_slides_and_where_the_threshold_is(page_at):
    said = page_at("failures/areas", 0.75).text
    assert "6 tumour areas, 3 whole slides. The diamond is the threshold 0.750" in said


def test_each_lesion_is_listed_with_its_patches_predictions_and_place(page_at):
    rows = page_at("failures/areas", 0.5).listed("regions_table")
    assert [tuple(row) for row in rows.itertuples(index=False)] == [
        ("10253 x1201_y651", "missed", "2", "0", "0.3"),  # A B
        ("10254 x1151_y601", "missed", "1", "0", "0.3"),  # B
        ("10254 x1151_y501", "false alarm", "2", "2", "0.6"),  # c c
        ("10253 x1201_y601", "false alarm", "1", "1", "0.9"),  # d
        ("10253 x1201_y501", "false alarm", "1", "1", "0.6"),  # c
        ("10253 x1051_y601", "found", "6", "5", "0.9"),  # D D D C C B
        ("10254 x1001_y501", "found", "4", "4", "0.9"),  # D D D C
        ("08863 x1001_y501", "found", "1", "1", "0.9"),  # D
        ("08863 x1151_y551", "found", "1", "1", "0.6"),  # C
    ]


def test_the_share_of_lesions_found_has_the_ends_that_leaving_out_each_slide_gives(page_at):
    shown = intervals(page_at("failures/areas", 0.5))
    # found of all: 1 of 2, 1 of 2 and 2 of 2; without each 3/4, 3/4 and 2/4
    ends = referee.ends(4 / 6, [3 / 4, 3 / 4, 2 / 4])
    assert shown["Tumour areas found"] == written((4 / 6, *ends))
    # false-alarm areas per slide: 2, 1, 0: without each 1/2, 2/2, 3/2, on the log scale of a rate
    reach = np.exp(referee.ends(1, [1 / 2, 2 / 2, 3 / 2], None)[1] - 1)
    assert shown["False-alarm areas per slide"] == written((1, 1 / reach, reach), ".2f", " to ")
