"""The outlines of a synthetic slide, as a pathologist would leave them in QuPath.

They follow what was drawn about as closely as a hand does: the tumour strays from them.
"""

import json

import numpy as np
from shapely import Polygon, get_parts

from idc_core.annotations.pixels import outlines
from idc_core.demo.close_up import MAGNIFIED
from idc_core.demo.draw import Laid
from idc_core.demo.noise import Mask, field, magnified
from idc_core.demo.slide_plans import SlidePlan, fold_of

CLASSES = "pattern,class\nTumor,positive\nRegion\\*,roi\nIgnore\\*,exclude\n"
"""QuPath's own names of classes, and what they mean."""

_FINER = 2
"""Pixels of the outline's mask to one of 4 µm."""
_LOOSE = 1.6
"""Pixels of the mask that a drawn line may be off."""
_LEAST = 400
"""Pixels of the mask: nobody outlines less (0.0016 mm²)."""


def geojson(slide: SlidePlan, laid: Laid) -> str:
    """What QuPath exports: regions of interest, tumour, and what is to be ignored."""
    height, width = laid.present.shape
    seen: Mask = np.broadcast_to(np.arange(width) < slide.annotated * width, (height, width))
    inside = magnified(laid.hills, _FINER) > laid.level
    present = _larger(laid.present)
    found = [("Region*", present & _larger(seen)), ("Tumor", inside & present & _larger(seen))]
    if slide.folded:
        found.append(("Ignore*", _larger(fold_of(laid))))
    features = [_feature(name, shape) for name, mask in found for shape in _polygons(mask)]
    return json.dumps({"type": "FeatureCollection", "features": features}, indent=1) + "\n"


def _larger(mask: Mask) -> Mask:
    larger: Mask = magnified(field(mask), _FINER) > 0.5
    return larger


def _polygons(mask: Mask) -> list[Polygon]:
    """Around what is there, and around its holes, in pixels of the mask; the largest first."""
    if not mask.any():
        return []
    shapes = get_parts(outlines(mask.astype(np.uint8), "a synthetic slide", skip=0)[1])
    drawn = [_without_specks(each.simplify(_LOOSE)) for each in shapes if each.area >= _LEAST]
    return sorted(drawn, key=lambda each: -each.area)


def _without_specks(shape: Polygon) -> Polygon:
    holes = [ring for ring in shape.interiors if Polygon(ring).area >= _LEAST]
    return Polygon(shape.exterior, holes)


def _feature(name: str, shape: Polygon) -> dict[str, object]:
    rings = [shape.exterior, *shape.interiors]
    scale = MAGNIFIED // _FINER
    places = [[[int(x * scale), int(y * scale)] for x, y in ring.coords] for ring in rings]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": places},
        "properties": {"objectType": "annotation", "classification": {"name": name}},
    }
