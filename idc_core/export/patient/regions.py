"""The regions that readers drew on a slide, for another program and as a table."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely

from idc_core.annotations.region import Shape
from idc_core.annotations.writers.outline import Outline
from idc_core.annotations.writers.tools import Tool, written
from idc_core.data.stores.slide_frames import CutSlide
from idc_core.export.patient.for_tool import frame_words
from idc_core.facts import names
from idc_core.facts.record import Facts
from idc_core.facts.table import table_csv
from idc_core.io.refusal import Refusal
from idc_core.reviews.ground import Ground
from idc_core.reviews.regions import Region

COLUMNS = (
    "region",
    "name",
    "excluded",
    "area_mm2",
    "perimeter_um",
    "area_px2",
    "perimeter_px",
    "patches",
    "predicted_positive",
    "authors",
    "at",
    "patient",
    "slide",
    "frame",
    "shape",
)
NO_REGIONS = (
    "expected a program that knows regions: WSInfer's table has squares only. Take them for "
    "QuPath, ASAP or ImageScope, or as a table."
)
_FRAMES = {
    "slide": "pixels of the slide's finest level",
    "patches": "pixels of the slide as its patches count them, from 0",
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """The regions of one slide: those that stand, everybody who drew or corrected each (by
    `region`), what they lie on, and the slide's patches.

    `rows`: x, y, score; `threshold`: what they are predicted at. `corner`: the x and y at the top
    left of the exported picture, for slides whose place is not known.
    """

    regions: Sequence[Region]
    authors: Mapping[str, Sequence[str]]
    ground: Ground
    rows: pd.DataFrame
    threshold: float
    cut: CutSlide | None
    corner: tuple[int, int] = (1, 1)

    def here(self) -> list[Region]:
        """Those whose place is known here."""
        return self.ground.here(self.regions)

    def outlines(self) -> list[Outline]:
        """An outline each, in pixels of the slide's finest level, else of the exported picture."""
        return [self._outline(each) for each in self.here()]

    def table(self) -> pd.DataFrame:
        """A row each, columns `COLUMNS`; what is not known is empty."""
        rows = [self._row(each) for each in self.here()]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def counts(self, region: Region) -> tuple[int, int]:
        """How many patches lie in it, and how many of them are predicted positive."""
        inside = self.ground.inside(self.rows, region.drawn())
        score = self.rows["score"].to_numpy(np.float64)[inside]
        return int(inside.sum()), int((score >= self.threshold).sum())

    def whose(self, region: Region) -> str:
        """The authors' names, or their hashes."""
        return "; ".join(names.shown(each) for each in self.authors[region.region])

    def _outline(self, region: Region) -> Outline:
        size = self.ground.measure(region)
        area, perimeter = size.units
        patches, positive = self.counts(region)
        return Outline(
            class_name=f"excluded: {region.name}" if region.excluded else region.name,
            shape=self._placed(region.drawn()),
            id=str(uuid.uuid5(_SPACE, region.region)),
            name=region.name,
            measures={
                f"area {area}": size.area,
                f"perimeter {perimeter}": size.perimeter,
                "patches": patches,
                "predicted positive": positive,
            },
            texts={"author": self.whose(region), "at": region.at}
            | ({"excluded": region.name} if region.excluded else {}),
        )

    def _placed(self, shape: Shape) -> Shape:
        if self.cut is not None:
            return shape
        moved: Shape = shapely.transform(shape, lambda xy: xy - (np.array(self.corner) - 1))
        return moved

    def _row(self, region: Region) -> list[object]:
        size = self.ground.measure(region)
        shape = region.drawn()
        return [
            region.region,
            region.name,
            int(region.excluded),
            size.area if size.in_um else None,
            size.perimeter if size.in_um else None,
            float(shape.area),
            float(shape.length),
            *self.counts(region),
            self.whose(region),
            region.at,
            region.patient,
            region.slide or region.patient,
            _FRAMES[region.frame],
            region.shape,
        ]


_SPACE = uuid.UUID("6a0f3c7e-1f7c-4a53-9a5e-5d2c8b1e7f02")  # names regions alike at every writing


def file_of(tool: Tool, drawn: Drawn, known: Facts) -> str:
    """The tool's file of the regions as text; raises `Refusal` for WSInfer, which has none."""
    if tool.key == "wsinfer":
        raise Refusal(NO_REGIONS)
    frame = None if drawn.cut is None else drawn.cut.frame
    told = replace(known, frame=frame_words(tool, drawn.cut))
    return written(tool, drawn.outlines(), frame, told.named())


def csv_of(drawn: Drawn, known: Facts) -> str:
    """The regions as a table, the facts beside them."""
    return table_csv(drawn.table(), known)
