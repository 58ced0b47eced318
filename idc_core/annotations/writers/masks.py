"""A mask of labels as a pyramidal TIFF: 0 is nothing, 1, 2, … the classes, at a stated µm a pixel.

Values are never interpolated: coarser levels take every second pixel. What each value means stands
in the TIFF's ImageDescription, as JSON. Where areas overlap, the smaller has the place.
"""

import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
import tifffile

from idc_core.annotations.frames import scale_between
from idc_core.annotations.writers.filled import filled
from idc_core.annotations.writers.outline import Facts, Outline
from idc_core.io.refusal import Refusal
from idc_core.records.slide_frame import Size, SlideFrame

MOST_PIXELS = 500_000_000
"""A slide of 100,000 × 80,000 pixels at a quarter of its scale."""

MOST_CLASSES = 255
_TILE, _SMALLEST = 256, 512

Labels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Mask:
    """A value a pixel of the whole slide, shape (rows, columns); `names`: value → class."""

    labels: Labels
    names: dict[int, str]
    um: float


def mask(
    outlines: Sequence[Outline], slide: SlideFrame, um: float, classes: Sequence[str] = ()
) -> Mask:
    """The labels of outlines in pixels of the whole slide, at `um` µm a pixel.

    `classes`: in the order of their values, the same for all slides; others follow by name. Raises
    `Refusal` where the slide's µm are not known, `um` is finer than they are, or would make too
    large a mask.
    """
    size, scale = raster_of(slide, um)
    found = {each.class_name for each in outlines}
    names = [*classes, *sorted(found - set(classes))]
    if len(names) > MOST_CLASSES:
        raise Refusal(f"expected at most {MOST_CLASSES} classes in a mask: found {len(names):,}.")
    value = {name: at for at, name in enumerate(names, start=1)}
    labels = np.zeros((size[1], size[0]), np.uint8)
    for each in sorted(outlines, key=lambda each: -each.shape.area):
        moved = shapely.transform(each.shape, lambda xy: xy / scale)
        rows, columns, inside = filled(moved, *size)
        labels[rows, columns][inside] = value[each.class_name]
    return Mask(labels, {at: name for name, at in value.items()}, um)


def tiff(drawn: Mask, facts: Facts) -> bytes:
    """The mask as a tiled TIFF with a pyramid, packed without loss."""
    known = {name: value for name, value in facts.items() if value is not None}
    said = {"labels": {"0": "nothing", **{str(at): name for at, name in drawn.names.items()}}}
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        level, labels = 0, drawn.labels
        while True:
            writer.write(
                labels,
                tile=(_TILE, _TILE),
                photometric="minisblack",
                compression="zlib",
                subfiletype=1 if level else 0,
                resolution=(1e4 / drawn.um / 2**level,) * 2,
                resolutionunit="CENTIMETER",
                metadata=None,
                description=json.dumps(said | known) if not level else None,
            )
            if max(labels.shape) <= _SMALLEST:
                return file.getvalue()
            level, labels = level + 1, labels[::2, ::2]


def raster_of(slide: SlideFrame, um: float) -> tuple[Size, tuple[float, float]]:
    """Columns and rows of the slide's mask, and the slide's pixels a pixel of it in x and y; raises
    `Refusal` as `mask` does."""
    if slide.um_x is None or slide.um_y is None:
        raise Refusal(
            "expected the slide's µm per pixel, as the mask's are stated in µm: they are not "
            "known. Cut the slide with --slide-um."
        )
    finest = min(slide.um_x, slide.um_y)
    if not (math.isfinite(um) and um >= finest * 0.999):
        raise Refusal(
            f"expected at least the slide's own {finest:.4g} µm a pixel for a mask: found {um:g}."
        )
    width, height = (
        max(round(length * own / um), 1)
        for length, own in zip(slide.size, (slide.um_x, slide.um_y), strict=True)
    )
    if width * height > MOST_PIXELS:
        raise Refusal(
            f"expected a mask of at most {MOST_PIXELS:,} pixels: at {um:g} µm a pixel it would "
            f"have {width * height:,}. Ask for more µm a pixel."
        )
    scale = scale_between((width, height), slide.size)
    if scale is None:
        raise Refusal(
            f"expected a mask with the slide's shape: at {um:g} µm a pixel it would be {width} × "
            f"{height} px. Ask for fewer µm a pixel."
        )
    return (width, height), scale
