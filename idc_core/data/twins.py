"""Patches whose pixels another one has too."""

from collections.abc import Collection

import pandas as pd

from idc_core.data.images import is_blank
from idc_core.data.stores.pixels import PatchRows
from idc_core.io.safe_csv import safe_csv


def duplicates_csv(index: pd.DataFrame, blank: Collection[str]) -> str:
    """All of an index, by digest, with the labels; `blank`: digests of what shows nothing."""
    twins = index[index["digest"].duplicated(keep=False)].sort_values(["digest", "file"])
    rows = (
        (row.digest, int(row.digest in blank), row.file, row.patient, row.label, row.split)
        for row in twins.itertuples()
    )
    return safe_csv(("digest", "blank", "file", "patient", "label", "split"), rows)


def blank_twins(index: pd.DataFrame, patches: PatchRows) -> frozenset[str]:
    """Digests that several patches share only because they show nothing."""
    twins = index[index["digest"].duplicated(keep=False)].drop_duplicates("digest")
    places = zip(twins.index, twins["digest"], twins["height"], twins["width"], strict=True)
    return frozenset(
        str(found)
        for row, found, height, width in places
        if is_blank(patches[row][:height, :width])
    )
