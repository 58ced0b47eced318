"""The outlines of one slide, laid over its grid: how much of each square they cover."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from shapely import box

from idc_core.annotations.areas import solid
from idc_core.annotations.classes import Role
from idc_core.annotations.frames import in_level0, share_outside
from idc_core.annotations.labels import Label, Labels, labels
from idc_core.annotations.opening import read
from idc_core.annotations.overlaps import Settled, settle
from idc_core.annotations.region import Annotations, Frame, Shape
from idc_core.annotations.squares import Shares, shares, shares_within
from idc_core.cut.settings import Settings
from idc_core.records.slide_frame import Size, SlideFrame
from idc_core.wsi.reading import TissueImage
from idc_core.wsi.tiling import Plan

ON_GLASS = 0.5
"""Share of the outlined area that is glass, from which on the outlines may be misplaced."""


OUTSIDE = 0.01
"""Share of the outlined area beyond the slide's edge, from which on it is told."""


@dataclass(frozen=True, slots=True)
class Outlined:
    """The annotation as it was read, the role of each of its classes, what each role covers in
    pixels of the finest level, and of each square of the grid, as far as it lies in the slide: its
    share and its `annotations.labels.Label`."""

    read: Annotations
    roles: Mapping[str, Role]
    settled: Settled
    shares: Mapping[Role, Shares]
    labels: Labels

    @property
    def shapes(self) -> Mapping[Role, Shape]:
        return self.settled.shapes

    @property
    def share(self) -> Shares:
        """Of what is outlined as positive or negative, or lies in a region of interest."""
        seen = [self.shares[role] for role in (Role.POSITIVE, Role.NEGATIVE, Role.ROI)]
        found: Shares = np.clip(np.maximum(seen[0] + seen[1], seen[2]), 0, 1)
        return found


@dataclass(frozen=True, slots=True)
class Grid:
    """Squares of `side` from the slide's corner; `side` and `size` of the slide in pixels of its
    finest level."""

    columns: int
    rows: int
    side: float
    size: Size


def not_outlined(laid: Plan) -> Outlined:
    """Where nobody drew anything: no square has a label."""
    nothing = {role: np.zeros((laid.rows, laid.columns)) for role in Role}
    found = np.full((laid.rows, laid.columns), Label.UNKNOWN, np.int8)
    return Outlined(Annotations((), "", Frame.CANVAS), {}, Settled({}, 0, 0.0), nothing, found)


def outlined(
    file: Path, image: TissueImage, laid: Plan, settings: Settings, *, exhaustive: bool
) -> Outlined:
    """Read a slide's outlines and lay them over its grid; raises `Refusal` as `over_grid` does."""
    grid = Grid(laid.columns, laid.rows, laid.side, image.size)
    return over_grid(file, image.path.name, image.frame, grid, settings, exhaustive=exhaustive)


def over_grid(
    file: Path, slide: str, frame: SlideFrame, grid: Grid, settings: Settings, *, exhaustive: bool
) -> Outlined:
    """The same of a slide that need not be opened: `slide` is its file's name.

    Raises `Refusal` where the file cannot be read, does not fit the slide, or has a class that the
    table of classes does not know.
    """
    found = in_level0(
        read(file, detections=settings.detections, picture=slide), frame, str(file.name)
    )
    regions = solid(found)
    roles = settings.classes.roles(found.classes)
    settled = settle(regions, roles, settings.priority)
    covered = {
        role: shares_within(shape, grid.columns, grid.rows, grid.side, grid.size)
        for role, shape in settled.shapes.items()
    }
    return Outlined(
        found, roles, settled, covered, labels(covered, settings.thresholds, exhaustive=exhaustive)
    )


def alarms(found: Outlined, image: TissueImage, laid: Plan) -> list[str]:
    """What looks as if the outlines belonged elsewhere, in sentences."""
    said = []
    inside = shares(box(0, 0, *image.size), laid.columns, laid.rows, laid.side)
    area = float((found.share * inside).sum())
    if not area:
        return ["No outline covers any square of this slide."]
    beyond = share_outside(found.read, image.frame)
    if beyond >= OUTSIDE:
        said.append(f"{100 * beyond:.0f} % of the outlined area lies outside of the slide.")
    glass = 1 - float((found.share * laid.tissue).sum()) / area
    if glass >= ON_GLASS:
        said.append(
            f"{100 * glass:.0f} % of the outlined area is glass: do the outlines belong to this "
            "slide, in this size and place?"
        )
    return said
