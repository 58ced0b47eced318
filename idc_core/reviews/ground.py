"""What regions are drawn on: the frame of a slide's coordinates, and the patches that lie in it.

A patch lies in a region if its middle does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.annotations.drawn import holds
from idc_core.annotations.measured import Measured, PixelUm, measure
from idc_core.annotations.region import Shape
from idc_core.data.places import SLIDE
from idc_core.data.stores.slide_frames import CutSlide
from idc_core.records.raster import Raster
from idc_core.reviews.regions import Place, Region

EXCLUDED = "excluded"
"""The column that names the excluded regions in which a patch lies."""


@dataclass(frozen=True, slots=True)
class Ground:
    """`scale`: pixels of `frame` to a pixel of the patches, whose side is `patch_px`; `um` of a
    pixel of `frame`, None where nobody knows."""

    frame: Place
    scale: float
    patch_px: int
    um: PixelUm | None

    def here(self, regions: Sequence[Region]) -> list[Region]:
        """Those of this frame; the place of all others is not known here."""
        return [each for each in regions if each.frame == self.frame]

    def inside(self, rows: pd.DataFrame, shape: Shape) -> npt.NDArray[np.bool_]:
        """Which patches at `x`, `y` lie in a shape, (n,)."""
        return holds(shape, self.middles(rows))

    def middles(self, rows: pd.DataFrame) -> npt.NDArray[np.float64]:
        """The middles of patches at `x`, `y`, (n, 2), in pixels of `frame`."""
        corner = rows[["x", "y"]].to_numpy(np.float64) - 1
        return (corner + self.patch_px / 2) * self.scale

    def excluded(self, rows: pd.DataFrame, regions: Sequence[Region]) -> "pd.Series[str]":
        """For each patch the names of the excluded regions in which it lies, "" for none."""
        found = np.full(len(rows), "", object)
        for each in self.here(regions):
            if each.excluded:
                inside = self.inside(rows, each.drawn())
                before = np.where(found[inside] == "", "", found[inside] + "; ")
                found[inside] = before + each.name
        return pd.Series(found, rows.index, dtype=object, name=EXCLUDED)

    def measure(self, region: Region) -> Measured:
        """How large a region of this frame is, by the pixel that its author saw, else by ours."""
        return measure(region.drawn(), region.um or self.um)


def ground_of(raster: Raster, cut: CutSlide | None) -> Ground:
    """What is drawn on where patches were cut as `raster` says, of the slide `cut` if that is
    known."""
    if cut is None:
        um = raster.um_per_px
        return Ground("patches", 1.0, raster.patch_px, None if um is None else (um, um))
    um_x, um_y = cut.frame.um_x, cut.frame.um_y
    known = None if um_x is None or um_y is None else (um_x, um_y)
    return Ground("slide", cut.scale, raster.patch_px, known)


def on_slide(regions: Sequence[Region], rows: pd.DataFrame) -> list[Region]:
    """The regions of the patient and slide that rows of predictions (at least one) are of."""
    patient = str(rows["patient"].iloc[0])
    slide = str(rows[SLIDE].iloc[0]) if SLIDE in rows else ""
    return [each for each in regions if (each.patient, each.slide) == (patient, slide)]
