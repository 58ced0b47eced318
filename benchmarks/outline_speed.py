"""Are outlines turned into labels of squares fast enough to be no part of cutting a slide?

Promised: from regions to a label for every square, repair and union included, at least 50,000
squares/s; shares alone at least 10 times as fast as shapely (prepared shape, only border squares
cut) in the same run. Outlines are those of CAMELYON16's tumor_085 where the file
is; else as many are drawn here.
"""

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import shapely

from benchmarks.shared.promise import judge
from idc_core.annotations.areas import solid
from idc_core.annotations.classes import Role
from idc_core.annotations.labels import Thresholds, labels
from idc_core.annotations.opening import read
from idc_core.annotations.overlaps import settle
from idc_core.annotations.region import Annotations, Frame, Region, Shape
from idc_core.annotations.squares import shares
from idc_core.io.paths import real_data

FILE = "annotations/asap/tumor_085.xml"
SIDE = 224
SQUARES_A_SECOND, RATIO = 50_000, 10.0
TURNS = 5


def main() -> bool:
    """Print a line a promise; return whether all were kept."""
    file = real_data() / FILE
    annotations = read(file) if file.is_file() else drawn()
    roles = dict.fromkeys(annotations.classes, Role.POSITIVE)
    shape = settle(solid(annotations), roles).shapes[Role.POSITIVE]
    columns, rows = (int(far // SIDE) + 1 for far in shape.bounds[2:])
    points = shapely.get_num_coordinates(shape)
    print(f"{columns * rows:,} squares of {SIDE} px, outlines of {points:,} points")

    def labelled() -> object:
        settled = settle(solid(annotations), roles).shapes[Role.POSITIVE]
        found = {Role.POSITIVE: shares(settled, columns, rows, SIDE)}
        return labels(found, Thresholds(), exhaustive=True)

    whole = _median(labelled, TURNS)
    ours = _median(lambda: shares(shape, columns, rows, SIDE), TURNS)
    theirs = _median(lambda: by_shapely(shape, columns, rows), 1)
    count = columns * rows
    return all(
        [
            judge(
                "outlines to labels", count / whole, SQUARES_A_SECOND, " squares/s", at_least=True
            ),
            judge(
                "shares of squares, of shapely",
                theirs / ours,
                RATIO,
                "×",
                at_least=True,
                detail=f"{count / ours:,.0f} squares/s against {count / theirs:,.0f}",
            ),
        ]
    )


def drawn() -> Annotations:
    """50 round outlines of 300 to 3,000 points over 80,000 × 60,000 px."""
    rng = np.random.default_rng(0)
    regions = []
    for order in range(50):
        angles = np.linspace(0, 2 * np.pi, int(rng.integers(300, 3000)), endpoint=False)
        radius = rng.uniform(200, 4000) * (1 + 0.2 * np.sin(5 * angles))
        ring = np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1)
        centre = rng.uniform((6000, 6000), (80_000, 60_000))
        regions.append(Region("metastasis", shapely.Polygon(ring + centre), False, order, ""))
    return Annotations(tuple(regions), "drawn", Frame.CANVAS)


def by_shapely(shape: Shape, columns: int, rows: int) -> npt.NDArray[np.float64]:
    """The same shares: squares within are whole, those on the border are cut with their part."""
    x, y = np.meshgrid(SIDE * np.arange(columns), SIDE * np.arange(rows))
    squares = shapely.box(x, y, x + SIDE, y + SIDE).ravel()
    parts = shapely.get_parts(shape)
    shapely.prepare(parts)
    part, square = shapely.STRtree(squares).query(parts, predicate="intersects")
    within = shapely.contains_properly(parts[part], squares[square])
    area = np.where(within, float(SIDE**2), 0.0)
    border = ~within
    area[border] = shapely.area(shapely.intersection(parts[part[border]], squares[square[border]]))
    found = np.bincount(square, area, rows * columns) / SIDE**2
    return found.reshape(rows, columns)


def _median(call: Callable[[], object], turns: int) -> float:
    """Seconds of a call."""
    seconds = []
    for _ in range(turns):
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


if __name__ == "__main__":
    sys.exit(not main())
