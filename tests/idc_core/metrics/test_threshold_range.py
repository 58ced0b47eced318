"""Where a rule's threshold would lie with other validation patients."""

import numpy as np
import pandas as pd
import pytest

from idc_core.metrics import threshold_range as module
from idc_core.metrics.curves import Ranked
from idc_core.metrics.leave_one_out import around
from idc_core.metrics.operating_point import RULES, choose
from idc_core.metrics.threshold_range import threshold_range
from idc_core.metrics.uncertainty import PatientBootstrap
from idc_core.patient_counts import by_patient


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


def ranged(own, patients, rule, **more):
    return threshold_range(*own, patients, rule, counts_of(*own), **more)


def odds(threshold):
    return np.log(threshold / (1 - threshold))


@pytest.mark.parametrize("rule", RULES)
def test_it_is_the_rules_own_threshold_within_its_interval(rule):
    labels, scores, owner = drawn(patients=12, patches=30)
    counts_at = counts_of(labels, scores, owner)
    asked = rule.replace("low>=0.9", "low>=0.7")  # 0.9 is out of reach of twelve patients
    found = threshold_range(labels, scores, owner, 12, asked, counts_at)
    assert found.value == choose(Ranked(labels, scores), asked, counts_at).threshold
    assert 0 < found.low < found.value < found.high < 1


@pytest.mark.parametrize("name", ["sensitivity", "specificity"])
def test_a_share_is_read_off_at_both_ends_of_the_rates_own_interval(name):
    own = drawn(patients=10, patches=40)
    ranked, counts_at = Ranked(*own[:2]), counts_of(*own)
    value = choose(ranked, f"{name}>=0.8").threshold
    rate = PatientBootstrap(10).of_rates(counts_at(value), (name,))[name]
    ends = sorted(choose(ranked, f"{name}>={end:.9f}").threshold for end in (rate.low, rate.high))
    found = ranged(own, 10, f"{name}>=0.8")
    assert (found.low, found.value, found.high) == (ends[0], value, ends[1])


def test_a_limit_is_chosen_again_without_each_patient_in_turn():
    labels, scores, owner = drawn(patients=10, patches=40)
    rule, left = "sensitivity_low>=0.7", []
    for one in range(10):
        kept = owner != one
        counts_at = counts_of(labels[kept], scores[kept], owner[kept])
        left.append(odds(choose(Ranked(labels[kept], scores[kept]), rule, counts_at).threshold))
    counts_at = counts_of(labels, scores, owner)
    direct = around(odds(choose(Ranked(labels, scores), rule, counts_at).threshold), left)
    found = threshold_range(labels, scores, owner, 10, rule, counts_at)
    assert (odds(found.low), odds(found.high)) == pytest.approx((direct.low, direct.high))


def test_the_best_of_something_is_drawn_anew_and_the_same_for_the_same_seed():
    labels, scores, owner = drawn(patients=15)
    one, again, other = (ranged((labels, scores, owner), 15, "f1", seed=s) for s in (0, 0, 1))
    assert one == again
    assert one != other
    rng = np.random.default_rng(0)
    drawn_ = []
    for often in rng.multinomial(15, np.full(15, 1 / 15), size=module.RESAMPLES):
        at = np.concatenate(
            [np.flatnonzero(owner == i) for i in range(15) for _ in range(often[i])]
        )
        drawn_.append(odds(choose(Ranked(labels[at], scores[at]), "f1").threshold))
    half = 2.1448 * np.std(drawn_)
    assert odds(one.high) - odds(one.value) == pytest.approx(half, rel=1e-4)


def test_it_covers_where_other_patients_would_have_put_it():
    """Endless patients give the truth; seven of eight sets at least must hold it."""
    labels, scores, _ = drawn(patients=3000, patches=30, seed=99)
    truth = choose(Ranked(labels, scores), "sensitivity>=0.9").threshold
    held = 0
    for seed in range(40):
        own = drawn(patients=28, patches=30, seed=seed)
        found = ranged(own, 28, "sensitivity>=0.9")
        held += found.low <= truth <= found.high
    assert held >= 35


def test_patients_alike_leave_the_threshold_where_it_is():
    labels, scores, _ = drawn(patients=1, patches=200)
    same = np.tile(labels, 6), np.tile(scores, 6), np.repeat(np.arange(6), 200)
    found = ranged(same, 6, "f1")
    assert found.low == pytest.approx(found.value)
    assert found.high == pytest.approx(found.value)


def test_more_patients_make_it_surer():
    few, many = drawn(patients=10), drawn(patients=160)
    widths = []
    for own, patients in ((few, 10), (many, 160)):
        found = ranged(own, patients, "sensitivity>=0.9")
        widths.append(odds(found.high) - odds(found.low))
    assert widths[1] < 0.5 * widths[0]


def test_many_patients_are_left_out_in_groups(monkeypatch):
    labels, scores, owner = drawn(patients=60, patches=20)
    monkeypatch.setattr(module, "_GROUPS", 5)
    left = list(module._without(60, 5))
    assert [each.sum() for each in left] == [48] * 5
    assert (sum(left) == 4).all()
    found = ranged((labels, scores, owner), 60, "sensitivity_low>=0.8")
    assert found.low < found.value < found.high


def test_a_class_that_one_patient_alone_holds_leaves_the_best_unknown():
    labels = np.array([1, 0, 0, 0, 0], dtype=np.int8)
    own = labels, np.array([0.8, 0.2, 0.3, 0.1, 0.4]), np.array([0, 0, 1, 1, 2])
    found = ranged(own, 3, "sensitivity_low>=0.1")
    assert np.isnan([found.low, found.high]).all()


def test_one_class_and_no_rule_are_refused():
    labels, scores, owner = drawn(patients=3, patches=4)
    with pytest.raises(ValueError, match="one class"):
        ranged((np.zeros(12, np.int8), scores, owner), 3, "f1")
    with pytest.raises(ValueError, match="one of the rules"):
        ranged((labels, scores, owner), 3, "magic")
