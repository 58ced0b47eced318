"""How a chart's marks follow the threshold while it moves, as `widgets/moving_charts.js` is told.

What is told does not depend on the threshold: a chart is told once, and its table of counts and
texts says the rest.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

from dashboard.charts.theme import COLOURS, MARKED, OUTCOMES, SHAPES, fill_of

POINT_SIZE = 150
"""Of the point of the threshold on a curve, square px."""
BESIDE = 6
"""How far words stand from the line of the threshold, px."""


@dataclass(frozen=True, slots=True)
class Point:
    """The point of the threshold on a curve."""

    curve: Literal["roc", "pr", "workload"]
    colour: str = MARKED
    size: int = POINT_SIZE
    kind: str = "point"


@dataclass(frozen=True, slots=True)
class Rule:
    """The line of the threshold across an axis from 0 to 1."""

    kind: str = "rule"


@dataclass(frozen=True, slots=True)
class Keys:
    """Which texts of the table a cell shows."""

    count: str
    share: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Cells in the order in which they are drawn; `source`: address of a table of their own."""

    cells: tuple[Keys, ...]
    source: str = ""
    kind: str = "matrix"


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bins of the scores, whatever the threshold: `places` are their `edges` on the axis."""

    edges: list[float]
    places: list[float]
    positive: list[int]
    negative: list[int]
    odds: bool
    linear: int
    colours: dict[str, str]
    beside: dict[str, int]
    kind: str = "histogram"


@dataclass(frozen=True, slots=True)
class Drawn:
    """Colour and shape of an outcome's mark; `fill`: that of its inside."""

    colour: str
    shape: str
    fill: str


@dataclass(frozen=True, slots=True)
class Thousand:
    """A thousand patches at a prevalence, in rows."""

    prevalence: float
    columns: int
    rows: int
    outcomes: dict[str, Drawn]
    kind: str = "thousand"


@dataclass(frozen=True, slots=True)
class Line:
    """A line, known by its colour."""

    colour: str


@dataclass(frozen=True, slots=True)
class Predictive:
    """PPV and NPV across `points` prevalences from `first` to `last`, a dot on each."""

    prevalence: float
    first: float
    last: float
    points: int
    size: int
    lines: tuple[Line, Line]
    kind: str = "predictive"


Moves = Point | Rule | Matrix | Histogram | Thousand | Predictive


def as_json(moves: Moves) -> str:
    """What the script is told."""
    return json.dumps(asdict(moves), ensure_ascii=False)


def of_matrix(share: str) -> Matrix:
    """The cells of the confusion matrix, each with its share of its row or column."""
    return Matrix(tuple(Keys(f"{each}.count", f"{each}.{share}") for each in OUTCOMES))


def of_cells(names: Iterable[str], source: str) -> Matrix:
    """The cells of two models, each with its share of its label."""
    return Matrix(tuple(Keys(f"{each}.count", f"{each}.share") for each in names), source)


def of_thousand(prevalence: float, columns: int, rows: int) -> Thousand:
    """A thousand patches in the colours and shapes of their outcomes."""
    drawn = {each: Drawn(COLOURS[each], SHAPES[each], fill_of(each)) for each in OUTCOMES}
    return Thousand(prevalence, columns, rows, drawn)
