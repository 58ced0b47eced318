"""What is said of the scores themselves."""

import numpy as np
import pandas as pd
import pytest

from idc_core.evaluate.evaluation import UNCHOSEN, operating_point
from idc_core.importing.warn_scores import calls, chance, confidences
from idc_core.runs.run import open_run


def table(lift, each=40, patients=25, seed=0):
    rng = np.random.default_rng(seed)
    label = rng.random(patients * each) < 0.35
    score = np.clip(rng.normal(0.4 + lift * label, 0.15), 0, 1)
    who = np.repeat([f"p{at:02}" for at in range(patients)], each)
    return pd.DataFrame({"patient": who, "label": label.astype(int), "score": score})


def test_shuffled_scores_cannot_be_told_from_chance():
    rows = table(0.3)
    assert chance(rows) is None
    shuffled = rows.assign(score=np.random.default_rng(1).permutation(rows["score"]))
    said = chance(shuffled)
    assert "cannot be told from chance: ROC-AUC 0." in said
    assert "holds 0.5" in said


@pytest.mark.parametrize("lift", [-0.3, 0.1])
def test_scores_that_rank_either_way_are_not_chance(lift):
    assert chance(table(lift)) is None


@pytest.mark.parametrize("lift", [-0.03, 0.03])
def test_a_weak_model_on_many_patients_is_not_called_chance(lift):
    assert chance(table(lift, each=200, patients=60)) is None


def test_a_good_model_on_two_patients_is_not_called_chance():
    assert chance(table(0.2, each=10, patients=2)) is None


def test_one_class_says_nothing_of_chance():
    assert chance(table(0.3).assign(label=0)) is None


def test_scores_none_of_which_is_below_a_half_look_like_confidences():
    rows = table(0.3)
    assert confidences(rows) is None
    assert "--score-scale confidence" in confidences(rows.assign(score=rows["score"] / 2 + 0.5))
    assert confidences(rows.assign(score=1.0)) is None
    assert confidences(rows.head(10).assign(score=0.7)) is None


def test_calls_are_said_to_be_calls():
    rows = table(0.3)
    assert calls(rows) is None
    assert "calls, 0 or 1" in calls(rows.assign(score=(rows["score"] > 0.5) * 1.0))


def test_no_threshold_is_chosen_on_calls(tmp_path):
    rows = table(0.3)
    rows = rows.assign(score=(rows["score"] > 0.5) * 1.0, split="validation")
    (tmp_path / "run.json").write_text("{}")
    point = operating_point(open_run(tmp_path), rows, rule="sensitivity>=0.9")
    assert point.rule == "not chosen: the scores are the model's own predictions of the class"
    assert point.threshold == UNCHOSEN
    assert not (tmp_path / "operating_points.jsonl").exists()
