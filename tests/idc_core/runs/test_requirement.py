"""What may be asked of a run."""

import re

import pytest

from idc_core.io.refusal import Refusal
from idc_core.runs.requirement import refuse_shares


@pytest.mark.parametrize("share", [0, 0.5, 1])
def test_a_share_from_0_to_1_is_let_through(share):
    refuse_shares({"sensitivity": share, "roc_auc": share})


def test_nothing_asked_is_refused():
    with pytest.raises(Refusal, match=r"^expected something to check: give --min-sensitivity"):
        refuse_shares({})


@pytest.mark.parametrize(
    ("share", "end"),
    [
        (1.5, "found 1.5. 1.5 % is 0.015."),
        (90, "found 90. 90 % is 0.9."),
        (100, "found 100. 100 % is 1."),
        (101, "found 101."),
        (-0.1, "found -0.1."),
    ],
)
def test_what_looks_like_per_cent_is_refused_with_the_share_it_means(share, end):
    with pytest.raises(Refusal, match=rf"^expected a share from 0 to 1 .*{re.escape(end)}$"):
        refuse_shares({"specificity": share})
