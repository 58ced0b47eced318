"""What must lie in one split: equal pixels, and augmented copies of a patient.

A fresh split keeps them together; of a split that somebody else made, what stands apart is set
aside. An index is the table of a patch store (`store.INDEX_COLUMNS`).
"""

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from idc_core.data.augmented import augmented_copies
from idc_core.data.split_names import SPLITS


def patients_sharing_pixels(index: pd.DataFrame, blank: Collection[str]) -> list[list[str]]:
    """Groups of patients joined by identical pixels (blank tiles do not join)."""
    twins = index[index["digest"].duplicated(keep=False) & ~index["digest"].isin(list(blank))]
    return [sorted(set(part["patient"])) for _, part in twins.groupby("digest", sort=True)]


def set_aside_shared_pixels(index: pd.DataFrame, blank: Collection[str]) -> pd.Series:
    """The split column, with copies of pixels that stand in two splits made "unused".

    The copy in the test split stays, else the one in the validation split: what is judged by stays,
    what is learned from gives way.
    """
    split = index["split"].copy()
    used = index[index["split"] != "unused"]
    for found, splits in in_two_splits(used["digest"], used["split"], except_for=blank).items():
        kept = _judged_by(splits)
        split[(index["digest"] == found) & (index["split"] != kept)] = "unused"
    return split


def set_aside_augmented_copies(index: pd.DataFrame) -> pd.Series:
    """The split column, with augmented copies that stand in another split than their original made
    "unused". Of copies whose original is in no split, those in the split that is judged by stay.
    """
    split = index["split"].copy()
    copies = augmented_copies(index)
    parted = parted_from(index[index["split"] != "unused"], copies)
    split_of = index.drop_duplicates("patient").set_index("patient")["split"]
    for original, splits in parted.items():
        own = str(split_of[original])
        kept = own if own in splits else _judged_by(splits)
        others = [copy for copy, of in copies.items() if of == original]
        split[index["patient"].isin(others) & (split != kept)] = "unused"
    return split


def _judged_by(splits: Collection[str]) -> str:
    """Of several splits the one whose patches are kept: what is learned from gives way."""
    return next(split for split in ("test", "validation", "train") if split in splits)


def parted_from(used: pd.DataFrame, copies: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Original → the splits of it and its augmented copies, where more than one."""
    if not copies:
        return {}
    mine = used[used["patient"].isin([*copies, *copies.values()])]
    return in_two_splits(mine["patient"].replace(dict(copies)), mine["split"])


def in_two_splits(
    key: "pd.Series[Any]", split: "pd.Series[Any]", except_for: Collection[str] = ()
) -> dict[str, tuple[str, ...]]:
    """Key (a patient, a digest) → its splits in their order, where more than one."""
    pairs = pd.DataFrame({"key": key, "split": split}).drop_duplicates()
    several = pairs[pairs["key"].duplicated(keep=False) & ~pairs["key"].isin(list(except_for))]
    return {
        str(name): tuple(sorted(part["split"], key=SPLITS.index))
        for name, part in several.groupby("key", sort=True)
    }
