"""The slides of the second demo: nine of eight patients, each about a square millimetre or two.

Three slides would be a patient a split: no interval is defined then. A test patient has two slides.
Lengths are in pixels of 4 µm; the slide itself has `close_up.MAGNIFIED` times as many.
"""

from dataclasses import dataclass

import numpy as np

from idc_core.demo.draw import Laid, Plan, lay_slide
from idc_core.demo.noise import Mask, field

SEED = 20_319
SQUARE = 8
"""A patch of the store."""
_SMALL, _LARGE = (256, 192), (384, 256)
_FOLD_WIDE = 6.0


@dataclass(frozen=True, slots=True)
class SlidePlan:
    """One slide and whose it is. `annotated`: share of its width that somebody looked at, from the
    left; `folded`: the section lies double along a line."""

    slide: str
    patient: str
    plan: Plan
    number: int
    annotated: float = 1.0
    folded: bool = False


def _planned(
    number: int,
    name: str,
    split: str,
    size: tuple[int, int],
    burden: float,
    nested: float,
    fat: float,
    stains: tuple[float, float],
    *,
    annotated: float = 1.0,
    folded: bool = False,
    spared: tuple[float, float, float] | None = None,
) -> SlidePlan:
    patient = name.rstrip("ab")
    vessels = size[0] * size[1] // 12_000
    plan = Plan(
        patient,
        split,
        *size,
        cover=0.46,
        burden=burden,
        nested=nested,
        fat=fat,
        confusers=1.0,
        haematoxylin=stains[0],
        eosin=stains[1],
        paleness=0.35,
        slack_px=16,
        vessels=vessels,
        spared=spared,
    )
    return SlidePlan(name, patient, plan, number, annotated, folded)


SLIDES = (
    _planned(1, "demo-s1", "train", _SMALL, 0.45, 0.80, 0.30, (1.05, 1.00)),
    _planned(2, "demo-s2", "train", _SMALL, 0.35, 0.70, 0.45, (0.90, 1.10)),
    _planned(3, "demo-s3", "train", _SMALL, 0.50, 0.75, 0.25, (1.15, 0.90)),
    _planned(4, "demo-s4", "validation", _SMALL, 0.40, 0.70, 0.35, (1.00, 1.05)),
    _planned(15, "demo-s5", "validation", _SMALL, 0.30, 0.90, 0.40, (1.10, 0.90)),
    _planned(
        *(6, "demo-s6a", "test", _LARGE, 0.40, 0.70, 0.30, (1.05, 1.05)), spared=(0.5, 0.5, 24)
    ),
    _planned(7, "demo-s6b", "test", _LARGE, 0.25, 0.65, 0.40, (1.05, 1.05), annotated=0.6),
    _planned(8, "demo-s7", "test", _LARGE, 0.35, 0.75, 0.35, (0.90, 0.95), folded=True),
    _planned(9, "demo-s8", "test", _LARGE, 0.15, 0.75, 0.45, (1.10, 1.10)),
)


def laid_out(slide: SlidePlan, seed: int = SEED) -> tuple[Laid, np.random.Generator]:
    """What is where on the slide, and the source of chance that its drawing goes on with."""
    rng = np.random.Generator(np.random.PCG64([seed, slide.number]))
    laid = lay_slide(slide.plan, rng, SQUARE)
    if slide.folded:
        twice = field(1 + 1.2 * fold_of(laid))
        laid.tissue.blue *= twice
        laid.tissue.pink *= twice
    return laid, rng


def fold_of(laid: Laid) -> Mask:
    """Where the section lies double: a band across it, away from its middle."""
    height, width = laid.present.shape
    y, x = field(np.arange(height))[:, None], field(np.arange(width))[None, :]
    apart = np.abs(x - 0.36 * width + 0.22 * (y - 0.5 * height))
    band: Mask = laid.present & (apart < _FOLD_WIDE) & (y > 0.3 * height)
    return band
