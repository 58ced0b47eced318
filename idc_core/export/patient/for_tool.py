"""The squares of a slide as a file for another program, where that program shows them.

Of a slide that was cut here the place of every square is known; squares of others (the public set,
imported predictions) keep the coordinates of the exported picture, and the file says so.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from idc_core.annotations.writers import masks
from idc_core.annotations.writers.outline import Outline
from idc_core.annotations.writers.tools import Tool, written
from idc_core.data.known_labels import label_of
from idc_core.data.stores.slide_frames import CutSlide
from idc_core.export.patient.geojson import id_of
from idc_core.facts import names
from idc_core.facts.outcomes import COLOURS, PREDICTED_COLOURS, words_of
from idc_core.facts.record import Facts
from idc_core.records.raster import Raster
from idc_core.reviews.ground import EXCLUDED
from idc_core.reviews.verdict import words as words_of_verdict

NOT_KNOWN = "pixels of the exported picture: where its patches lay on the slide is not known"

Place = tuple[int, int]
Boxes = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Squares:
    """The patches of one slide and what is known of them.

    `rows`: x, y, label, score, `outcome`, and `width` and `height` where they are known, `excluded`
    where regions were drawn.
    `threshold`: what a patch without a label is predicted at. `verdicts`: those that stand on this
    slide. `cut`: how it lies, None where that is not known; `corner`: the place that is the top
    left of the exported picture then.
    """

    rows: pd.DataFrame
    raster: Raster
    threshold: float
    verdicts: pd.DataFrame
    cut: CutSlide | None
    corner: Place

    def outlines(self) -> list[Outline]:
        """A square each, in pixels of the slide's finest level, else of the exported picture."""
        said = _said(self.verdicts, self.raster)
        shapes = shapely.box(*self._boxes().T)
        return [
            self._outline(row, shape, said.get((int(row["x"]), int(row["y"])), {}))
            for row, shape in zip(self.rows.to_dict("records"), shapes, strict=True)
        ]

    def _boxes(self) -> Boxes:
        """Left, top, right, bottom, (n, 4)."""
        if self.cut is not None:
            return self.cut.boxes(self.rows, self.raster.patch_px)
        begin = self.rows[["x", "y"]].to_numpy(np.float64) - self.corner
        size = [
            np.broadcast_to(self.rows.get(name, self.raster.patch_px), len(self.rows))
            for name in ("width", "height")
        ]
        return np.concatenate([begin, begin + np.stack(size, axis=1)], axis=1)

    def _outline(
        self, row: Mapping[Any, Any], shape: shapely.Polygon, said: Mapping[str, str]
    ) -> Outline:
        outcome, score, label = str(row["outcome"]), float(row["score"]), label_of(row["label"])
        place = f"x{int(row['x'])}_y{int(row['y'])}"
        return Outline(
            class_name=self._class_of(outcome, score),
            shape=shape,
            id=id_of(row),
            name=f"{place}: {said['verdict']}" if said else place,
            colour=self._colour(outcome, score),
            is_detection=not said,
            measures={"score": score} | ({} if label is None else {"label": label}),
            texts=dict(said) | ({EXCLUDED: row[EXCLUDED]} if row.get(EXCLUDED) else {}),
            chances={self.raster.negative: 1 - score, self.raster.positive: score},
        )

    def _colour(self, outcome: str, score: float) -> tuple[int, int, int]:
        if outcome == "unlabelled" and np.isfinite(score):
            return numbers_of(PREDICTED_COLOURS[score >= self.threshold])
        return colour_of(outcome)

    def _class_of(self, outcome: str, score: float) -> str:
        """The outcome in words; of a patch without a label its prediction."""
        if outcome == "unlabelled" and np.isfinite(score):
            return self.raster.predicted(score >= self.threshold)
        return words_of(self.raster)[outcome]


def file_of(tool: Tool, squares: Squares, known: Facts) -> str:
    """The tool's file as text; `known`: the facts of these squares."""
    frame = None if squares.cut is None else squares.cut.frame
    told = replace(known, frame=frame_words(tool, squares.cut))
    facts = told.columns() if tool.key == "wsinfer" else told.named()
    return written(tool, squares.outlines(), frame, facts)


def mask_of(squares: Squares, known: Facts, cut: CutSlide, um: float) -> bytes:
    """A mask of the outcomes over the whole slide, as TIFF at `um` µm a pixel: 1 to 4 are true
    positives, misses, false alarms and true negatives on every slide."""
    words = words_of(squares.raster)
    order = [words[kind] for kind in ("tp", "fn", "fp", "tn")]
    made = masks.mask(squares.outlines(), cut.frame, um, order)
    return masks.tiff(made, replace(known, frame="pixels of a mask of the whole slide").named())


def frame_words(tool: Tool, cut: CutSlide | None) -> str:
    """What the coordinates of a tool's file count, in words."""
    return NOT_KNOWN if cut is None else tool.frame.value


def colour_of(outcome: str) -> tuple[int, int, int]:
    """An outcome's colour as three numbers.

    >>> colour_of("fn")
    (213, 94, 0)
    """
    return numbers_of(COLOURS[outcome])


def numbers_of(colour: str) -> tuple[int, int, int]:
    """A colour `#rrggbb` as three numbers."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def _said(verdicts: pd.DataFrame, raster: Raster) -> dict[Place, dict[str, str]]:
    """By place: every reader's verdict that stands, and the readers' names or their hashes."""
    found: dict[Place, dict[str, str]] = {}
    by_place = defaultdict(list)
    for row in verdicts.to_dict("records"):
        by_place[int(row["x"]), int(row["y"])].append(row)
    for place, rows in by_place.items():
        readers = [names.shown(str(row["reviewer"])) for row in rows]
        each = [
            f"{words_of_verdict(row['verdict'], raster, row.get('stage', 'open'))} ({who})"
            for row, who in zip(rows, readers, strict=True)
        ]
        found[place] = {
            "verdict": "; ".join(each),
            "reader": "; ".join(dict.fromkeys(readers)),
        }
    return found
