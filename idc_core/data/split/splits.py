"""Which patient stands in which split: made, read, and checked.

Conventions:

- A split belongs to a patient, never to a patch: patches of one patient look alike, and a model
  that has seen some of them is not being tested by the rest.
- The splits are `SPLITS`; "unused" is no split: its patches are neither trained on nor tested.
- Burden is the share of a patient's patches that hold IDC.
- An index is the table of a patch store (`store.INDEX_COLUMNS`).
"""

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from idc_core.data.augmented import augmented_copies, groups_of
from idc_core.data.slides import whole_patients
from idc_core.data.split.given_split import GivenSplit, read_given_split
from idc_core.data.split.match import by_patient, match, refuse_lost_class
from idc_core.data.split.same_split import (
    in_two_splits,
    parted_from,
    patients_sharing_pixels,
    set_aside_augmented_copies,
    set_aside_shared_pixels,
)
from idc_core.data.split_names import SPLITS, USED_SPLITS, refuse_patients_in_two_splits
from idc_core.io.refusal import Refusal

__all__ = [
    "SPLITS",
    "USED_SPLITS",
    "AsTheyAre",
    "ByPatient",
    "FromFolders",
    "GivenSplit",
    "SplitAudit",
    "SplitRule",
    "audit",
    "patients_sharing_pixels",
    "read_given_split",
    "refuse_leaks",
    "set_aside_augmented_copies",
    "set_aside_shared_pixels",
    "split_by_patient",
    "splits_of",
]


@dataclass(frozen=True, slots=True)
class ByPatient:
    """A fresh split of the patients, stratified by burden."""

    fractions: tuple[float, float, float] = (0.70, 0.15, 0.15)
    seed: int = 0

    def __post_init__(self) -> None:
        good = len(self.fractions) == 3 and all(0 <= part <= 1 for part in self.fractions)
        if not good or abs(sum(self.fractions) - 1) > 1e-6 or self.fractions[0] == 0:
            found = ", ".join(f"{part:g}" for part in self.fractions)
            raise Refusal(
                "expected three fractions for train, validation and test that add up to 1, "
                f"like 0.7, 0.15, 0.15: found {found}."
            )
        if self.seed < 0:
            raise Refusal(f"expected a seed from 0 on for the split: found {self.seed}.")


@dataclass(frozen=True, slots=True)
class FromFolders:
    """The split that the folders of the source say, in any of the words of `splits.WORDS`."""


@dataclass(frozen=True, slots=True)
class AsTheyAre:
    """The splits that the patches have already, in the stores that are joined."""


SplitRule = ByPatient | GivenSplit | FromFolders | AsTheyAre


@dataclass(frozen=True, slots=True)
class SplitAudit:
    """What a split holds and whether it leaks. `leaks`: patient → its splits, where more than one;
    `shared`: digest of non-blank pixels → their splits, where more than one; `parted`: patient →
    the splits of it and its augmented copies, where more than one; `copies`: copy → its
    original."""

    patients: Mapping[str, int]
    patches: Mapping[str, int]
    positives: Mapping[str, int]
    leaks: Mapping[str, tuple[str, ...]]
    shared: Mapping[str, tuple[str, ...]]
    parted: Mapping[str, tuple[str, ...]]
    copies: Mapping[str, str]

    @property
    def is_clean(self) -> bool:
        return not self.leaks and not self.shared and not self.parted


def split_by_patient(
    index: pd.DataFrame,
    *,
    fractions: tuple[float, float, float] = (0.70, 0.15, 0.15),
    seed: int = 0,
    together: Iterable[Collection[str]] = (),
) -> dict[str, str]:
    """Give every patient of the index a split: patient → "train", "validation" or "test".

    Patients are put in order of burden (whole ones first, so that every split gets some), and each
    split's share is drawn evenly along that order: the splits' burdens agree, and the same seed
    gives the same split. Patients named `together` (they share pixels) go to one split, as
    augmented copies go with their originals.
    """
    rule = ByPatient(fractions, seed)
    rng = np.random.default_rng(rule.seed)
    groups = _groups(index, [*together, *groups_of(augmented_copies(index))])
    size = index["patient"].value_counts().to_dict()
    positive = index.loc[index["label"] == 1, "patient"].value_counts().to_dict()
    whole = set(whole_patients(index))

    def place_in_order(group: list[str]) -> tuple[bool, float, float]:
        burden = sum(positive.get(one, 0) for one in group) / sum(size[one] for one in group)
        return not whole & set(group), burden, rng.random()

    order = sorted(groups, key=place_in_order)
    counts = _apportion(len(order), rule.fractions)
    # One place in each of n equal steps of [0, 1): every split is spread over the whole order.
    places = [
        (float(place), split)
        for split, count in zip(USED_SPLITS, counts, strict=True)
        for place in (np.arange(count) + rng.random(count)) / max(count, 1)
    ]
    splits = [split for _, split in sorted(places)]
    return {patient: split for group, split in zip(order, splits, strict=True) for patient in group}


