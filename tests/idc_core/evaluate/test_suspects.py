"""Which labels networks doubt that never saw the patient."""

import numpy as np
import pandas as pd

from idc_core.evaluate.suspects import outside, suspicion


def test_suspicion_is_what_the_network_gives_the_other_label():
    assert np.allclose(suspicion([1, 1, 0, 0], [0.1, 0.9, 0.1, 0.9]), [0.9, 0.1, 0.1, 0.9])


def test_turning_labels_and_scores_around_changes_nothing():
    random = np.random.default_rng(0)
    label, score = random.integers(0, 2, 50), random.random(50)
    assert np.allclose(suspicion(label, score), suspicion(1 - label, 1 - score), atol=1e-6)


def test_a_patch_without_a_score_is_not_suspected():
    assert np.isnan(suspicion([1], [np.nan])).all()


def test_scores_are_found_by_patient_and_place_in_any_order():
    rows = pd.DataFrame({"patient": pd.Categorical(["a", "b", "a"]), "x": [1, 1, 51], "y": 1})
    folds = pd.DataFrame({"patient": ["a", "a"], "x": [51, 1], "y": 1, "score": [0.2, 0.7]})
    found = outside(rows, folds)
    assert np.allclose(found[[0, 2]], [0.7, 0.2])
    assert np.isnan(found[1])
