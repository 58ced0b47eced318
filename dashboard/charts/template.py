"""Vega-Lite specifications written once and filled with tables afterwards.

Altair takes 30 to 100 ms to build and check a chart, too long for every move of the threshold. So a
chart is built once (`template`), names its tables instead of holding them, and is filled with the
tables of the moment (`filled`). As the specification stays the same text, the browser only swaps
the data and keeps the picture. Whatever moves must therefore be a column, not a constant.
"""

from typing import Any

import altair as alt
import pandas as pd
import pyarrow as pa

from dashboard.charts.theme import COLOURS, NO_OUTCOME, OUTCOMES, SHAPES, Drawn, fill_of, finished
from idc_core.facts.outcomes import words_of
from idc_core.records.raster import Raster

Spec = dict[str, Any]
"""A Vega-Lite specification; its `datasets` are tables by name."""

MARGIN = 15
"""Above and below a chart together, px; part of its height."""


def source(name: str) -> alt.NamedData:
    """A table that is filled in later."""
    return alt.NamedData(name=name)


def template(chart: Drawn, *, height: int, moving: bool = False) -> Spec:
    """The finished chart as a specification without tables.

    `moving`: the browser moves some of its marks with the threshold (`widgets/moving_charts.js`).
    """
    # A canvas: a mark each in the document costs the browser more than drawing all of them. What is
    # moved has to stand in the document.
    drawn_as = {"embedOptions": {"renderer": "svg" if moving else "canvas"}}
    # A canvas cuts off what the last label of an axis sticks out, so there is room for it.
    room = {"left": 5, "right": 12, "top": 5, "bottom": MARGIN - 5}
    spec = finished(chart, height=height).to_dict() | {"usermeta": drawn_as, "padding": room}
    # The chart is named as a whole: a name for each mark would say what was there before it moved.
    config = spec["config"]
    return spec | {"config": config | {"aria": False, "mark": config["mark"] | {"aria": False}}}


def filled(spec: Spec, **tables: pd.DataFrame | pa.Table) -> Spec:
    """The specification with its tables; the template is left as it was."""
    return {**spec, "datasets": {name: without_unused(each) for name, each in tables.items()}}


def without_unused(table: pd.DataFrame | pa.Table) -> pd.DataFrame | pa.Table:
    """The table without categories that no row has: all of them are sent, and those of a column of
    patients are the names of a whole split.

    >>> table = pd.DataFrame({"patient": pd.Categorical(["B"], ["A", "B", "C"])})
    >>> list(without_unused(table)["patient"].cat.categories)
    ['B']
    """
    if not isinstance(table, pd.DataFrame):
        return table
    named = [str(name) for name in table.select_dtypes("category")]
    if not named:
        return table
    return table.assign(**{name: table[name].cat.remove_unused_categories() for name in named})


def in_arrow(spec: Spec) -> Spec:
    """The same with its tables as the browser gets them: a chart that is sent again needs no second
    conversion."""
    tables = {
        name: pa.Table.from_pandas(table, preserve_index=False)
        if isinstance(table, pd.DataFrame)
        else table
        for name, table in spec["datasets"].items()
    }
    return filled(spec, **tables)


def room_for_points(size: int, x: alt.X, y: alt.Y) -> alt.Chart:
    """Two invisible points in the far corners of axes from 0 to 1: a point that moves there finds
    its room, and no axis gives way to it."""
    across, up = (str(each.shorthand).removesuffix(":Q") for each in (x, y))
    corners = alt.Chart(alt.sequence(0, 2, as_=across)).transform_calculate(
        **{up: f"datum.{across}"}
    )
    points = corners.mark_point(filled=True, size=size, color="transparent")
    drawn: alt.Chart = points.encode(x=x, y=y)
    return drawn


def digits_of(field: str) -> str:
    """The expression that writes a score or threshold as `idc_core.io.digits` does."""
    value = f"datum.{field}"
    return (
        f"!isValid({value}) ? '–' : {value} > 0 && {value} < 0.01 ? format({value}, '.3~g')"
        f" : {value} >= 0.9995 && {value} < 1 ? '1 − ' + format(1 - {value}, '.3~g')"
        f" : format({value}, '.3f')"
    )


def in_digits(chart: alt.Chart, field: str) -> alt.Chart:
    """The chart with what `tip` shows of the field."""
    return chart.transform_calculate(**{f"{field}_said": digits_of(field)})


def tip(field: str, title: str | None = None) -> alt.Tooltip:
    """The tooltip of a score or threshold, on a chart that went through `in_digits`."""
    return alt.Tooltip(f"{field}_said:N", title=title or field)


def limits(format: str, of: str = "95 % limit") -> list[alt.Tooltip]:
    """What a band or a bar from `low` to `high` says of its ends."""
    return [
        alt.Tooltip("low:Q", title=f"lower {of}", format=format),
        alt.Tooltip("high:Q", title=f"upper {of}", format=format),
    ]


def outcome_shapes(raster: Raster) -> alt.Scale:
    """From an outcome's words to the shape of its mark."""
    return alt.Scale(
        domain=_words(raster, OUTCOMES),
        range=[SHAPES[outcome] for outcome in OUTCOMES],
    )


def outcome_fills(raster: Raster) -> alt.Scale:
    """From an outcome's words to the inside of its mark: a false alarm is a ring, a miss a disc."""
    return alt.Scale(
        domain=_words(raster, OUTCOMES), range=[fill_of(outcome) for outcome in OUTCOMES]
    )


def outcome_scale(raster: Raster, *, unknown: bool = False) -> alt.Scale:
    """From an outcome's words to its colour; with `unknown` also those of patches without one."""
    drawn = OUTCOMES + NO_OUTCOME * unknown
    return alt.Scale(
        domain=_words(raster, drawn),
        range=[COLOURS[outcome] for outcome in drawn],
    )


def _words(raster: Raster, outcomes: tuple[str, ...]) -> list[str]:
    words = words_of(raster)
    return [words[outcome] for outcome in outcomes]
