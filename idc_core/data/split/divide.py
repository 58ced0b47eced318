"""Give every patch of an index its split, and set aside what stands in two."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from idc_core.data.split.recorded import recorded
from idc_core.data.split.splits import (
    AsTheyAre,
    FromFolders,
    SplitRule,
    patients_sharing_pixels,
    set_aside_augmented_copies,
    set_aside_shared_pixels,
    splits_of,
)
from idc_core.records.manifest import Split


@dataclass(frozen=True, slots=True)
class Divided:
    """The index with its split column; `splits`: patient → split, as asked for; `said`: where from;
    patches set aside as `copies` by augmentation, and for `shared` pixels."""

    index: pd.DataFrame
    splits: Mapping[str, str]
    said: Split
    copies: int
    shared: int


def divide(
    index: pd.DataFrame,
    blank: Collection[str],
    rule: SplitRule,
    folder_splits: Mapping[str, str] | None = None,
    together: Iterable[Collection[str]] = (),
) -> Divided:
    """The index (`store.INDEX_COLUMNS`, its split only under `AsTheyAre`) divided by a rule.

    `blank`: digests that say nothing where two patches share them. `folder_splits`: patient → split
    as the folders say. `together`: patients that a fresh split keeps in one, beside those that
    share pixels.
    """
    if isinstance(rule, AsTheyAre):
        index = index.copy()
        splits = dict(zip(index["patient"].astype(str), index["split"], strict=True))
    else:
        groups = [*patients_sharing_pixels(index, blank), *together]
        splits = (
            dict(folder_splits or {})
            if isinstance(rule, FromFolders)
            else splits_of(index, rule, groups)
        )
        index = index.assign(split=index["patient"].map(splits).astype("str"))
    asked = index["split"]
    index["split"] = set_aside_augmented_copies(index)
    with_originals = index["split"]
    index["split"] = set_aside_shared_pixels(index, blank)
    copies = int((asked != with_originals).sum())
    shared = int((with_originals != index["split"]).sum())
    return Divided(index, splits, recorded(rule, list(splits)), copies, shared)
