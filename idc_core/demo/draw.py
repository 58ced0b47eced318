"""The sixteen synthetic patients: their slides, their labels and their patches.

How hard they are is set by three numbers, `CONFUSERS`, `PALENESS` and `SLACK_PX`; after a change
the pinned digest of the tests, `data/demo` and `models/demo` are rebuilt.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idc_core.demo.noise import Field, Mask, Shape, between, field, fractal_noise, smooth_noise
from idc_core.demo.tissue import (
    Fibres,
    Tissue,
    gather_lymphocytes,
    grow_fat,
    idc_hills,
    invade,
    lay_fibres,
    lie_of_tissue,
    place_ducts,
    place_lobules,
    place_vessels,
    spare,
    stroma,
)
from idc_core.records.raster import USUAL

Image = npt.NDArray[np.uint8]  # (height, width, 3), RGB

CONFUSERS = 1.0
"""How much harmless tissue looks like tumour: lymphocytes, lobules, inflamed stroma."""
PALENESS = 0.6
"""How much of the tumour is thin and pale: 0 none, 1 nearly all."""
SLACK_PX = 40
"""How far the tumour strays from its drawn outline, about, in pixels."""

SEED = 20_261
LEAST_TISSUE = 0.12
"""A square of the grid with less tissue was not exported."""
INSIDE_OUTLINE = 0.8
"""A patch is IDC where this share of it lies within the outline."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is wanted of one patient's slide."""

    patient: str
    split: str
    width: int
    height: int
    cover: float
    burden: float
    nested: float
    fat: float
    confusers: float
    haematoxylin: float
    eosin: float
    centre: tuple[float, float] = (0.5, 0.5)
    paleness: float = PALENESS
    slack_px: float = SLACK_PX
    vessels: int = 26
    spared: tuple[float, float, float] | None = None
    """A place (x, y) in [0, 1] within the tumour that it leaves free, and its radius in pixels."""


# Widths and heights that 50 does not divide give edge patches where the tissue reaches the border.
PLANS = (
    Plan("demo-01", "train", 1200, 1050, 0.52, 0.42, 0.85, 0.30, 0.8, 1.05, 0.95),
    Plan("demo-02", "train", 1130, 1000, 0.48, 0.22, 0.50, 0.55, 1.2, 0.80, 1.10, (0.66, 0.5)),
    Plan("demo-03", "train", 1350, 1120, 0.50, 0.62, 0.60, 0.20, 0.6, 1.20, 0.85, (0.5, 0.62)),
    Plan("demo-04", "train", 1000, 1000, 0.42, 0.08, 0.70, 0.70, 1.4, 1.00, 1.20),
    Plan("demo-05", "train", 1250, 1100, 0.50, 0.33, 0.35, 0.35, 1.0, 0.75, 0.80),
    Plan("demo-06", "train", 1150, 1215, 0.50, 0.78, 0.75, 0.10, 0.7, 1.15, 1.05, (0.5, 0.66)),
    Plan("demo-07", "train", 1300, 1000, 0.46, 0.15, 0.45, 0.45, 1.6, 0.95, 0.75),
    Plan("demo-08", "train", 1100, 1150, 0.55, 0.50, 0.55, 0.25, 0.9, 0.85, 0.95),
    Plan("demo-09", "validation", 1217, 1050, 0.50, 0.30, 0.55, 0.40, 1.1, 0.95, 1.10, (0.68, 0.5)),
    Plan("demo-10", "validation", 1250, 1050, 0.52, 0.48, 0.40, 0.30, 0.9, 0.82, 0.85),
    Plan("demo-11", "validation", 1050, 1000, 0.45, 0.12, 0.70, 0.60, 1.3, 1.15, 0.95),
    Plan("demo-12", "test", 1350, 1150, 0.50, 0.37, 0.65, 0.35, 1.0, 1.10, 1.05),
    Plan("demo-13", "test", 1280, 1150, 0.52, 0.55, 0.40, 0.25, 0.8, 0.78, 0.90, (0.64, 0.5)),
    Plan("demo-14", "test", 1300, 1108, 0.48, 0.18, 0.55, 0.50, 1.4, 0.90, 1.15, (0.5, 0.62)),
    Plan("demo-15", "test", 1000, 900, 0.44, 0.00, 0.50, 0.55, 1.5, 1.00, 0.90),
    Plan("demo-16", "test", 1200, 1150, 0.52, 0.29, 0.80, 0.30, 1.2, 1.18, 0.80),
)


@dataclass(frozen=True, slots=True)
class DrawnPatient:
    """All patches of one patient, in the order of y, then x; edge patches at their true size."""

    patient: str
    split: str
    patches: tuple[Image, ...]
    x: npt.NDArray[np.int32]
    y: npt.NDArray[np.int32]
    label: npt.NDArray[np.int8]