def splits_of(
    index: pd.DataFrame, rule: ByPatient | GivenSplit, together: Iterable[Collection[str]] = ()
) -> dict[str, str]:
    """Patient → split under a rule; patients that a given split does not name, nor a slide of
    theirs, are "unused"."""
    if isinstance(rule, ByPatient):
        return split_by_patient(index, fractions=rule.fractions, seed=rule.seed, together=together)
    rule = by_patient(rule, index)
    splits = match(rule, index["patient"].unique().tolist()).splits
    refuse_lost_class(rule, index, splits)
    return splits


def audit(index: pd.DataFrame, blank: Collection[str] = ()) -> SplitAudit:
    """Count each split's patients and patches, and look for what is in two of them.

    `blank`: digests that are exempt, because two blank tiles are equal without being copies.
    """
    by_split = index.groupby("split", sort=False)
    used = index[index["split"] != "unused"]
    copies = augmented_copies(index)
    return SplitAudit(
        patients=_per_split(by_split["patient"].nunique()),
        patches=_per_split(by_split.size()),
        positives=_per_split((index["label"] == 1).groupby(index["split"]).sum()),
        leaks=in_two_splits(used["patient"], used["split"]),
        shared=in_two_splits(used["digest"], used["split"], except_for=blank),
        parted=parted_from(used, copies),
        copies=copies,
    )


def refuse_leaks(index: pd.DataFrame) -> None:
    """Raise `Refusal`, naming the patient, where one stands in two splits, itself or as a copy."""
    used = index[index["split"] != "unused"]
    refuse_patients_in_two_splits(in_two_splits(used["patient"], used["split"]), "this split")
    copies = augmented_copies(index)
    if parted := parted_from(used, copies):
        patient = min(parted)
        named = ", ".join(copy for copy, original in copies.items() if original == patient)
        raise Refusal(
            f"expected augmented copies in the split of their original: {patient} and its copies "
            f"({named[:100]}) stand in {' and '.join(parted[patient])}. Prepare the store again."
        )


def _per_split(counts: "pd.Series[Any]") -> dict[str, int]:
    return {split: int(counts.get(split, 0)) for split in SPLITS}


def _groups(index: pd.DataFrame, together: Iterable[Collection[str]]) -> list[list[str]]:
    """All patients, those that belong together (also through a third) in one group; sorted."""
    leader: dict[Hashable, str] = {patient: patient for patient in index["patient"].unique()}

    def find(patient: str) -> str:
        while leader[patient] != patient:
            patient = leader[patient]
        return patient

    for joined in together:
        first, *others = sorted(joined)
        for other in others:
            roots = sorted((find(first), find(other)))
            leader[roots[1]] = roots[0]
    members: dict[str, list[str]] = {}
    for patient in sorted(str(name) for name in leader):
        members.setdefault(find(patient), []).append(patient)
    return list(members.values())


def _apportion(total: int, fractions: tuple[float, float, float]) -> list[int]:
    """Whole numbers near `fractions × total` that add up; no asked split is empty if there are
    patients enough, and train comes first if there are not.

    >>> _apportion(251, (0.7, 0.15, 0.15)), _apportion(3, (0.7, 0.15, 0.15))
    ([176, 38, 37], [1, 1, 1])
    """
    exact = [total * part for part in fractions]
    counts = [int(part) for part in exact]
    by_rest = sorted(range(3), key=lambda split: (counts[split] - exact[split], split))
    for split in by_rest[: total - sum(counts)]:
        counts[split] += 1
    for split in range(3):
        largest = counts.index(max(counts))
        if counts[split] == 0 and fractions[split] > 0 and counts[largest] > 1:
            counts[split] += 1
            counts[largest] -= 1
    return counts
