"""Tables of boxes (a row a box) and of polygons (a row a vertex), in level-0 pixels.

Columns are known by name: x and y with an extent, with width and height, or with the other corner;
or x and y alone, then every row is a vertex. Of WSInfer's tables, which name no class but give each
a probability (`prob_tumour`), the most probable is taken.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from idc_core.annotations.gathered import Gathered, plain
from idc_core.annotations.region import Annotations, Frame
from idc_core.annotations.shapes import Points, corners, points_in
from idc_core.io.refusal import Refusal
from idc_core.io.tabular import Table, numbers, open_table

_COLUMNS = {
    "left": ("x", "xcoord", "xmin", "minx", "left", "x0", "px", "coordx"),
    "top": ("y", "ycoord", "ymin", "miny", "top", "y0", "py", "coordy"),
    "right": ("xmax", "maxx", "right"),
    "bottom": ("ymax", "maxy", "bottom"),
    "width": ("width", "w", "boxwidth"),
    "height": ("height", "h", "boxheight"),
    "extent": ("xyextent", "extent", "side", "size", "patchsize"),
    "class": ("class", "classname", "label", "labels", "annotation", "category", "group"),
    "outline": (
        "polygon",
        "polygonid",
        "outline",
        "ring",
        "ringid",
        "object",
        "objectid",
        "annotationid",
        "region",
        "regionid",
        "contour",
        "contourid",
        "roi",
        "roiid",
    ),
}
_CHANCE = "prob_"
_ASKED = (
    "columns x and y with an extent, with width and height or with xmax and ymax, or one row a "
    "vertex"
)


def read(path: Path) -> Annotations:
    """The boxes or polygons of a table."""
    table = open_table(path)
    columns = _columns(table)
    if not {"left", "top"} <= columns.keys():
        raise Refusal(
            f"expected {_ASKED}, in {path}: found {', '.join(table.columns[:8])}. "
            "Name the columns so."
        )
    if not len(table):
        raise Refusal(f"expected outlines in {path}: the table has no row. Export it again.")
    frame = table.read(list(columns.values()))
    values = {
        role: numbers(frame[name])
        for role, name in columns.items()
        if role not in {"class", "outline"}
    }
    for role, column in values.items():
        if not np.isfinite(column).all():
            row = int(np.flatnonzero(~np.isfinite(column))[0]) + 1
            raise Refusal(
                f"expected a number as {columns[role]} in row {row:,} of {path}: found none. "
                "Correct or remove the row."
            )
    names = _texts(table, columns["class"]) if "class" in columns else _most_probable(table)
    found = Gathered()
    if (sides := _sides(values)) is not None:
        _boxes(found, values, sides, names, path)
    else:
        _polygons(found, values, names, _texts(table, columns.get("outline")), path)
    return found.done("a table", Frame.CANVAS)


def _columns(table: Table) -> dict[str, str]:
    plain_names = {re.sub(r"[^a-z0-9]", "", name.casefold()): name for name in table.columns}
    return {
        role: plain_names[known[0]]
        for role, words in _COLUMNS.items()
        if (known := [word for word in words if word in plain_names])
    }


def _texts(table: Table, name: str | None) -> list[str]:
    if name is None:
        return [""] * len(table)
    return [plain(value) for value in table.read([name])[name].astype("object").tolist()]


def _most_probable(table: Table) -> list[str]:
    """The class of each row whose probability is the highest; "" where none is given."""
    given = [name for name in table.columns if name.casefold().startswith(_CHANCE)]
    if not given or not len(table):
        return [""] * len(table)
    frame = table.read(given)
    chances = np.stack([numbers(frame[name]) for name in given], axis=1)
    known = np.where(np.isfinite(chances), chances, -np.inf)
    highest = known.argmax(axis=1).tolist()
    found = (known.max(axis=1) > -np.inf).tolist()
    classes = [plain(name[len(_CHANCE) :]) for name in given]
    return [classes[at] if is_known else "" for at, is_known in zip(highest, found, strict=True)]


def _sides(
    values: Mapping[str, npt.NDArray[np.float64]],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None:
    """Width and height of every box; None where rows are vertices."""
    if {"width", "height"} <= values.keys():
        return values["width"], values["height"]
    if "extent" in values:
        return values["extent"], values["extent"]
    if {"right", "bottom"} <= values.keys():
        return values["right"] - values["left"], values["bottom"] - values["top"]
    return None


def _boxes(
    found: Gathered,
    values: Mapping[str, npt.NDArray[np.float64]],
    sides: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]],
    names: list[str],
    path: Path,
) -> None:
    table = np.stack([values["left"], values["top"], *sides], axis=1).tolist()
    for row, ((left, top, width, height), name) in enumerate(zip(table, names, strict=True), 1):
        if not (width > 0 and height > 0):
            raise Refusal(
                f"expected a box with a width and a height above 0 in row {row:,} of {path}: "
                f"found {width:g} × {height:g}. Correct or remove the row."
            )
        ring = corners((left, top), (left + width, top + height)).tolist()
        found.add_rings(
            name, [points_in(ring, f"row {row:,} of {path}")], by="a column", source_id=str(row)
        )


def _polygons(
    found: Gathered,
    values: Mapping[str, npt.NDArray[np.float64]],
    names: list[str],
    outlines: list[str],
    path: Path,
) -> None:
    points = points_in(
        np.stack([values["left"], values["top"]], axis=1).tolist(), f"a row of {path}"
    )
    keys = list(zip(outlines, names, strict=True))
    starts = [at for at, key in enumerate(keys) if at == 0 or key != keys[at - 1]]
    for start, end in zip(starts, [*starts[1:], len(keys)], strict=True):
        outline, name = keys[start]
        before = found.repaired
        ring: Points = points[start:end]
        found.add_rings(name, [ring], by="a column", source_id=outline or str(start + 1))
        if found.repaired > before and not outline:
            raise Refusal(
                f"expected a column that tells polygons apart (polygon) in {path}: without it rows "
                f"{start + 1:,} to {end:,} are one outline, which crosses itself. Add the column."
            )
