"""The network drawn as boxes, from the patch to the logit.

Our own places, in a template: charts have no such diagram, and a layout program (Graphviz) would
have to be installed beside Python.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from idc_core.export.blocks import Drawing
from idc_core.export.pages import filled
from idc_core.interpret.graph.cost import Cost
from idc_core.score.scoring import Layer

FOLLOWERS = {
    "BatchNormalization": "norm",
    "ReLU": "ReLU",
    "Activation": "activation",
    "Dropout": "dropout",
    "SpatialDropout2D": "dropout",
}
"""Layers that keep the shape and are written into the box of the one before."""

COLOURS = {"Conv": "#0B6E8A", "Pool": "#CC79A7", "Dense": "#009E73", "Add": "#E69F00"}
A_ROW, BOX_WIDTH, BOX_HEIGHT, GAP_X, GAP_Y = 4, 234, 82, 24, 24


@dataclass(frozen=True, slots=True)
class Box:
    """One box: a layer and those that follow it without changing its shape."""

    name: str
    does: str
    shape: tuple[int, ...]
    parameters: int
    multiply_adds: int = 0
    sees_px: int = 0
    sees_all: bool = field(default=False, repr=False)
    """Whether the whole patch is seen."""


def boxes(layers: Sequence[Layer], costs: Mapping[str, Cost] | None = None) -> list[Box]:
    """Layers gathered into boxes; `costs` by layer, where they are known.

    >>> boxes([Layer("stem", "Conv2D", (25, 25, 8), 9), Layer("relu", "ReLU", (25, 25, 8), 0)])[0]
    Box(name='stem', does='Conv2D + ReLU', shape=(25, 25, 8), parameters=9, multiply_adds=0, \
sees_px=0)
    """
    found: list[Box] = []
    for layer in layers:
        cost = (costs or {}).get(layer.name, Cost(0, 0))
        if found and layer.kind in FOLLOWERS:
            last = found[-1]
            found[-1] = Box(
                last.name,
                f"{last.does} + {FOLLOWERS[layer.kind]}",
                layer.shape,
                last.parameters + layer.parameters,
                last.multiply_adds + cost.multiply_adds,
                max(last.sees_px, cost.sees_px),
                last.sees_all or cost.sees_all,
            )
        else:
            found.append(
                Box(
                    layer.name,
                    layer.kind,
                    layer.shape,
                    layer.parameters,
                    cost.multiply_adds,
                    cost.sees_px,
                    cost.sees_all,
                )
            )
    return found


def draw_network(layers: Sequence[Layer], costs: Mapping[str, Cost] | None = None) -> Drawing:
    """Boxes in reading order, joined by arrows."""
    gathered = boxes(layers, costs)
    placed = [_placed(box, place) for place, box in enumerate(gathered)]
    rows = -(-len(gathered) // A_ROW)
    wide, high = A_ROW * (BOX_WIDTH + GAP_X) - GAP_X + 2, rows * (BOX_HEIGHT + GAP_Y) - GAP_Y + 2
    content = filled("network.svg.j2", boxes=placed, width=BOX_WIDTH, height=BOX_HEIGHT)
    return Drawing(content, str(wide), str(high), "The network", "network")


def standalone(layers: Sequence[Layer], costs: Mapping[str, Cost]) -> str:
    """The same as an SVG file of its own."""
    return str(filled("network_alone.svg.j2", drawn=draw_network(layers, costs)))


@dataclass(frozen=True, slots=True)
class _Line:
    down: int
    text: str
    look: str = ""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A box where it stands, and the path of the arrow that leads to it."""

    x: int
    y: int
    arrow: str
    colour: str
    lines: Sequence[_Line]


def _placed(box: Box, place: int) -> _Placed:
    x, y = _corner(place)
    colour = next((shade for word, shade in COLOURS.items() if word in box.does), "#8894A0")
    shape = "×".join(map(str, box.shape))
    weights = f" · {box.parameters:,} parameters" if box.parameters else ""
    sees = "the whole patch" if box.sees_all else f"{box.sees_px}×{box.sees_px} px"
    told = f"{box.multiply_adds:,} multiply-adds · " if box.multiply_adds else ""
    lines = [
        _Line(20, _short(box.name), "name"),
        _Line(38, _short(box.does, 36)),
        _Line(55, f"{shape}{weights}", "quiet"),
        *([_Line(72, f"{told}sees {sees}", "quiet")] if box.sees_px else []),
    ]
    return _Placed(x, y, _arrow(place) if place else "", colour, lines)


def _corner(place: int) -> tuple[int, int]:
    row, column = divmod(place, A_ROW)
    return 1 + column * (BOX_WIDTH + GAP_X), 1 + row * (BOX_HEIGHT + GAP_Y)


def _arrow(place: int) -> str:
    (x0, y0), (x1, y1) = _corner(place - 1), _corner(place)
    if y0 == y1:
        return f"M{x0 + BOX_WIDTH} {y0 + BOX_HEIGHT // 2}H{x1}"
    between, end = y0 + BOX_HEIGHT + GAP_Y // 2, x1 + BOX_WIDTH // 2
    return f"M{x0 + BOX_WIDTH // 2} {y0 + BOX_HEIGHT}V{between}H{end}V{y1}"


def _short(text: str, most: int = 26) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
