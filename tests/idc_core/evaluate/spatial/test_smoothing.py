"""Scores that listen to their neighbours, and what that changes."""

import numpy as np
import pandas as pd
import pytest

from idc_core.evaluate.spatial.borders import places
from idc_core.evaluate.spatial.effect import effect_of
from idc_core.evaluate.spatial.neighbours import neighbours_of
from idc_core.evaluate.spatial.smoothing import choose, smoothed


def noisy(seed, patients=6, side=12):
    """Slides whose left half is tumour; scores are noisy, so neighbours help."""
    random = np.random.default_rng(seed)
    column, row = (each.ravel() for each in np.meshgrid(np.arange(side), np.arange(side)))
    label = np.tile((column < side // 2).astype(np.int8), patients)
    score = np.clip(0.35 + 0.3 * label + random.normal(0, 0.3, len(label)), 0, 1)
    return pd.DataFrame(
        {
            "patient": np.repeat([f"p{at}" for at in range(patients)], side**2),
            "x": np.tile(50 * column + 1, patients),
            "y": np.tile(50 * row + 1, patients),
            "label": label,
            "score": score.astype(np.float32),
        }
    )


def test_by_hand():
    rows = pd.DataFrame({"patient": "p", "x": [1, 51, 101], "y": 1})
    found = smoothed([0.0, 1.0, 0.0], neighbours_of(rows), 0.5)
    assert found.tolist() == [0.5, 0.5, 0.5]


def test_a_strength_of_nought_changes_nothing_and_a_lonely_patch_keeps_its_score():
    rows = pd.DataFrame({"patient": "p", "x": [1, 51, 501], "y": 1})
    score = np.float32([0.2, 0.9, 0.4])
    assert smoothed(score, neighbours_of(rows), 0).tolist() == score.tolist()
    assert smoothed(score, neighbours_of(rows), 1)[2] == score[2]


def test_scores_stay_probabilities():
    rows = noisy(0)
    found = smoothed(rows["score"], neighbours_of(rows), 0.9)
    assert found.min() >= 0
    assert found.max() <= 1


@pytest.mark.parametrize("strength", [-0.1, 1.1])
def test_other_strengths_are_refused(strength):
    with pytest.raises(ValueError, match="from 0 to 1"):
        smoothed([0.5], np.full((1, 8), -1, np.int32), strength)


def test_noise_is_smoothed_away_and_none_is_chosen_where_it_harms():
    rows = noisy(1)
    chosen = choose(rows["label"], rows["score"], neighbours_of(rows))
    assert chosen.strength > 0.3
    assert chosen.areas[chosen.strength] == max(chosen.areas.values())
    exact = rows["label"].to_numpy(np.float32)
    assert choose(rows["label"], exact, neighbours_of(rows)).strength == 0


def test_one_class_cannot_choose():
    with pytest.raises(ValueError, match="both classes"):
        choose([1, 1], [0.1, 0.9], np.full((2, 8), -1, np.int32))


def test_every_metric_is_compared_with_an_interval():
    validation, test = noisy(2), noisy(3, patients=8)
    of = [(rows, places(rows, set(rows["patient"]))) for rows in (validation, test)]
    found = effect_of(*of[0], *of[1], rule="f1")
    assert set(found.figures) == {
        "sensitivity",
        "specificity",
        "precision",
        "f1",
        "balanced_accuracy",
        "roc_auc",
        "regions_found",
        "false_alarm_regions",
    }
    gain = found.figures["roc_auc"].difference
    assert 0 < gain.low < gain.value < gain.high
    areas = found.figures["false_alarm_regions"]
    assert areas.difference.value == pytest.approx(areas.b.value - areas.a.value)
    assert (found.patches, found.patients) == (len(test), 8)


def test_judged_patches_do_not_choose():
    validation, test = noisy(2), noisy(3, patients=8)
    of = [(rows, places(rows, set(rows["patient"]))) for rows in (validation, test)]
    turned = test.assign(label=1 - test["label"])
    other = effect_of(*of[0], turned, places(turned, set(turned["patient"])), rule="f1")
    same = effect_of(*of[0], *of[1], rule="f1")
    assert other.chosen == same.chosen
    assert other.thresholds == same.thresholds
