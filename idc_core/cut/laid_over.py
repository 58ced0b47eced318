"""What was drawn on a slide, and squares that got no label: what pages lay over the slide itself.

Kept at cutting, since the outlines' own file is somebody else's and may be gone tomorrow.
"""

import json
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from idc_core.annotations.classes import Role
from idc_core.annotations.labels import Label, Labels
from idc_core.annotations.region import Shape

SHOWN = (Role.POSITIVE, Role.NEGATIVE, Role.ROI, Role.EXCLUDE)
UNLABELLED = (Label.UNDECIDED, Label.UNKNOWN, Label.EXCLUDED)


def laid_over(shapes: Mapping[Role, Shape], labels: Labels, counted: npt.NDArray[np.bool_]) -> str:
    """As JSON: `outlines`, role → rings of x, y, x, y, … in pixels of the finest level, to
    half a pixel; `squares`, name of a `Label` below 0 → runs of row, first column, length, of
    squares that are `counted` (rows, columns)."""
    outlines = {
        role.value: _rings(shape)
        for role in SHOWN
        if (shape := shapes.get(role)) is not None and not shape.is_empty
    }
    squares = {
        label.name.lower(): found
        for label in UNLABELLED
        if (found := _runs(counted & (labels == label)))
    }
    return json.dumps({"outlines": outlines, "squares": squares}, separators=(",", ":"))


def _rings(shape: Shape) -> list[list[float]]:
    # Half a pixel is less than a line is wide, at any zoom.
    plain = shape.simplify(0.5)
    return [
        np.round(np.asarray(ring.coords)[:, :2], 1).ravel().tolist()
        for polygon in getattr(plain, "geoms", [plain])
        for ring in (polygon.exterior, *polygon.interiors)
    ]


def _runs(mask: npt.NDArray[np.bool_]) -> list[list[int]]:
    """
    >>> _runs(np.array([[False, True, True], [True, False, True]]))
    [[0, 1, 2], [1, 0, 1], [1, 2, 1]]
    """
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    row, first = np.nonzero(edges == 1)
    _, last = np.nonzero(edges == -1)
    runs: list[list[int]] = np.column_stack([row, first, last - first]).tolist()
    return runs
