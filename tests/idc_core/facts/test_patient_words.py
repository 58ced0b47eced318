"""A patient's errors, burden and review in words."""

import pytest

from idc_core.facts.patient_words import header
from idc_core.metrics.confusion import Confusion


def test_errors_are_counted_in_singular_and_plural():
    said = header(Confusion(tn=5, fp=2000, fn=1, tp=8), 0.5, 0)
    assert said["patient.missed"] == "1 is missed"
    assert said["patient.alarms"] == "2,000 raise a false alarm"
    assert said["patient.predicted"] == "50 %"


@pytest.mark.parametrize(
    ("errors", "judged", "said"),
    [
        (5, 3, ("3 of 5", "errors reviewed.")),
        (5, 5, ("", "All errors reviewed.")),
        (0, 0, ("", "")),
    ],
)
def test_the_header_says_how_far_the_review_of_a_patient_is(errors, judged, said):
    found = header(Confusion(tn=5, fp=0, fn=errors, tp=8), 0.5, judged)
    assert (found["patient.reviewed"], found["patient.review"]) == said
