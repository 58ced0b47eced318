"""The simulated folds: who is called by which network, at which threshold."""

import numpy as np
import pytest

from benchmarks.coverage import of_folds
from benchmarks.coverage.populations import BINS


def histograms(idc, rest):
    bins = np.zeros((1, 2 * BINS))
    for at, count in idc.items():
        bins[0, at] = count
    for at, count in rest.items():
        bins[0, BINS + at] = count
    return bins


def test_the_cut_with_the_best_f1_is_found():
    # From bin 20 on: 9 of 10 found, 1 false alarm; from 10 on: 10 found, 5 false alarms.
    bins = histograms({10: 1, 20: 9}, {5: 50, 12: 4, 30: 1})
    assert of_folds.best_cut(bins) in range(13, 21)
    # Without these false alarms the lower cut is the better one.
    assert of_folds.best_cut(histograms({10: 1, 20: 9}, {5: 50, 30: 1})) in range(6, 11)


def test_every_patch_is_called_once_and_by_the_network_of_its_fold(monkeypatch):
    seen = []
    scored = of_folds.Tissue.scored

    def noted(tissue, rng, network):
        seen.append((len(tissue.idc), *network))
        return scored(tissue, rng, network)

    monkeypatch.setattr(of_folds.Tissue, "scored", noted)
    rng, again = np.random.default_rng(3), np.random.default_rng(3)
    called = of_folds.of_folds(rng, 23, (0.5, 0.2))
    tissue = of_folds.drawn(again, 23)
    assert called.sum(axis=1).tolist() == (tissue.idc + tissue.rest).tolist()
    assert (called[:, 2] + called[:, 3]).tolist() == tissue.idc.tolist()
    chose, judged = seen[::2], seen[1::2]
    assert sum(patients for patients, *_ in judged) == 23
    assert [network for _, *network in chose] == [network for _, *network in judged]
    assert len({tuple(network) for _, *network in judged}) == of_folds.FOLDS


def test_the_truth_is_one_for_all_sizes_where_thresholds_are_chosen_as_well(monkeypatch):
    monkeypatch.setattr(of_folds, "FOR_TRUTH", 10_000)
    rng = np.random.default_rng(1)
    few, many = (of_folds.truth(rng, patients, (0.0, 0.0)) for patients in (100, 251))
    assert few["sensitivity"] == pytest.approx(many["sensitivity"], abs=0.03)
    assert few["f1"] == pytest.approx(many["f1"], abs=0.02)
