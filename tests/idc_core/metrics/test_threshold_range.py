"""Where a rule's threshold would lie with other validation patients."""

import numpy as np
import pandas as pd
import pytest

from idc_core.metrics import threshold_range as module
from idc_core.metrics.curves import Ranked
from idc_core.metrics.operating_point import choose
from idc_core.metrics.rules import RULES, read_rule, worth
from idc_core.metrics.threshold_range import threshold_range
from idc_core.metrics.uncertainty import PatientJackknife
from idc_core.runs.patient_counts import by_patient


def drawn(patients=25, patches=60, seed=0, spread=0.7):
    rng = np.random.default_rng(seed)
    owner = np.repeat(np.arange(patients), patches)
    labels = (rng.random(len(owner)) < 0.4).astype(np.int8)
    odds = 2.5 * labels - 1 + rng.normal(0, spread, patients)[owner]
    scores = 1 / (1 + np.exp(-odds - rng.normal(0, 1, len(owner))))
    return labels, scores, owner


def counts_of(labels, scores, owner):
    names = np.array([f"p{one:03}" for one in owner])
    return by_patient(pd.DataFrame({"patient": names, "label": labels, "score": scores})).at


def ranged(own, rule):
    return threshold_range(Ranked(*own[:2]), rule, counts_of(*own))


def odds(threshold):
    return np.log(threshold / (1 - threshold))


@pytest.mark.parametrize("rule", RULES)
def test_it_is_the_rules_own_threshold_within_its_interval(rule):
    labels, scores, owner = drawn(patients=12, patches=30)
    counts_at = counts_of(labels, scores, owner)
    asked = rule.replace("low>=0.9", "low>=0.7")  # 0.9 is out of reach of twelve patients
    found = threshold_range(Ranked(labels, scores), asked, counts_at)
    assert found.value == choose(Ranked(labels, scores), asked, counts_at).threshold
    # A rule that asks for the lower limit has chosen the low end; twelve leave an end open.
    assert 0 <= found.low <= found.value < found.high <= 1
    assert (found.low == found.value) == asked.startswith("sensitivity_low")


@pytest.mark.parametrize(
    ("rule", "at_low", "at_high"),
    [
        ("sensitivity>=0.5", "low", "high"),
        ("specificity>=0.7", "high", "low"),
        ("precision>=0.6", "high", "low"),
        ("calls<=0.4", "low", "high"),
    ],
)
def test_an_end_is_where_a_limit_of_the_rates_own_interval_reaches_the_share(rule, at_low, at_high):
    """And one score further the limit does not."""
    own = drawn(patients=12, patches=25)
    counts_at, share, cuts = counts_of(*own), float(rule[-3:]), np.unique(own[1])
    found = ranged(own, rule)
    kind = read_rule(rule).kind
    before = 1 if kind == "sensitivity" else -1
    assert 0 < found.low < found.value < found.high < 1
    for end, limit in ((found.low, at_low), (found.high, at_high)):
        at = int(np.searchsorted(cuts, end))
        here, other = (
            getattr(module._SHARES[kind](counts_at(cuts[each])), limit)
            for each in (at, at + before)
        )
        reached = (
            (here <= share, other <= share) if kind == "calls" else (here >= share, other >= share)
        )
        assert reached == (True, False)


def test_the_low_end_for_sensitivity_is_what_the_rule_of_the_lower_limit_chooses():
    own = drawn(patients=30, patches=40)
    rules = ("sensitivity>=0.8", "sensitivity_low>=0.8")
    plain, sure = (ranged(own, rule) for rule in rules)
    assert plain.low == sure.low == sure.value
    assert plain.high == sure.high
    assert sure.value < plain.value


def test_an_end_that_no_score_reaches_is_open():
    """Six patients cannot show that 95 % of the IDC is found, whatever is called."""
    own = drawn(patients=6, patches=30)
    assert ranged(own, "sensitivity>=0.95").low == 0
    assert ranged(own, "precision>=0.97").high == 1


@pytest.mark.parametrize("rule", ["f1", "youden", "cost:5", "fbeta:2"])
def test_the_best_of_something_holds_what_is_not_shown_to_be_worse(rule):
    own = drawn(patients=30)
    counts_at, asked = counts_of(*own), read_rule(rule)
    found = ranged(own, rule)
    chosen = counts_at(found.value)

    def high(cut):
        both = np.hstack([counts_at(cut), chosen]).astype(float)
        return (
            PatientJackknife(30)
            .of_sums(lambda sums: worth(asked, *sums[:, :4].T) - worth(asked, *sums[:, 4:].T), both)
            .high
        )

    cuts = np.unique(own[1])
    low, top = (int(np.searchsorted(cuts, end)) for end in (found.low, found.high))
    assert 0 < found.low < found.value < found.high < 1
    assert min(high(cuts[low]), high(cuts[top])) >= 0
    assert max(high(cuts[low - 1]), high(cuts[top + 1])) < 0


def test_it_covers_where_other_patients_would_have_put_it():
    """Endless patients give the truth; seven of eight sets at least must hold it."""
    labels, scores, _ = drawn(patients=3000, patches=30, seed=99)
    truth = choose(Ranked(labels, scores), "sensitivity>=0.9").threshold
    held = 0
    for seed in range(40):
        own = drawn(patients=28, patches=30, seed=seed)
        found = ranged(own, "sensitivity>=0.9")
        held += found.low <= truth <= found.high
    assert held >= 35


def test_patients_alike_say_nothing_of_where_others_would_put_it():
    """What no patient moves has not been shown to stand still."""
    labels, scores, _ = drawn(patients=1, patches=200)
    same = np.tile(labels, 6), np.tile(scores, 6), np.repeat(np.arange(6), 200)
    assert (ranged(same, "f1").low, ranged(same, "f1").high) == (0, 1)


def test_one_patient_alone_leaves_the_best_unknown():
    own = drawn(patients=1, patches=50)
    assert np.isnan([ranged(own, "f1").low, ranged(own, "f1").high]).all()


def test_more_patients_make_it_surer():
    few, many = drawn(patients=10), drawn(patients=160)
    widths = []
    for own in (few, many):
        found = ranged(own, "sensitivity>=0.9")
        widths.append(odds(found.high) - odds(found.low))
    assert widths[1] < 0.5 * widths[0]


def test_one_patient_with_idc_leaves_the_high_end_open():
    """One of one is found: between 0.21 and all. So nothing called may find a tenth as well."""
    labels = np.array([1, 0, 0, 0, 0], dtype=np.int8)
    own = labels, np.array([0.8, 0.2, 0.3, 0.1, 0.4]), np.array([0, 0, 1, 1, 2])
    found = ranged(own, "sensitivity>=0.1")
    assert (found.low, found.value, found.high) == (0.8, 0.8, 1.0)


def test_one_class_and_no_rule_are_refused():
    labels, scores, owner = drawn(patients=3, patches=4)
    with pytest.raises(ValueError, match="one class"):
        ranged((np.zeros(12, np.int8), scores, owner), "f1")
    with pytest.raises(ValueError, match="one of the rules"):
        ranged((labels, scores, owner), "magic")
