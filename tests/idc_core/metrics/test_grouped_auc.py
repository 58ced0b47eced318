"""The areas of many patients at once are those of each alone, to the last digit."""

import numpy as np

from idc_core.metrics.curves import Ranked
from idc_core.metrics.grouped_auc import roc_aucs


def test_each_group_has_the_area_that_it_has_alone():
    draw = np.random.default_rng(5)
    sizes = draw.integers(1, 40, 200)
    owner = np.repeat(np.arange(200), sizes)
    labels = (draw.random(len(owner)) < 0.4).astype(np.int8)
    scores = np.round(np.clip(0.3 * labels + 0.7 * draw.random(len(owner)), 0, 1), 2)
    alone = [Ranked(labels[owner == at], scores[owner == at]).roc_auc for at in range(200)]
    shuffled = draw.permutation(len(owner))
    found = roc_aucs(owner[shuffled], labels[shuffled], scores[shuffled], 200)
    assert np.array_equal(found, alone, equal_nan=True)
    assert 5 < np.isnan(found).sum() < 100
    assert len(set(found.tolist())) > 80


def test_no_group_and_no_patch_is_no_error():
    none = np.zeros(0)
    assert roc_aucs(none.astype(np.int64), none.astype(np.int8), none, 0).tolist() == []
