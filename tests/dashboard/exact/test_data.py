"""Data: patients, patches and IDC of each split."""

import numpy as np
import pytest
from scipy import stats

from tests import exact_world
from tests.dashboard.exact import network
from tests.dashboard.exact.reading import captions, datasets, holding, markdown, numbers, written


def test_data_counts_patients_patches_and_idc_of_each_split(page_at):
    page = page_at("data", 0.5)
    splits = page.at.dataframe[0].value
    assert splits.round(3).to_numpy().tolist() == [
        ["train", 2, 11, 4, 0.364],  # D C B B; C
        ["validation", 2, 15, 6, 0.4],
        ["test", 3, 40, 15, 0.375],
    ]
    said = [numbers(each) for each in markdown(page) if numbers(each)]
    assert [each[0] for each in said[:2]] == ["7", "66"]  # patients and patches compared
    # both of training are smaller than 3 by 3: samples
    assert numbers(holding(captions(page), "samples"))[:2] == ["7", "5"]


def _means(root, split):
    """Each patient's mean brightness."""
    light = {}
    for (patient, _, _), pixels in network.patches(root).items():
        if exact_world.PATIENTS[patient][0] == split:
            light.setdefault(patient, []).append(pixels.mean())
    return [np.mean(each) for each in light.values()]


@pytest.mark.parametrize("split", ["validation", "test"])
def test_a_split_differs_from_training_by_its_patients_means(page_at, exact_root, split):
    train, other = _means(exact_root, "train"), _means(exact_root, split)
    spread = np.std(train, ddof=1)
    apart = (np.mean(other) - np.mean(train)) / spread
    welch = stats.ttest_ind(other, train, equal_var=False).confidence_interval()
    (drawn,) = [
        each for some in datasets(page_at("data")).values() for each in some if "apart" in each
    ]
    found = drawn[drawn["measure"].str.startswith("brightness") & (drawn["split"] == split)]
    shown = found[["patients", "mean", "training mean", "apart", "low", "high"]].iloc[0]
    expected = [len(other), np.mean(other), np.mean(train), apart, *(np.array(welch) / spread)]
    assert shown.tolist() == pytest.approx(expected, rel=1e-3)


def test_a_clear_difference_is_told_with_its_ends(page_at, exact_root):
    said = holding(markdown(page_at("data")), "clear difference")
    train, other = _means(exact_root, "train"), _means(exact_root, "test")
    spread = np.std(train, ddof=1)
    welch = stats.ttest_ind(other, train, equal_var=False).confidence_interval()
    values = [(np.mean(other) - np.mean(train)) / spread, *(np.array(welch) / spread)]
    # brightness, saturation and haematoxylin: IDC is dark here, and test has more of the dark
    assert numbers(said)[0] == "3"
    assert written(values, "+.2f", " to ").replace("-", "−") in said
