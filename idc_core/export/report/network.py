"""The network drawn as boxes, from the patch to the logit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from idc_core.data.patches import PATCH_PX
from idc_core.export.report.drawing import svg
from idc_core.export.report.markup import plain
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
                )
            )
    return found


def draw_network(layers: Sequence[Layer], costs: Mapping[str, Cost] | None = None) -> str:
    """Boxes in reading order, joined by arrows."""
    gathered = boxes(layers, costs)
    parts = [
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#8894A0"/></marker></defs>'
    ]
    for place, box in enumerate(gathered):
        if place:
            parts.append(_arrow(place))
        parts.append(_box(box, place))
    rows = -(-len(gathered) // A_ROW)
    width = A_ROW * (BOX_WIDTH + GAP_X) - GAP_X + 2
    return svg("".join(parts), width, rows * (BOX_HEIGHT + GAP_Y) - GAP_Y + 2, "The network")


def standalone(layers: Sequence[Layer], costs: Mapping[str, Cost]) -> str:
    """The same as an SVG file of its own."""
    style = (
        "<style>text{font:12px sans-serif;fill:#1C2733}.name{font-weight:600}"
        ".quiet{fill:#5C6873}.box{fill:#F5F7F9;stroke:#CBD2D9}</style>"
    )
    drawn = draw_network(layers, costs).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')
    return drawn.replace("</title>", f"</title>{style}", 1)


def _corner(place: int) -> tuple[int, int]:
    row, column = divmod(place, A_ROW)
    return 1 + column * (BOX_WIDTH + GAP_X), 1 + row * (BOX_HEIGHT + GAP_Y)


def _arrow(place: int) -> str:
    (x0, y0), (x1, y1) = _corner(place - 1), _corner(place)
    if y0 == y1:
        path = f"M{x0 + BOX_WIDTH} {y0 + BOX_HEIGHT // 2}H{x1}"
    else:
        between, end = y0 + BOX_HEIGHT + GAP_Y // 2, x1 + BOX_WIDTH // 2
        path = f"M{x0 + BOX_WIDTH // 2} {y0 + BOX_HEIGHT}V{between}H{end}V{y1}"
    return f'<path d="{path}" fill="none" stroke="#8894A0" marker-end="url(#tip)"/>'


def _box(box: Box, place: int) -> str:
    x, y = _corner(place)
    colour = next((shade for word, shade in COLOURS.items() if word in box.does), "#8894A0")
    shape = "×".join(map(str, box.shape))
    weights = f" · {box.parameters:,} parameters" if box.parameters else ""
    sees = "the whole patch" if box.sees_px >= PATCH_PX else f"{box.sees_px}×{box.sees_px} px"
    told = f"{box.multiply_adds:,} multiply-adds · " if box.multiply_adds else ""
    cost = f'<text x="{x + 14}" y="{y + 72}" class="quiet">{told}sees {sees}</text>'
    return (
        f'<rect x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="4" class="box"/>'
        f'<rect x="{x}" y="{y}" width="5" height="{BOX_HEIGHT}" fill="{colour}"/>'
        f'<text x="{x + 14}" y="{y + 20}" class="name">{plain(_short(box.name))}</text>'
        f'<text x="{x + 14}" y="{y + 38}">{plain(_short(box.does, 36))}</text>'
        f'<text x="{x + 14}" y="{y + 55}" class="quiet">{shape}{weights}</text>'
        + (cost if box.sees_px else "")
    )


def _short(text: str, most: int = 26) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
