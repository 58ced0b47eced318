"""Choosing a threshold by a named rule: no other threshold would have been better."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import fbeta_score

from idc_core.metrics.confusion import Confusion
from idc_core.metrics.curves import Ranked
from idc_core.metrics.operating_point import (
    DEFAULT_RULE,
    RULES,
    Infeasible,
    choose,
    read_rule,
    rule_words,
)

some = settings(max_examples=30, deadline=None)
GRID = st.integers(0, 8).map(lambda eighth: eighth / 8)
PATCHES = st.lists(st.tuples(st.integers(0, 1), GRID | st.floats(0, 1)), min_size=2, max_size=30)
RANKED = PATCHES.filter(lambda patches: len({label for label, _ in patches}) == 2).map(
    lambda patches: Ranked(*zip(*patches, strict=True))
)


def every_cut(ranked: Ranked) -> dict[float, Confusion]:
    scores = np.concatenate([ranked.positive, ranked.negative])
    return {float(score): ranked.counts(score) for score in scores}


@given(patches=RANKED, at_once=st.integers(1, 5))
@some
def test_scores_that_are_tried_a_few_at_a_time_choose_the_same(
    patches: Ranked, at_once: int
) -> None:
    rules = ("f1", "youden", "cost:5", "precision>=0.8", "precision>=1", "calls<=0.2")

    def chosen() -> list[str]:
        found = []
        for rule in rules:
            try:
                found.append(repr(choose(patches, rule)))
            except Infeasible as far:
                found.append(f"{far} {far.nearest}")
        return found

    whole = chosen()
    with mock.patch("idc_core.metrics.operating_point._AT_ONCE", at_once):
        assert chosen() == whole


def test_every_rule_by_hand() -> None:
    #        no   no   IDC  no   IDC  IDC
    scores = [0.1, 0.2, 0.3, 0.4, 0.6, 0.9]
    ranked = Ranked([0, 0, 1, 0, 1, 1], scores)
    assert choose(ranked, "f1").threshold == 0.3  # 6/7, against 4/5 at .6
    assert choose(ranked, "youden").threshold == 0.3  # 2/3 at .3 and at .6: the lower misses less
    assert choose(ranked, "sensitivity>=0.9").threshold == 0.3
    assert choose(ranked, "sensitivity>=0.6").threshold == 0.6
    assert choose(ranked, "specificity>=0.9").threshold == 0.6
    assert choose(ranked, "specificity>=0.6").threshold == 0.3
    assert choose(ranked, "precision>=0.8").threshold == 0.6  # 2 of 2 calls; 3 of 4 at .3
    assert choose(ranked, "precision>=0.75").threshold == 0.3
    assert choose(ranked, "cost:5").threshold == 0.3  # 1 false alarm against 5 for the miss at .6
    assert choose(ranked, "cost:0.5").threshold == 0.6  # half a false alarm against 1
    assert choose(ranked, "cost:1").threshold == 0.3  # equal: the lower misses less
    assert choose(ranked, "calls<=0.5").threshold == 0.4
    assert choose(ranked, "fbeta:2").threshold == 0.3  # 15/16 against 10/14 at .6
    assert choose(ranked, "fbeta:0.1").threshold == 0.6


@some
@given(ranked=RANKED, weight=st.sampled_from([0.1, 1, 3, 20]))
def test_no_other_threshold_costs_less(ranked: Ranked, weight: float) -> None:
    cuts = every_cut(ranked)
    chosen = choose(ranked, f"cost:{weight}")
    cost = {cut: weight * counts.fn + counts.fp for cut, counts in cuts.items()}
    assert cost[chosen.threshold] == pytest.approx(min(cost.values()))
    assert all(cost[cut] > cost[chosen.threshold] for cut in cuts if cut < chosen.threshold)


@some
@given(ranked=RANKED, beta=st.sampled_from([0.5, 1, 2]))
def test_f_beta_is_that_of_scikit_learn(ranked: Ranked, beta: float) -> None:
    labels = np.repeat([1, 0], [len(ranked.positive), len(ranked.negative)])
    scores = np.concatenate([ranked.positive, ranked.negative])

    def worth(cut: float) -> float:
        return float(fbeta_score(labels, scores >= cut, beta=beta))

    chosen = choose(ranked, f"fbeta:{beta}")
    assert worth(chosen.threshold) == pytest.approx(max(map(worth, scores)))


@some
@given(ranked=RANKED, least=st.integers(1, 10).map(lambda tenth: tenth / 10))
def test_a_wanted_precision_finds_as_much_as_can_be_or_offers_the_nearest(
    ranked: Ranked, least: float
) -> None:
    cuts = every_cut(ranked)
    good = [counts for counts in cuts.values() if counts.precision >= least]
    if good:
        chosen = choose(ranked, f"precision>={least}")
        assert cuts[chosen.threshold].precision >= least
        assert cuts[chosen.threshold].tp == max(counts.tp for counts in good)
        return
    with pytest.raises(Infeasible, match="no threshold reaches precision") as refused:
        choose(ranked, f"precision>={least}")
    nearest = cuts[refused.value.nearest.threshold]
    assert nearest.precision == max(counts.precision for counts in cuts.values())


@some
@given(ranked=RANKED, most=st.integers(0, 10).map(lambda tenth: tenth / 10))
def test_no_more_patches_are_called_than_asked_for_and_as_many_as_can_be(
    ranked: Ranked, most: float
) -> None:
    cuts = every_cut(ranked)
    share = {cut: (counts.tp + counts.fp) / counts.total for cut, counts in cuts.items()}
    if min(share.values()) > most:
        with pytest.raises(Infeasible) as refused:
            choose(ranked, f"calls<={most}")
        assert refused.value.nearest.threshold == max(cuts)
        return
    chosen = choose(ranked, f"calls<={most}")
    assert share[chosen.threshold] <= most
    assert all(share[cut] > most for cut in cuts if cut < chosen.threshold)


def test_a_rule_is_read_and_said() -> None:
    assert read_rule("cost:5").value == 5
    assert read_rule("precision>=0.8").kind == "precision"
    assert rule_words("sensitivity>=0.9") == "sensitivity ≥ 90 %"
    assert rule_words("calls<=0.2") == "at most 20 % of the patches predicted IDC"
    assert rule_words("f1") == "best F1"
    assert rule_words("by hand") == "set by hand"


@some
@given(ranked=RANKED, name=st.sampled_from(["f1", "youden"]))
def test_no_other_threshold_is_better_and_no_lower_one_as_good(ranked: Ranked, name: str) -> None:
    def worth(counts: Confusion) -> float:
        return counts.f1 if name == "f1" else counts.sensitivity + counts.specificity

    chosen = choose(ranked, name)
    cuts = every_cut(ranked)
    best = max(worth(counts) for counts in cuts.values())
    assert worth(cuts[chosen.threshold]) == pytest.approx(best)
    lower = [worth(counts) for threshold, counts in cuts.items() if threshold < chosen.threshold]
    assert all(value < best - 1e-13 for value in lower)


@some
@given(ranked=RANKED, least=st.integers(1, 10).map(lambda tenth: tenth / 10))
def test_a_wanted_sensitivity_is_reached_at_the_highest_threshold(
    ranked: Ranked, least: float
) -> None:
    chosen = choose(ranked, f"sensitivity>={least}")
    assert chosen.sensitivity >= least
    higher = [counts for cut, counts in every_cut(ranked).items() if cut > chosen.threshold]
    assert all(counts.sensitivity < least for counts in higher)


@some
@given(ranked=RANKED, least=st.integers(1, 10).map(lambda tenth: tenth / 10))
def test_a_wanted_specificity_is_reached_at_the_lowest_threshold_or_refused(
    ranked: Ranked, least: float
) -> None:
    cuts = every_cut(ranked)
    if not any(counts.specificity >= least for counts in cuts.values()):
        with pytest.raises(ValueError, match="no threshold reaches specificity"):
            choose(ranked, f"specificity>={least}")
        return
    chosen = choose(ranked, f"specificity>={least}")
    assert chosen.specificity >= least
    lower = [counts for cut, counts in cuts.items() if cut < chosen.threshold]
    assert all(counts.specificity < least for counts in lower)


@pytest.mark.parametrize("rule", RULES)
@some
@given(ranked=RANKED)
def test_a_choice_reaches_what_it_says(rule: str, ranked: Ranked) -> None:
    def one_patient(threshold: float) -> np.ndarray:
        counts = ranked.counts(threshold)
        return np.array([[counts.tn, counts.fp, counts.fn, counts.tp]])

    try:
        chosen = choose(ranked, rule, one_patient)
    except Infeasible:
        return
    counts = ranked.counts(chosen.threshold)
    assert chosen.rule == rule
    assert (chosen.sensitivity, chosen.specificity) == pytest.approx(
        (counts.sensitivity, counts.specificity)
    )


def test_the_default_is_one_of_the_rules() -> None:
    assert choose(Ranked([0, 1], [0.2, 0.8])).rule == DEFAULT_RULE
    assert DEFAULT_RULE in RULES


def test_equal_scores_leave_one_threshold_to_choose() -> None:
    assert choose(Ranked([0, 1, 1], [0.5] * 3), "youden").threshold == 0.5


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_is_refused(label: int) -> None:
    with pytest.raises(ValueError, match=r"both classes .*: found one class"):
        choose(Ranked([label] * 3, [0.1, 0.2, 0.3]))


@pytest.mark.parametrize(
    "rule",
    [
        "best",
        "sensitivity>=1.1",
        "sensitivity>0.9",
        "accuracy>=0.5",
        "cost:0",
        "cost:-1",
        "cost:inf",
        "cost:nan",
        "fbeta:",
        "calls<=1.5",
        "precision>=x",
        "precision>=nan",
    ],
)
def test_an_unknown_rule_is_refused_with_the_known_ones(rule: str) -> None:
    with pytest.raises(
        ValueError, match=r"expected (one of the rules f1, youden|a number|a share)"
    ):
        choose(Ranked([0, 1], [0.2, 0.8]), rule)


@pytest.mark.parametrize("rule", ["cost:0", "fbeta:0", "cost:1000000", "fbeta:9999999999"])
def test_a_weight_that_weighs_nothing_or_too_much_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="a number above 0"):
        choose(Ranked([0, 1], [0.2, 0.8]), rule)


@pytest.mark.parametrize(
    "rule", ["precision>=1.01", "calls<=20", "cost:-1", "cost:nan", "fbeta:", "calls<=1e-2", "f2"]
)
def test_a_number_that_cannot_be_meant_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="one of the rules f1, youden"):
        read_rule(rule)


def test_the_nearest_is_a_rule_of_its_own_that_chooses_the_same_again() -> None:
    ranked = Ranked([0, 1, 0, 1], [0.9, 0.8, 0.2, 0.6])
    with pytest.raises(
        Infeasible, match=r"The nearest, 0\.6, has a sensitivity of 100.0 %"
    ) as refused:
        choose(ranked, "precision>=0.8")
    nearest = refused.value.nearest
    assert nearest.rule == "nearest:precision>=0.8"
    assert (nearest.threshold, nearest.counts.precision) == (0.6, pytest.approx(2 / 3))
    assert choose(ranked, nearest.rule) == nearest
    assert choose(ranked, "nearest:precision>=0.6").threshold == 0.6


def test_nothing_may_be_called_is_never_reached() -> None:
    with pytest.raises(Infeasible):
        choose(Ranked([0, 1], [0.2, 0.8]), "calls<=0")


def test_a_share_as_written_is_not_missed_by_rounding() -> None:
    labels, scores = [1] * 10 + [0] * 10, [n / 20 for n in range(20)]
    for tenth in range(1, 11):
        ranked = Ranked(labels, scores[::-1])
        assert choose(ranked, f"sensitivity>={tenth / 10}").counts.tp == tenth
        assert choose(ranked, f"calls<={tenth / 10}").calls == tenth / 10
        assert choose(ranked, f"specificity>={tenth / 10}").counts.tn >= tenth


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("f1", "best F1"),
        ("cost:5", "one missed IDC patch weighs as much as 5 false alarms"),
        ("precision>=0.8", "precision ≥ 80 %"),
        ("calls<=0.125", "at most 12.5 % of the patches predicted IDC"),
        (
            "nearest:specificity>=0.999",
            "nearest to specificity ≥ 99.9 %",
        ),
        ("by hand", "set by hand"),
        ("not chosen: no validation split", "not chosen: no validation split"),
    ],
)
def test_a_rule_in_words(rule: str, words: str) -> None:
    assert rule_words(rule) == words
