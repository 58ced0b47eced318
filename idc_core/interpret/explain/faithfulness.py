"""Does the map point at what the network uses? Take it away, put it back, and compare with chance.

Deletion and insertion after Petsiuk, Das & Saenko 2018 (BMVC, arXiv 1806.07421). Cells are taken in
the order in which the map says they speak for the call; random orders of the same cells are the
measure, since taking away anything at all changes a score.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idc_core.interpret.explain.evidence import Map, gathered, spread
from idc_core.interpret.explain.fills import Fill, filled
from idc_core.interpret.explain.occlusion import Logits

GRID = 10
"""Cells a side in which patches are taken away: coarse enough for chance to be a fair rival."""

STEPS = 20
ORDERS = 20
"""Random orders; beating all of them has a probability of 1 in 21 by chance."""

Curve = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curves:
    """Logit against the share taken away (or put back), 0 to 1, and what it says.

    `by_map` is (steps,), `by_chance` (orders, steps). `towards` is 1 where the patch is predicted
    IDC and its evidence for IDC goes first, -1 where it is predicted no IDC and the evidence
    against does.
    """

    shares: Curve
    by_map: Curve
    by_chance: Curve
    towards: int

    @property
    def area(self) -> float:
        """Mean logit along the map's curve, towards the call."""
        return self.towards * float(self.by_map.mean())

    @property
    def chance_areas(self) -> Curve:
        """The same of each random order."""
        found: Curve = self.towards * self.by_chance.mean(axis=1)
        return found


@dataclass(frozen=True, slots=True)
class Check:
    """Both curves of one map."""

    deletion: Curves
    insertion: Curves

    @property
    def deletion_wins(self) -> int:
        """Random orders under which the call held longer than under the map's; more is better."""
        return int((self.deletion.area < self.deletion.chance_areas).sum())

    @property
    def insertion_wins(self) -> int:
        """Random orders under which the call came back later than under the map's."""
        return int((self.insertion.area > self.insertion.chance_areas).sum())


def checks(
    logits: Logits,
    patch: npt.NDArray[np.uint8],
    maps: Sequence[Map],
    *,
    called_idc: bool,
    fill: Fill = "blurred",
    orders: int = ORDERS,
    seed: int = 0,
) -> list[Check]:
    """Deletion and insertion curves of signed maps (h, w) of one patch (side, side, 3).

    All are measured against the same random orders: 2 × (maps + orders) × 21 scorings.
    """
    random = np.random.default_rng(seed)
    towards = 1 if called_idc else -1
    chance = [random.permutation(GRID * GRID) for _ in range(orders)]
    ranked = [_order(towards * gathered(each, GRID).ravel(), random) for each in maps]
    empty, shares = filled(patch, fill), np.linspace(0, 1, STEPS + 1)

    def walked(start: npt.NDArray[np.uint8], end: npt.NDArray[np.uint8]) -> list[Curves]:
        walks = np.stack([_walk(start, end, order, shares) for order in [*chance, *ranked]])
        found = logits(walks.reshape(-1, *patch.shape)).astype(np.float64)
        by_order = found.reshape(len(walks), -1)
        return [Curves(shares, ours, by_order[:orders], towards) for ours in by_order[orders:]]

    pairs = zip(walked(patch, empty), walked(empty, patch), strict=True)
    return [Check(deletion, insertion) for deletion, insertion in pairs]


def _order(value: Map, random: np.random.Generator) -> npt.NDArray[np.int64]:
    """Cells by falling value; equal ones in a random order, so that their place decides nothing."""
    found: npt.NDArray[np.int64] = np.lexsort((random.random(value.size), -value))
    return found


def _walk(
    start: npt.NDArray[np.uint8],
    end: npt.NDArray[np.uint8],
    order: npt.NDArray[np.int64],
    shares: Curve,
) -> npt.NDArray[np.uint8]:
    """`start` becoming `end` cell by cell in this order, (steps, side, side, 3)."""
    rank = np.empty(order.size, np.float32)
    rank[order] = np.arange(order.size)
    side = int(np.sqrt(order.size))
    turn = spread(rank.reshape(side, side), len(start))
    gone = turn[None] < np.rint(shares * order.size)[:, None, None]
    return np.where(gone[..., None], end[None], start[None]).astype(np.uint8)
