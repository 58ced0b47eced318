"""The area of every resample of patients equals the naive one."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from benchmarks.shared.resampled import auc_between_patients, roc_auc_resampled
from idc_core.metrics.uncertainty import PatientJackknife

PATIENTS = 7
Patches = tuple[np.ndarray, np.ndarray, np.ndarray]


@pytest.fixture(scope="module")
def patches() -> Patches:
    """Owner, label and score of patches in no order, with ties; patient 0 has no IDC."""
    rng = np.random.default_rng(7)
    owner, labels, scores = (rng.integers(0, most, 200) for most in (PATIENTS, 2, 11))
    return owner, labels * (owner > 0), scores / 10


def test_wins_between_patients_equal_a_count_of_pairs(patches: Patches) -> None:
    owner, labels, scores = patches
    found = auc_between_patients(owner, labels, scores, PATIENTS)
    for i in range(PATIENTS):
        for j in range(PATIENTS):
            idc = scores[(owner == i) & (labels == 1)][:, None]
            other = scores[(owner == j) & (labels == 0)][None]
            assert found[i, j] == np.sum(idc > other) + np.sum(idc == other) / 2


def test_the_roc_area_of_every_resample_equals_scikit_learn(patches: Patches) -> None:
    owner, labels, scores = patches
    jackknife = PatientJackknife(PATIENTS, resamples=60, seed=3)
    idc, others = (np.bincount(owner, labels == each, PATIENTS) for each in (1, 0))
    wins = auc_between_patients(owner, labels, scores, PATIENTS)
    expected = [roc_auc_score(labels, scores, sample_weight=w[owner]) for w in jackknife.weights]
    found = roc_auc_resampled(jackknife, wins, idc, others)
    np.testing.assert_allclose(found, expected, atol=1e-12)
