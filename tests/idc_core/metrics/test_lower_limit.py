"""The threshold whose sensitivity holds even at the lower end of its interval."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idc_core.metrics import lower_limit
from idc_core.metrics.curves import Ranked
from idc_core.metrics.operating_point import Infeasible, choose, rule_words
from idc_core.metrics.uncertainty import PatientJackknife
from idc_core.runs.patient_counts import by_patient


def drawn(patients=25, patches=60, seed=0, digits=None):
    rng = np.random.default_rng(seed)
    owner = np.repeat(np.arange(patients), patches)
    labels = (rng.random(len(owner)) < 0.4).astype(np.int8)
    odds = 2.5 * labels - 1 + rng.normal(0, 0.7, patients)[owner] + rng.normal(0, 1, len(owner))
    scores = 1 / (1 + np.exp(-odds))
    rows = pd.DataFrame(
        {
            "patient": [f"p{one:03}" for one in owner],
            "label": labels,
            "score": scores if digits is None else scores.round(digits),
        }
    )
    counted = by_patient(rows)
    return Ranked(rows["label"], rows["score"]), counted.at


def limit_at(counts_at, threshold):
    counts = counts_at(threshold)
    return PatientJackknife(len(counts)).of_rates(counts, ("sensitivity",))["sensitivity"].low


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 50), share=st.sampled_from([0.5, 0.6, 0.7]))
def test_it_is_the_highest_of_all_scores_that_reaches_it(seed, share):
    ranked, counts_at = drawn(patients=12, patches=25, seed=seed)
    chosen = choose(ranked, f"sensitivity_low>={share}", counts_at)
    reach = [cut for cut in ranked.positive if limit_at(counts_at, float(cut)) >= share]
    assert chosen.threshold == max(reach)


def test_many_scores_are_searched_by_halves_and_the_next_one_fails(monkeypatch):
    ranked, counts_at = drawn(patches=120)
    whole = choose(ranked, "sensitivity_low>=0.85", counts_at).threshold
    asked = []
    monkeypatch.setattr(lower_limit, "STEPS", 20)
    coarse = choose(ranked, "sensitivity_low>=0.85", lambda t: asked.append(t) or counts_at(t))
    assert coarse.threshold == whole
    assert len(asked) < 35
    above = ranked.positive[ranked.positive > whole][0]
    assert limit_at(counts_at, whole) >= 0.85 > limit_at(counts_at, float(above))


def test_it_finds_more_than_the_rule_that_asks_for_the_share_itself():
    ranked, counts_at = drawn()
    surely = choose(ranked, "sensitivity_low>=0.85", counts_at)
    just = choose(ranked, "sensitivity>=0.85")
    assert surely.threshold < just.threshold
    assert surely.sensitivity > just.sensitivity
    assert limit_at(counts_at, just.threshold) < 0.85 <= limit_at(counts_at, surely.threshold)


def test_tied_scores_are_called_together():
    ranked, counts_at = drawn(digits=1)
    chosen = choose(ranked, "sensitivity_low>=0.85", counts_at)
    assert chosen.threshold in set(ranked.positive)
    assert limit_at(counts_at, chosen.threshold) >= 0.85


def test_where_too_few_patients_came_the_nearest_is_named_with_its_limit():
    ranked, counts_at = drawn(patients=4)
    with pytest.raises(Infeasible, match=r"Its lower limit is [\d.]+ %") as far:
        choose(ranked, "sensitivity_low>=0.99", counts_at)
    assert far.value.nearest.rule == "nearest:sensitivity_low>=0.99"
    again = choose(ranked, "nearest:sensitivity_low>=0.99", counts_at)
    assert again == far.value.nearest


def test_without_patients_it_is_refused_in_words():
    ranked, _ = drawn()
    with pytest.raises(ValueError, match="whose each patch is"):
        choose(ranked, "sensitivity_low>=0.9")


def test_it_is_said_in_words():
    said = "lower 95 % limit of sensitivity ≥ 92.5 %"
    assert rule_words("sensitivity_low>=0.925") == said
