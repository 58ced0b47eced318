"""How far a patch lies from the labelled border, and what that makes of an error.

Labels are coarse outlines. An error beside the border is often the label's, one inside is the
model's, and one that stands alone is cheap to remove. All of this needs whole tissue: in a sample
of a slide neighbours are missing, not alike.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.places import place_of
from idc_core.data.slides import whole_patients
from idc_core.evaluate.spatial.neighbours import NONE, Neighbours, mean_of, neighbours_of
from idc_core.records.raster import USUAL

POSITIONS = ("border", "interior", "isolated")
BORDER = 1
"""Squares to the nearest patch of the other label that still count as the border."""


@dataclass(frozen=True)
class Places:
    """Where each of n patches lies.

    `whole` (n,) bool: the patient's tissue is whole. `border_distance` (n,): steps over exported
    neighbours to the nearest patch with the other label, 1 for one that touches it; `nan` where
    the patient is a sample or the piece of tissue has one label only.
    """

    neighbours: Neighbours
    whole: npt.NDArray[np.bool_]
    border_distance: npt.NDArray[np.float32]

    def part(self, kept: npt.NDArray[np.int64]) -> "Places":
        """The places of the `kept` rows alone, which are numbered anew; a neighbour that is not
        kept is none."""
        number = np.full(len(self.whole) + 1, NONE, np.int32)  # the last place: no neighbour
        number[kept] = np.arange(len(kept))
        return Places(number[self.neighbours[kept]], self.whole[kept], self.border_distance[kept])


def whole_of(
    rows: pd.DataFrame, known: Collection[str] | None, stride: int = USUAL.stride_px
) -> frozenset[str]:
    """The patients whose tissue is whole: those that a store names (`known`), or, where none is
    there to ask (None), those whose patches fill half of their neighbours' squares."""
    if known is not None:
        return frozenset(known)
    named = rows[place_of(rows)].assign(patient=rows["patient"].astype(str))
    return frozenset(whole_patients(named, None, stride))


def places(rows: pd.DataFrame, whole: Collection[str], stride: int = USUAL.stride_px) -> Places:
    """Where each row lies (columns `patient, x, y, label`) on a grid of `stride` pixels; `whole`:
    patients of whole tissue."""
    owner, patients = pd.factorize(rows["patient"])
    is_whole = np.array([str(patient) in whole for patient in patients], bool)
    of_whole = is_whole[owner] if len(rows) else np.zeros(0, bool)
    neighbours = neighbours_of(rows, stride)
    distance = _distance(neighbours, rows["label"].to_numpy())
    return Places(neighbours, of_whole, np.where(of_whole, distance, np.nan).astype(np.float32))


def error_kind(places: Places, outcome: npt.NDArray[np.str_]) -> npt.NDArray[np.str_]:
    """What kind of error each patch is, by its `outcome` (n,: tp, fn, fp, tn).

    `border`: within `BORDER` squares of the other label. `isolated`: no neighbour is the same kind
    of error. `interior`: the rest. Nothing for what is no error, `unknown` in a sample.
    """
    error = np.isin(outcome, ("fn", "fp"))
    near = places.neighbours
    same = (near != NONE) & (outcome[near] == outcome[:, None])
    kind = np.where(same.any(axis=1), "interior", "isolated")
    kind = np.where(places.border_distance <= BORDER, "border", kind)
    return np.where(error, np.where(places.whole, kind, "unknown"), "")


def isolation(places: Places, called: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """The share of a patch's neighbours that are not called as it is; `nan` without neighbours."""
    calls = np.asarray(called, np.float64)
    share = mean_of(places.neighbours, calls)
    return np.where(calls == 1, 1 - share, share).astype(np.float32)


def _distance(neighbours: Neighbours, label: npt.NDArray[np.int8]) -> npt.NDArray[np.float32]:
    """Breadth first, from the patches that touch the other label inwards."""
    distance = np.full(len(label), np.inf, np.float32)
    present = neighbours != NONE
    front = np.flatnonzero((present & (label[neighbours] != label[:, None])).any(axis=1))
    steps = 1
    while len(front):
        distance[front] = steps
        steps += 1
        reached = np.unique(neighbours[front])
        front = reached[(reached != NONE) & (distance[reached] > steps)]
    return np.where(np.isinf(distance), np.nan, distance).astype(np.float32)
