"""A chart of the pages as paper shows it: an SVG, and in it a word for all that is drawn.

On a page the pointer asks what a line is; on paper nobody can, so a legend and labels are laid over
the page's own specification, which stays as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import pyarrow as pa

from dashboard.charts.template import Spec
from dashboard.charts.theme import INK

VEGA_LITE = "6.4"
"""The version that Altair writes (`alt.SCHEMA_VERSION`); a test holds them together."""

# Liberation Sans, with which the text is measured, is as wide as Arial and Helvetica letter by
# letter: what fits here fits in the reader's browser. None is fetched.
_FONT = "Helvetica, Arial, Liberation Sans, sans-serif"
_ROOM, _ROW, _COLUMNS = 24, 20, 2
"""Of a legend: pixels beside its rows, pixels a row, entries a row."""
_OF_LEGEND = ("stroke", "fill", "shape", "strokeDash")
_SHAPES = {"line": "stroke", "dashed": "stroke", "dotted": "stroke", "area": "square"}
_DASHES = {"dashed": [4, 4], "dotted": [2, 3]}

Layer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Named:
    """A line of the legend."""

    words: str
    colour: str
    drawn: Literal["line", "dashed", "dotted", "area", "dot"]


def label(
    words: str, *, x: float, y: float | None = None, left: bool = False, above: bool = False
) -> Layer:
    """A word beside a place of the chart, in units of its axes; without `y` over the upper edge.

    `left`: to the left of it, where there is no room to the right.
    """
    return {
        "data": {"values": [{"words": words}]},
        "mark": {
            "type": "text",
            "align": "right" if left else "left",
            "dx": -6 if left else 6,
            "dy": -8 if y is None else -12 if above else 14,
        },
        "encoding": {
            "text": {"field": "words", "type": "nominal"},
            "x": {"datum": x, "type": "quantitative"},
            "y": {"value": 0} if y is None else {"datum": y, "type": "quantitative"},
        },
    }


def printed(
    spec: Spec, *, width: int, legend: Sequence[Named] = (), labels: Sequence[Layer] = ()
) -> Spec:
    """The specification for paper, `width` px with its axes; its tables are JSON.

    A `legend` takes the place of those that the chart has, and adds to its height. Raises
    `ValueError` for a specification without layers.
    """
    if "layer" not in spec:
        raise ValueError("expected a specification with layers: found a chart of one mark.")
    layers = [layer for layer in spec["layer"] if not _only_for_the_pointer(layer)]
    if legend:
        layers = [_without_legend(layer) for layer in layers]
    over = [*labels, *([_legend(legend)] if legend else [])]
    config = spec.get("config", {})
    return {
        **{name: part for name, part in spec.items() if name not in ("usermeta", "params")},
        "width": width,
        "height": spec["height"] + (_ROOM + _ROW * -(-len(legend) // _COLUMNS)) * bool(legend),
        "autosize": {"type": "fit", "contains": "padding"},
        "layer": layers + over,
        "datasets": {name: records(table) for name, table in spec["datasets"].items()},
        "resolve": {"scale": dict.fromkeys(_OF_LEGEND, "independent")} if legend else {},
        "config": {
            **config,
            "font": _FONT,
            "text": {"color": INK, "fontSize": 12},
            "axis": {**config.get("axis", {}), "labelColor": INK, "titleColor": INK},
            "legend": {**config.get("legend", {}), "labelColor": INK, "labelLimit": 0},
        },
    }


def records(table: pd.DataFrame | pa.Table) -> list[Mapping[str, Any]]:
    """Rows as JSON has them: what is no number is null."""
    frame = table.to_pandas() if isinstance(table, pa.Table) else table
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def svg(spec: Spec) -> str:
    """The specification drawn: the same text every time, no address is asked.

    The renderer is imported here: it is large, and only a report needs it.
    """
    import vl_convert

    return vl_convert.vegalite_to_svg(
        spec, vl_version=VEGA_LITE, config={"aria": False}, allowed_base_urls=[]
    )


def _only_for_the_pointer(layer: Layer) -> bool:
    mark = layer["mark"]
    return isinstance(mark, dict) and mark.get("opacity") == 0


def _without_legend(layer: Layer) -> Layer:
    encoding = {
        channel: {**how, "legend": None} if isinstance(how, dict) and "scale" in how else how
        for channel, how in layer.get("encoding", {}).items()
        if channel not in ("x", "y")
    }
    return {**layer, "encoding": {**layer.get("encoding", {}), **encoding}}


def _legend(entries: Sequence[Named]) -> Layer:
    """A layer of no marks: scales with a legend, whatever the chart's own scales are."""
    names = [each.words for each in entries]
    values = {
        "stroke": [each.colour for each in entries],
        "fill": [_tint(each.colour) if each.drawn == "area" else each.colour for each in entries],
        "shape": [_SHAPES.get(each.drawn, "circle") for each in entries],
        "strokeDash": [_DASHES.get(each.drawn, [1, 0]) for each in entries],
    }
    look = {
        "symbolSize": 150,
        "symbolStrokeWidth": 2,
        "symbolOpacity": 1,
        "columns": _COLUMNS,
        "columnPadding": 30,
        "offset": 20,
    }
    return {
        "data": {"values": []},
        "mark": {"type": "point"},
        "encoding": {
            channel: {
                "field": "words",
                "type": "nominal",
                "scale": {"domain": names, "range": values[channel]},
                "legend": look,
            }
            for channel in _OF_LEGEND
        },
    }


def _tint(colour: str) -> str:
    """The colour at 16 % on white paper, as a band of it looks."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(255 - 0.16 * (255 - part)):02X}" for part in parts)
