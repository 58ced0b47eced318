"""Who owns a place that regions of several roles cover: the class that is stated, or the smaller
region."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from idc_core.annotations.classes import Role
from idc_core.annotations.gathered import plain
from idc_core.annotations.region import Region, Shape
from idc_core.annotations.shapes import polygons_of, united

_TOUCH = 1e-9
"""Share of the smaller region: regions that share an edge overlap by rounding only."""

CONTESTED = (Role.POSITIVE, Role.NEGATIVE)
"""Roles that exclude each other; a region of interest lies over both, exclusion over all."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Role → all that it covers; positive and negative do not overlap any more. `conflicts`: pairs
    of a positive and a negative region that did; `contested`: their area in px²."""

    shapes: Mapping[Role, Shape]
    conflicts: int
    contested: float


def settle(
    regions: Sequence[Region], roles: Mapping[str, Role], priority: Sequence[str] = ()
) -> Settled:
    """Give every place to one role. Regions are `areas.solid`; `roles` from `ClassMap.roles`.

    Of two that overlap the class named earlier in `priority` has the place; any named one before
    those that are not; of two that are not, or of one class, the smaller region. Names are compared
    in any case; those of classes that are not there are passed over.
    """
    order = {plain(name).casefold(): at for at, name in reversed(list(enumerate(priority)))}

    def rank(region: Region) -> tuple[int, float]:
        return order.get(region.class_name.casefold(), len(priority)), region.shape.area

    ranked = sorted(regions, key=rank)
    pairs, contested = _conflicts(ranked, roles)
    over: dict[int, list[Shape]] = defaultdict(list)
    for upper, lower in pairs:
        over[lower].append(ranked[upper].shape)
    parts: dict[Role, list[Shape]] = defaultdict(list)
    for at, region in enumerate(ranked):
        shape: Shape | None = region.shape
        if at in over:
            shape = polygons_of(shapely.difference(region.shape, shapely.union_all(over[at])))
        if shape is not None:
            parts[roles[region.class_name]].append(shape)
    shapes = {role: united(parts[role]) for role in Role}
    return Settled(shapes, len(pairs), contested)


def _conflicts(
    ranked: Sequence[Region], roles: Mapping[str, Role]
) -> tuple[list[tuple[int, int]], float]:
    """Pairs (upper, lower) of a positive and a negative region that overlap, and their area."""
    role = [roles[region.class_name] for region in ranked]
    sides = [
        np.array([at for at, each in enumerate(role) if each is wanted], np.int64)
        for wanted in CONTESTED
    ]
    if not all(map(len, sides)):
        return [], 0.0
    shapes = np.array([region.shape for region in ranked], object)
    tree = shapely.STRtree(shapes[sides[1]])
    one, other = tree.query(shapes[sides[0]], predicate="intersects")
    positive, negative = sides[0][one], sides[1][other]
    common = shapely.area(shapely.intersection(shapes[positive], shapes[negative]))
    smaller = np.minimum(shapely.area(shapes[positive]), shapely.area(shapes[negative]))
    real = common > _TOUCH * smaller
    first, second = np.minimum(positive, negative)[real], np.maximum(positive, negative)[real]
    pairs = list(zip(first.tolist(), second.tolist(), strict=True))
    return pairs, float(common[real].sum())
