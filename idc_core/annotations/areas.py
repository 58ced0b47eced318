"""The area of each class: negative regions cut out of their layer, overlaps counted once."""

from collections import defaultdict
from dataclasses import replace

import shapely

from idc_core.annotations.region import Annotations, Region, Shape
from idc_core.annotations.shapes import polygons_of, united


def solid(annotations: Annotations) -> tuple[Region, ...]:
    """The regions that are left once every negative one is cut out of its own layer."""
    drawn = [region for region in annotations.regions if not region.negative]
    cuts = [region for region in annotations.regions if region.negative]
    if not cuts:
        return tuple(drawn)
    tree = shapely.STRtree([region.shape for region in cuts])
    met, by = tree.query([region.shape for region in drawn], predicate="intersects")
    holes: dict[int, list[Shape]] = defaultdict(list)
    for at, cut in zip(met.tolist(), by.tolist(), strict=True):
        if drawn[at].layer == cuts[cut].layer:
            holes[at].append(cuts[cut].shape)
    left = [
        (region, polygons_of(shapely.difference(region.shape, shapely.union_all(holes[at]))))
        if at in holes
        else (region, region.shape)
        for at, region in enumerate(drawn)
    ]
    return tuple(replace(region, shape=shape) for region, shape in left if shape is not None)


def by_class(annotations: Annotations) -> dict[str, Shape]:
    """Class → all that it covers."""
    shapes: dict[str, list[Shape]] = defaultdict(list)
    for region in solid(annotations):
        shapes[region.class_name].append(region.shape)
    return {name: united(found) for name, found in shapes.items()}


def areas(annotations: Annotations) -> dict[str, float]:
    """Class → area in squares of the frame's unit (px², nm²); where classes overlap, in both."""
    return {name: shape.area for name, shape in by_class(annotations).items()}
