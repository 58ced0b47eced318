"""Areas instead of squares: which labelled tumour areas are found, and what is called for nothing.

A region is a set of patches that touch, corners included (8-connected). Whole slides only. Labels
are square masks of coarse outlines, so a region's rim is worth little and its being found is worth
more.

- A labelled region is hit if at least a share `HIT` of its squares is called, and never less than
  one square: with `HIT` 0 one called square is enough, as in CAMELYON16 (Ehteshami Bejnordi et al.
  2017, 10.1001/jama.2017.14585).
- A called region is a false alarm if none of its squares is labelled IDC.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from idc_core.data.places import place_of, slide_numbers
from idc_core.evaluate.spatial.borders import Places
from idc_core.evaluate.spatial.neighbours import NONE, Neighbours
from idc_core.metrics.froc import Froc

HITS = {"one": 0.0, "quarter": 0.25, "half": 0.5}
"""Shares of a labelled region that may be asked for; `one`: a single square of it."""

OUTSIDE = -1


@dataclass(frozen=True)
class Regions:
    """Regions of the patches of a split at one threshold.

    `labelled`: one row a labelled region: patient, squares, called (squares), hit, x, y (of its
    most doubtful or best square). `false_alarms`: one row a called region without label: patient,
    squares, score (its highest), x, y.
    """

    labelled: pd.DataFrame
    false_alarms: pd.DataFrame
    slides: int


def components(neighbours: Neighbours, member: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """The number of each patch's region, from 0; `OUTSIDE` for those that are no `member` (n,)."""
    found = np.full(len(member), OUTSIDE, np.int64)
    inside = np.flatnonzero(member)
    if not len(inside):
        return found
    near = neighbours[inside]
    edge = (near != NONE) & member[near]
    start = np.repeat(inside, edge.sum(axis=1))
    graph = coo_array((np.ones(len(start), np.int8), (start, near[edge])), shape=(len(member),) * 2)
    _, number = connected_components(graph, directed=False)
    found[inside] = np.unique(number[inside], return_inverse=True)[1]
    return found


def regions(rows: pd.DataFrame, where: Places, threshold: float, hit: float = 0.0) -> Regions:
    """The regions of whole slides at a threshold; `rows` as `places` was made from."""
    score = rows["score"].to_numpy(np.float64)
    label = rows["label"].to_numpy() == 1
    called = score >= threshold
    labelled = components(where.neighbours, label & where.whole)
    alarms = components(where.neighbours, called & where.whole)
    return Regions(
        _labelled(rows, labelled, called, score, hit),
        _false_alarms(rows, alarms, label, score),
        slide_numbers(rows[where.whole])[1],
    )


def froc(rows: pd.DataFrame, where: Places, thresholds: npt.ArrayLike, hit: float = 0.0) -> Froc:
    """Regions found against false-alarm regions a slide, at falling thresholds.

    Called regions grow together as the threshold falls, so they are found anew at each.
    """
    whole = np.flatnonzero(where.whole)
    own, near = rows.iloc[whole], where.part(whole).neighbours
    owner, patients = pd.factorize(own["patient"])
    label = own["label"].to_numpy() == 1
    score = own["score"].to_numpy(np.float64)
    region = components(near, label)
    used = np.sort(np.asarray(thresholds, np.float64))[::-1]
    total = _by_patient(owner[_first(region)], len(patients))
    hits = np.zeros((len(used), len(patients)))
    alarms = np.zeros((len(used), len(patients)))
    for nth, threshold in enumerate(used):
        called = score >= threshold
        hits[nth] = _by_patient(owner[_first(region)][_hit(region, called, hit)], len(patients))
        found = components(near, called)
        false = ~_any(found, label)
        alarms[nth] = _by_patient(owner[_first(found)][false], len(patients))
    return Froc(used, hits, alarms, total, _slides(own, owner, len(patients)))


def _labelled(
    rows: pd.DataFrame,
    region: npt.NDArray[np.int64],
    called: npt.NDArray[np.bool_],
    score: npt.NDArray[np.float64],
    hit: float,
) -> pd.DataFrame:
    inside = np.flatnonzero(region != OUTSIDE)
    table = rows.iloc[inside][place_of(rows)].assign(
        region=region[inside], called=called[inside], score=score[inside]
    )
    # The square to look at: the one the model is surest of, in a hit the surest miss.
    table = table.sort_values(["region", "called", "score"], ascending=[True, True, False])
    grouped = table.groupby("region", sort=True)
    found = grouped[place_of(rows)].first()
    found["squares"] = grouped.size()
    found["called"] = grouped["called"].sum().astype(int)
    found["score"] = grouped["score"].max()
    found["hit"] = _hit(region, called, hit)
    return found.reset_index(drop=True)


def _false_alarms(
    rows: pd.DataFrame,
    region: npt.NDArray[np.int64],
    label: npt.NDArray[np.bool_],
    score: npt.NDArray[np.float64],
) -> pd.DataFrame:
    inside = np.flatnonzero(region != OUTSIDE)
    table = rows.iloc[inside][place_of(rows)].assign(region=region[inside], score=score[inside])
    grouped = table.sort_values(["region", "score"], ascending=[True, False]).groupby("region")
    found = grouped[[*place_of(rows), "score"]].first()
    found["squares"] = grouped.size()
    return found[~_any(region, label)].reset_index(drop=True)


def _hit(
    region: npt.NDArray[np.int64], called: npt.NDArray[np.bool_], share: float
) -> npt.NDArray[np.bool_]:
    """Which regions have enough called squares."""
    inside = region != OUTSIDE
    size = np.bincount(region[inside])
    found = np.bincount(region[inside & called], minlength=len(size))
    enough: npt.NDArray[np.bool_] = (found >= 1) & (found >= share * size)
    return enough


def _any(region: npt.NDArray[np.int64], flag: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which regions hold a flagged square."""
    inside = region != OUTSIDE
    count = int(region.max(initial=OUTSIDE)) + 1
    return np.bincount(region[inside & flag], minlength=count) > 0


def _first(region: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The first row of each region."""
    inside = np.flatnonzero(region != OUTSIDE)
    return inside[np.unique(region[inside], return_index=True)[1]]


def _slides(
    rows: pd.DataFrame, owner: npt.NDArray[np.int64], patients: int
) -> npt.NDArray[np.float64]:
    """How many slides each patient has."""
    number, many = slide_numbers(rows)
    of_slide = np.zeros(many, np.int64)
    of_slide[number] = owner
    return _by_patient(of_slide, patients)


def _by_patient(owner: npt.NDArray[np.int64], patients: int) -> npt.NDArray[np.float64]:
    return np.bincount(owner, minlength=patients).astype(np.float64)
