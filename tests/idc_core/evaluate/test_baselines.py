"""Trivial baselines: on a world where colour says all, and where it says nothing."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score

from idc_core.evaluate import baselines
from idc_core.evaluate.slices.pixels import MEASURES
from idc_core.io.refusal import Refusal


def world(effect: float, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    count = 1200
    label = rng.integers(0, 2, count).astype(np.int8)
    index = pd.DataFrame(
        {
            "patient": [f"p{at % 24:02d}" for at in range(count)],
            "x": np.arange(count),
            "y": 1,
            "label": label,
            "split": ["train" if at % 24 < 16 else "validation" for at in range(count)],
        }
    )
    measures = index[["patient", "x", "y", "split"]].copy()
    for name in MEASURES:
        measures[name] = rng.normal(0, 1, count)
    measures["haematoxylin"] += effect * label
    return index, measures


def test_prevalence_says_the_training_share_and_ranks_nothing() -> None:
    index, _ = world(0)
    found = baselines.prevalence(index)
    train = index["split"] == "train"
    assert np.unique(found.scores) == pytest.approx(index.loc[train, "label"].mean())
    assert baselines.roc_auc(index, found.scores, "validation").value == 0.5


def test_colour_finds_what_colour_tells_and_nothing_where_it_tells_nothing() -> None:
    for effect, low, high in ((0.0, 0.4, 0.6), (3.0, 0.95, 1.0)):
        index, measures = world(effect)
        area = baselines.roc_auc(index, baselines.colour(index, measures).scores, "validation")
        assert low < area.value < high


def test_colour_agrees_with_scikit_learn() -> None:
    index, measures = world(1.0)
    found = baselines.colour(index, measures).scores
    train = (index["split"] == "train").to_numpy()
    z = measures[list(MEASURES)].to_numpy()
    z = np.clip((z - z[train].mean(0)) / z[train].std(0), -5, 5)
    design = np.hstack([z, z**2])
    referee = LogisticRegression(C=np.inf, max_iter=1000, tol=1e-10)
    referee.fit(design[train], index["label"][train])
    assert found == pytest.approx(referee.predict_proba(design)[:, 1], abs=1e-5)
    own = ~train
    label = index["label"][own]
    assert baselines.roc_auc(index, found, "validation").value == pytest.approx(
        roc_auc_score(label, found[own])
    )
    assert baselines.loss(index, found, "validation") == pytest.approx(log_loss(label, found[own]))


def test_the_labels_of_validation_are_not_looked_at() -> None:
    index, measures = world(1.0)
    turned = index.copy()
    own = turned["split"] == "validation"
    turned.loc[own, "label"] = 1 - turned.loc[own, "label"]
    before, after = (baselines.colour(table, measures).scores for table in (index, turned))
    assert np.array_equal(before, after)


def test_measures_of_other_patches_are_refused() -> None:
    index, measures = world(1.0)
    with pytest.raises(Refusal, match="of others"):
        baselines.colour(index, measures.assign(x=0))


def test_one_class_is_refused() -> None:
    index, measures = world(1.0)
    index.loc[index["split"] == "train", "label"] = 1
    for make in (lambda: baselines.prevalence(index), lambda: baselines.colour(index, measures)):
        with pytest.raises(Refusal, match="one kind is missing"):
            make()