def draw_patients(seed: int = SEED, plans: tuple[Plan, ...] = PLANS) -> Iterator[DrawnPatient]:
    """Draw the patients one after another (about a second each)."""
    for plan in plans:
        yield draw_patient(plan, seed)


def draw_patient(plan: Plan, seed: int = SEED) -> DrawnPatient:
    """Draw one patient; the same plan and seed give the same bytes, whoever else is drawn."""
    number = int(plan.patient.rpartition("-")[2])
    rng = np.random.Generator(np.random.PCG64([seed, number]))
    image, present, inside = draw_slide(plan, rng)
    squares = _squares((plan.height, plan.width))
    tissue = [square for square in squares if present[square].mean() >= LEAST_TISSUE]
    return DrawnPatient(
        patient=plan.patient,
        split=plan.split,
        patches=tuple(np.ascontiguousarray(image[square]) for square in tissue),
        x=np.array([column.start + 1 for _, column in tissue], dtype=np.int32),
        y=np.array([row.start + 1 for row, _ in tissue], dtype=np.int32),
        label=np.array([inside[square].mean() >= INSIDE_OUTLINE for square in tissue], np.int8),
    )


@dataclass(frozen=True, slots=True)
class Laid:
    """A slide before it is stained. `present`: where its tissue is; `inside`: what the outline of
    IDC encloses, where `hills` lie above `level`."""

    tissue: Tissue
    fibres: Fibres
    present: Mask
    hills: Field
    level: float

    @property
    def inside(self) -> Mask:
        mask: Mask = self.hills > self.level
        return mask


def draw_slide(plan: Plan, rng: np.random.Generator) -> tuple[Image, Mask, Mask]:
    """The slide as an image, where its tissue is, and what the outline of IDC encloses."""
    laid = lay_slide(plan, rng)
    return _stained(rng, laid.tissue, plan), laid.present, laid.inside


def lay_slide(plan: Plan, rng: np.random.Generator, square: int = USUAL.patch_px) -> Laid:
    """What is where on the slide; the burden is counted in squares of `square` pixels."""
    shape = (plan.height, plan.width)
    confusers = plan.confusers * CONFUSERS
    present = lie_of_tissue(rng, shape, plan.centre, plan.cover)
    hills = idc_hills(rng, shape, plan.centre)
    if plan.spared:
        hills = spare(hills, plan.spared)
    level = _outline_level(hills, present, plan.burden, square)

    fibres = lay_fibres(rng, shape)
    tissue = stroma(rng, shape, fibres, inflamed=min(1.0, 0.6 * confusers))
    # The hills fall by about 1 in 130 pixels.
    strays = plan.slack_px / 130 * fractal_noise(rng, shape, 55, 25)
    invasion = field(np.clip((hills + strays - level) * 7 + 0.5, 0, 1))
    elsewhere: Mask = present & (invasion < 0.1)
    area = int(elsewhere.sum()) / 400_000

    thin = 1 - plan.paleness * between(rng, 0.5, 1.0)
    vigour = np.clip(thin + 0.5 * plan.paleness * smooth_noise(rng, shape, 140), 0.05, 1)
    invade(rng, tissue, invasion, plan.nested, field(vigour))
    wanted = (smooth_noise(rng, shape, 150) + (plan.fat - 0.5) * 2.4) * 1.4
    grow_fat(rng, tissue, field(np.clip(wanted, 0.02, 0.97) * (1 - 0.93 * invasion)), 16.0)
    place_vessels(rng, tissue, present, plan.vessels)
    place_ducts(rng, tissue, elsewhere, int(22 * area))
    place_lobules(rng, tissue, elsewhere, int(13 * confusers * area))
    gather_lymphocytes(rng, tissue, elsewhere, int(13 * confusers * area))
    tissue.empty[~present] = 1
    return Laid(tissue, fibres, present, hills, level)


def _outline_level(hills: Field, present: Mask, burden: float, side: int) -> float:
    """The height of the outline that makes the share `burden` of the exported patches IDC."""
    reached = []
    for square in _squares((hills.shape[0], hills.shape[1]), side):
        if present[square].mean() >= LEAST_TISSUE:
            heights = np.sort(hills[square], axis=None)
            reached.append(heights[len(heights) - int(np.ceil(INSIDE_OUTLINE * len(heights)))])
    wanted = round(burden * len(reached))
    ranked = np.sort(reached)[::-1]
    return float(ranked[wanted]) if wanted else float(hills.max()) + 10


