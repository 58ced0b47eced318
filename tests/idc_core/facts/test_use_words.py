"""A threshold in use, in words."""

import pytest

from idc_core.facts.use_words import assumed, decision
from idc_core.metrics.clinic import Benefit
from idc_core.metrics.uncertainty import Interval
from idc_core.records.raster import USUAL

ABOVE, BELOW, OPEN = (
    Interval(0.2, 0.1, 0.3),
    Interval(-0.2, -0.3, -0.1),
    Interval(0.02, -0.1, 0.1),
)


@pytest.mark.parametrize(
    ("found", "verdict"),
    [(ABOVE, "better than"), (BELOW, "worse than"), (OPEN, "not shown to differ from")],
)
def test_a_benefit_is_better_or_worse_only_where_its_interval_says_so(found, verdict):
    _, said = decision(Benefit(found, ABOVE), 0.2, 200, USUAL)
    assert "the threshold 0.200 (the line) means that one false alarm costs 0.25 of" in said
    assert f": {verdict} treating none. Its paired difference" in said
    assert said.endswith("is +0.200 [+0.100 to +0.300]: better than treating all.")


def test_without_a_benefit_that_is_said():
    assert decision(None, 0.0, 200, USUAL) == (
        "decision.said",
        "At a threshold of 0 or 1 net benefit is not defined.",
    )


def test_from_two_patients_the_rates_have_no_interval():
    rates = Interval(0.8, 0.7, 0.9), Interval(0.6, 0.5, 0.7)
    assert assumed(*rates, 200) == {
        "in_use.sensitivity": "0.80 [0.70–0.90]",
        "in_use.specificity": "0.60 [0.50–0.70]",
    }
    assert assumed(*rates, 2)["in_use.sensitivity"] == "0.80"
