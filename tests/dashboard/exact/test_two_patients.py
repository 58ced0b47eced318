"""From two patients, fewer than were ever simulated, no figure has an interval anywhere."""

import re

import pytest

from tests.dashboard.exact.reading import markdown, plain

VIEWS = [
    *("overview", "operating-point/threshold", "operating-point/clinic", "calibration"),
    *("failures/subgroups", "failures/areas", "failures/burden", "labels"),
]


@pytest.mark.parametrize("view", VIEWS)
def test_a_split_of_two_patients_is_given_no_interval(page_at, view):
    page = page_at(view, 0.5, split="validation")
    tables = [each.value.to_string() for each in page.at.dataframe]
    captions = [str(each.value) for each in page.at.caption]
    for text in (plain(page.html), *tables, *markdown(page), *captions):
        assert not re.search(r".{30}\[[−+-]?\d(?!5 %)[^\]]*\]", text), view