def _squares(shape: Shape, side: int = USUAL.patch_px) -> list[tuple[slice, slice]]:
    """Every square of the grid, by y, then x; narrower in the last row and column."""
    return [
        (slice(top, min(top + side, shape[0])), slice(left, min(left + side, shape[1])))
        for top in range(0, shape[0], side)
        for left in range(0, shape[1], side)
    ]


def _nuclei(rng: np.random.Generator, tissue: Tissue) -> Field:
    """How dark nuclei make each pixel, in [0, 1]."""
    shape, step = tissue.crowding.shape, 4.0
    rows, columns = int(shape[0] / step), int(shape[1] / step)
    draws = rng.random((7, rows, columns), dtype=np.float32)
    chance, away_y, away_x, grow, dark, flat, lean = draws
    y = (field(np.arange(rows))[:, None] + 0.1 + 0.8 * away_y) * step
    x = (field(np.arange(columns))[None, :] + 0.1 + 0.8 * away_x) * step
    at_y, at_x = y.astype(np.int64), x.astype(np.int64)
    taken = chance < tissue.crowding[at_y, at_x]
    y, x, at_y, at_x = y[taken], x[taken], at_y[taken], at_x[taken]
    swelling = tissue.swelling[at_y, at_x]
    radius = 0.85 + 0.35 * grow[taken] + swelling * (0.45 + 0.55 * grow[taken])
    depth = (0.62 + 0.38 * dark[taken]) * (1 - 0.25 * swelling)
    # Lymphocytes are round, fibroblasts long, tumour nuclei in between.
    oblong = np.minimum(0.3 + 6 * swelling, 1.5 - 0.9 * swelling)
    squeeze, tilt = (flat[taken] - 0.5) * oblong, (lean[taken] - 0.5) * oblong
    painted = np.zeros(shape, dtype=np.float32)
    for down in range(-3, 4):
        for right in range(-3, 4):
            to_y, to_x = at_y + down, at_x + right
            dy, dx = to_y + 0.5 - y, to_x + 0.5 - x
            square = (1 + squeeze) * dy * dy + (1 - squeeze) * dx * dx + 2 * tilt * dy * dx
            apart = np.sqrt(np.maximum(square, 0))
            shade = field(np.clip(radius + 0.5 - apart, 0, 1) * depth)
            seen = (shade > 0) & (to_y >= 0) & (to_x >= 0) & (to_y < shape[0]) & (to_x < shape[1])
            np.maximum.at(painted, (to_y[seen], to_x[seen]), shade[seen])
    return painted


def _stained(rng: np.random.Generator, tissue: Tissue, plan: Plan) -> Image:
    """The tissue as a scanner sees it: stains darken the light of the glass (Beer-Lambert)."""
    shape = (plan.height, plan.width)
    nuclei = _nuclei(rng, tissue) * (1 - tissue.empty)
    uneven = 1 + 0.05 * smooth_noise(rng, shape, 300)
    mottle = 1 + 0.12 * smooth_noise(rng, shape, 2.2) + 0.08 * smooth_noise(rng, shape, 6)
    solid = (1 - tissue.empty) * uneven
    blue = (tissue.blue * solid * (2 * mottle - 1) + 0.92 * nuclei) * plan.haematoxylin
    pink = tissue.pink * solid * mottle * (1 - 0.45 * nuclei) * plan.eosin
    red = tissue.red * (1 - tissue.empty)
    return seen_through(rng, (field(blue), field(pink), field(red)), grain=0.03)


def seen_through(
    rng: np.random.Generator, stains: tuple[Field, Field, Field], grain: float
) -> Image:
    """What a camera sees through blue, pink and red stain; `grain` is its noise."""
    blue, pink, red = stains
    # Optical density of red, green and blue light for each stain, varied from slide to slide.
    of_blue = [d * between(rng, 0.9, 1.1) for d in (0.92, 1.08, 0.56)]
    of_pink = [d * between(rng, 0.88, 1.12) for d in (0.07, 0.60, 0.31)]
    of_red = (0.18, 1.0, 0.75)
    glass = int(between(rng, 238, 248))
    light = _light_through(glass)
    noise = rng.random(blue.shape, dtype=np.float32) * grain
    channels = [
        light[np.clip((blue * b + pink * p + red * r + noise) * 256, 0, 1023).astype(np.int64)]
        for b, p, r in zip(of_blue, of_pink, of_red, strict=True)
    ]
    return np.stack(channels, axis=-1)


def _light_through(glass: int) -> npt.NDArray[np.uint8]:
    """Brightness at optical density i / 256, i < 1024.

    `exp` may differ in its last bit between machines; no entry lies that near to a rounding edge
    (tested), so the rounded table does not.
    """
    light: npt.NDArray[np.float64] = glass * np.exp(-np.arange(1024) / 256)
    return np.rint(light).astype(np.uint8)
