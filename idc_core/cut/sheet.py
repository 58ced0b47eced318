"""What would be cut of a slide, as a picture: thumbnail, outlines, squares."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from idc_core.annotations.classes import Role
from idc_core.annotations.labels import Label
from idc_core.annotations.region import Shape
from idc_core.cut.jobs import Job
from idc_core.cut.one_slide import planned, seen, summary
from idc_core.cut.outlines import Outlined
from idc_core.cut.settings import Settings
from idc_core.records.cut_slides import Done
from idc_core.wsi.reading import TissueImage, open_image
from idc_core.wsi.sections import sections
from idc_core.wsi.source import Pixels
from idc_core.wsi.tiling import Plan

LONGEST_PX = 1_000
"""Longer side of a picture."""

# Told apart without seeing colour, too: outlines differ in their line, squares in what fills them.
OUTLINE = {
    Role.POSITIVE: (213, 94, 0),
    Role.NEGATIVE: (0, 114, 178),
    Role.ROI: (0, 0, 0),
    Role.EXCLUDE: (120, 120, 120),
    Role.IGNORE: (190, 190, 190),
}
SQUARE = {
    Label.POSITIVE: (213, 94, 0),
    Label.NEGATIVE: (0, 114, 178),
    Label.UNDECIDED: (0, 0, 0),
    Label.UNKNOWN: (255, 255, 255),
    Label.EXCLUDED: (120, 120, 120),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is known of a slide, and its picture as PNG."""

    done: Done
    picture: bytes


def look_at(job: Job, settings: Settings) -> Sheet:
    """Lay grid and outlines over a slide, and cut nothing; raises `Refusal` as `cut_slide` does."""
    with open_image(job.file, job.um) as image:
        laid, found = planned(job, settings, image)
        number = sections(laid.look.tissue, laid.look_um, settings.gap_um)
        kept = seen(laid, found)
        pieces = int(number[kept].max(initial=0))
        done = summary(job, image, laid, found, mark="", pieces=pieces)
        return Sheet(done, _png(_drawn(image, laid, found)))


def _drawn(image: TissueImage, laid: Plan, found: Outlined) -> Pixels:
    """The thumbnail with a mark in the middle of each square that counts, and the outlines."""
    wide, high = image.size
    shrink = max(max(wide, high) / LONGEST_PX, 1.0)
    out = max(round(wide / shrink), 1), max(round(high / shrink), 1)
    drawn = np.ascontiguousarray(image.read(0, 0, (wide, high), out))
    side = laid.side / shrink
    for row, column in np.argwhere(seen(laid, found)).tolist():
        label = Label(int(found.labels[row, column]))
        _mark(drawn, column * side, row * side, side, label)
    for role, colour in OUTLINE.items():
        if (shape := found.shapes.get(role)) is not None:
            _outline(drawn, shape, shrink, colour)
    return drawn


def _mark(drawn: Pixels, left: float, top: float, side: float, label: Label) -> None:
    """Filled where the square is taken, empty where it is left out."""
    middle = round(left + side / 2), round(top + side / 2)
    reach = max(round(side / 4), 1)
    first, last = ((middle[0] + by, middle[1] + by) for by in (-reach, reach))
    filled = label in (Label.POSITIVE, Label.NEGATIVE)
    cv2.rectangle(drawn, first, last, SQUARE[label], -1 if filled else 1)


def _outline(drawn: Pixels, shape: Shape, shrink: float, colour: tuple[int, int, int]) -> None:
    for polygon in getattr(shape, "geoms", [shape]):
        if polygon.is_empty:
            continue
        for ring in (polygon.exterior, *polygon.interiors):
            points: npt.NDArray[np.int32] = np.round(
                np.asarray(ring.coords)[:, :2] / shrink
            ).astype(np.int32)
            cv2.polylines(drawn, [points], True, colour, 2, cv2.LINE_AA)


def _png(pixels: Pixels) -> bytes:
    _, content = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    return content.tobytes()
