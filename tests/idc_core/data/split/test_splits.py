"""A split is made of patients, is the same for the same seed, and has no leaks."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idc_core.data.split.splits import (
    USED_SPLITS,
    ByPatient,
    GivenSplit,
    audit,
    patients_sharing_pixels,
    refuse_leaks,
    set_aside_augmented_copies,
    set_aside_shared_pixels,
    split_by_patient,
    splits_of,
)
from idc_core.io.refusal import Refusal


def index_of(burdens, patches=10):
    """Patients "p0", "p1", …, each with `patches` patches, a share `burden` of them positive."""
    rows = [
        {
            "patient": f"p{number}",
            "x": 1 + 500 * nth,
            "y": 1,
            "label": int(nth < round(burden * patches)),
            "digest": f"{number}-{nth}",
        }
        for number, burden in enumerate(burdens)
        for nth in range(patches)
    ]
    return pd.DataFrame(rows)


def counts(splits):
    return [list(splits.values()).count(split) for split in USED_SPLITS]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.integers(0, 5))
def test_every_patient_gets_one_side_and_the_counts_are_asked_for(burdens, seed):
    splits = split_by_patient(index_of(burdens), seed=seed)
    assert set(splits) == {f"p{number}" for number in range(len(burdens))}
    train, validation, test = counts(splits)
    assert abs(train - 0.70 * len(burdens)) <= 2
    assert min(validation, test) >= (1 if len(burdens) >= 3 else 0)


def test_the_same_seed_gives_the_same_split_whatever_the_order_of_rows():
    index = index_of(np.linspace(0, 1, 40))
    shuffled = index.sample(frac=1, random_state=1)
    assert split_by_patient(index, seed=3) == split_by_patient(shuffled, seed=3)
    assert split_by_patient(index, seed=3) != split_by_patient(index, seed=4)


def test_every_side_has_about_the_same_burden():
    burdens = np.random.default_rng(0).beta(0.8, 2, 100)
    index = index_of(burdens, patches=50)
    for seed in range(10):
        splits = split_by_patient(index, seed=seed)
        means = index.groupby(index["patient"].map(splits))["label"].mean()
        assert means.max() - means.min() < 0.08


def test_every_side_gets_whole_patients():
    index = index_of(np.linspace(0, 1, 50), patches=25)
    whole = {f"p{number}" for number in range(0, 50, 4)}
    nth = np.arange(len(index)) % 25
    dense = index["patient"].isin(whole)
    index["x"] = np.where(dense, 1 + 50 * (nth % 5), index["x"])
    index["y"] = np.where(dense, 1 + 50 * (nth // 5), index["y"])
    for seed in range(10):
        splits = split_by_patient(index, seed=seed)
        assert {splits[patient] for patient in whole} == set(USED_SPLITS)


def test_patients_that_share_pixels_go_together_through_a_third():
    index = index_of(np.linspace(0, 1, 12))
    chain = [["p0", "p11"], ["p11", "p5"], ["p3", "p4"]]
    for seed in range(20):
        splits = split_by_patient(index, seed=seed, together=chain)
        assert len({splits[one] for one in ("p0", "p5", "p11")}) == 1
        assert splits["p3"] == splits["p4"]


@pytest.mark.parametrize("fractions", [(0.5, 0.5, 0.5), (0, 0.5, 0.5), (1.2, -0.1, -0.1)])
def test_fractions_that_do_not_add_up_are_refused(fractions):
    with pytest.raises(Refusal, match="three fractions"):
        ByPatient(fractions)


def test_patients_that_a_given_split_does_not_name_are_unused():
    rule = GivenSplit({"p0": "train", "p2": "test", "else": "train"}, "split.csv")
    assert splits_of(index_of([0, 1, 0.5]), rule) == {"p0": "train", "p1": "unused", "p2": "test"}


def test_a_split_of_other_patients_is_refused():
    with pytest.raises(Refusal, match="names none of them"):
        splits_of(index_of([0, 1]), GivenSplit({"8863": "train"}, "split.csv"))


def test_a_planted_leak_is_found_and_refused():
    index = index_of([0, 1, 0.5])
    index["split"] = index["patient"].map({"p0": "train", "p1": "test", "p2": "unused"})
    assert audit(index).is_clean
    refuse_leaks(index)
    index.loc[0, "split"] = "unused"
    refuse_leaks(index)
    index.loc[0, "split"] = "test"
    assert audit(index).leaks == {"p0": ("train", "test")}
    with pytest.raises(Refusal, match="patient p0 stands in train and test"):
        refuse_leaks(index)


def test_an_audit_counts_patients_patches_and_positives():
    index = index_of([0, 1, 0.5])
    index["split"] = index["patient"].map({"p0": "train", "p1": "test", "p2": "test"})
    found = audit(index)
    assert found.patients == {"train": 1, "validation": 0, "test": 2, "unused": 0}
    assert found.patches == {"train": 10, "validation": 0, "test": 20, "unused": 0}
    assert found.positives == {"train": 0, "validation": 0, "test": 15, "unused": 0}


def test_pixels_on_two_sides_are_set_aside_and_the_judged_copy_stays():
    index = index_of([0, 1, 0.5])
    index["split"] = index["patient"].map({"p0": "train", "p1": "validation", "p2": "test"})
    index.loc[[0, 10, 20], "digest"] = "same"
    index.loc[[1, 11], "digest"] = "blank"
    assert audit(index, blank=["blank"]).shared == {"same": ("train", "validation", "test")}
    assert patients_sharing_pixels(index, ["blank"]) == [["p0", "p1", "p2"]]
    index["split"] = set_aside_shared_pixels(index, ["blank"])
    assert list(index.loc[[0, 10, 20, 1, 11], "split"]) == [
        "unused",
        "unused",
        "test",
        "train",
        "validation",
    ]
    assert audit(index, blank=["blank"]).is_clean


def test_copies_within_one_side_stay():
    index = index_of([0, 1])
    index["split"] = "train"
    index.loc[[0, 10], "digest"] = "same"
    assert set(set_aside_shared_pixels(index, [])) == {"train"}


def with_copies(burdens, *names):
    """The patients of `index_of`, and copies of p0 under other names."""
    index = index_of(burdens)
    first = index[index["patient"] == "p0"]
    copies = [first.assign(patient=name, digest=name + first["digest"]) for name in names]
    return pd.concat([index, *copies], ignore_index=True)


def test_augmented_copies_go_with_their_original_in_every_fresh_split():
    index = with_copies(np.linspace(0, 1, 20), "aug_0_p0", "p0_flip", "rot90_p0")
    for seed in range(20):
        splits = split_by_patient(index, seed=seed)
        assert {splits[copy] for copy in ("aug_0_p0", "p0_flip", "rot90_p0")} == {splits["p0"]}


def test_an_augmented_copy_on_another_side_is_no_clean_split():
    index = with_copies([0, 1, 0.5], "p0_flip")
    index["split"] = index["patient"].map(
        {"p0": "test", "p0_flip": "train", "p1": "train", "p2": "validation"}
    )
    found = audit(index)
    assert (found.parted, found.copies) == ({"p0": ("train", "test")}, {"p0_flip": "p0"})
    assert not found.leaks
    assert not found.shared
    assert not found.is_clean
    with pytest.raises(Refusal, match=r"p0 and its copies \(p0_flip\) stand in train and test"):
        refuse_leaks(index)


def test_the_copy_is_set_aside_and_the_original_stays_where_the_split_put_it():
    index = with_copies([0, 1], "p0_flip", "p0_aug")
    splits = {"p0": "train", "p0_flip": "test", "p0_aug": "train", "p1": "test"}
    index["split"] = index["patient"].map(splits)
    index["split"] = set_aside_augmented_copies(index)
    kept = index.groupby("patient")["split"].unique().map(list).to_dict()
    assert kept == {"p0": ["train"], "p0_flip": ["unused"], "p0_aug": ["train"], "p1": ["test"]}
    assert audit(index).is_clean


def test_of_copies_whose_original_is_on_no_side_the_judged_ones_stay():
    index = with_copies([0, 1], "p0_flip", "p0_aug")
    splits = {"p0": "unused", "p0_flip": "train", "p0_aug": "test", "p1": "test"}
    index["split"] = index["patient"].map(splits)
    kept = index.assign(split=set_aside_augmented_copies(index))
    assert set(kept.loc[kept["patient"] == "p0_flip", "split"]) == {"unused"}
    assert set(kept.loc[kept["patient"] == "p0_aug", "split"]) == {"test"}
    assert audit(kept).is_clean


def test_the_real_patients_split_evenly(real_root):
    index = pd.read_csv(real_root / "idc_index.csv", dtype={"patient": str})
    splits = split_by_patient(index)
    assert counts(splits) == [176, 38, 37]
    burden = index.groupby(["patient"])["label"].mean()
    means = burden.groupby(splits).mean()
    assert means.max() - means.min() < 0.05
    whole = set(index.loc[index["whole_patient"] == 1, "patient"])
    assert {splits[patient] for patient in whole} == set(USED_SPLITS)
