"""The squares of a slide as GeoJSON that QuPath imports over the exported picture.

QuPath reads a FeatureCollection of polygons in pixels of the image, origin at its top left, with
`objectType`, `classification` and `measurements` among the properties
(https://qupath.readthedocs.io/en/stable/docs/advanced/exporting_annotations.html). Rings are closed
and run counter-clockwise seen with y upwards, as RFC 7946 asks.
"""

import json
import math
import uuid
from collections.abc import Mapping
from typing import Any

import pandas as pd

from idc_core.data.known_labels import label_of
from idc_core.data.places import SLIDE
from idc_core.facts import names
from idc_core.facts.outcomes import PREDICTED_COLOURS, words_of
from idc_core.records.raster import Raster
from idc_core.reviews.ground import EXCLUDED

_SPACE = uuid.UUID("5b0f5d0e-7c57-4d53-9c5c-0a6b1f7d7a10")  # names squares alike in every export


def slide_geojson(
    rows: pd.DataFrame,
    origin: tuple[int, int],
    *,
    facts: Mapping[str, Any],
    colours: Mapping[str, tuple[int, int, int]],
    verdicts: Mapping[tuple[int, int], str],
    raster: Raster,
    threshold: float,
) -> str:
    """The FeatureCollection as text; `rows` may have `width` and `height` (else the side of
    a patch of `raster`).

    `rows` may name the excluded regions in which a patch lies. `facts` (run, threshold, …) stand
    once on top; `colours` by outcome; `verdicts` by place, in words. The class of a patch without a
    label is what is predicted at `threshold`.
    """
    features = [
        _feature(
            row,
            origin,
            _class(row, colours, raster, threshold),
            verdicts.get((int(row["x"]), int(row["y"]))),
            raster,
        )
        for row in rows.to_dict("records")
    ]
    content = {"type": "FeatureCollection", "properties": dict(facts), "features": features}
    return json.dumps(content, allow_nan=False, separators=(",", ":"))


def id_of(row: Mapping[Any, Any]) -> str:
    """What QuPath calls a patch: the same in every export."""
    whose = " ".join(names.shown(str(row[name])) for name in ("patient", SLIDE) if name in row)
    return str(uuid.uuid5(_SPACE, f"{whose} {_place(row)}"))


def _place(row: Mapping[Any, Any]) -> str:
    return f"x{int(row['x'])}_y{int(row['y'])}"


def _class(
    row: Mapping[Any, Any],
    colours: Mapping[str, tuple[int, int, int]],
    raster: Raster,
    threshold: float,
) -> dict[str, Any]:
    """Name and colour of a patch's class: its outcome, or what is predicted."""
    outcome, score = str(row["outcome"]), float(row["score"])
    if outcome == "unlabelled" and math.isfinite(score):
        called = score >= threshold
        colour = bytes.fromhex(PREDICTED_COLOURS[called].removeprefix("#"))
        return {"name": raster.predicted(called), "color": list(colour)}
    return {"name": words_of(raster)[outcome], "color": list(colours[outcome])}


def _feature(
    row: dict[Any, Any],
    origin: tuple[int, int],
    named: Mapping[str, Any],
    verdict: str | None,
    raster: Raster,
) -> dict[str, Any]:
    left, top = int(row["x"]) - origin[0], int(row["y"]) - origin[1]
    right = left + int(row.get("width", raster.patch_px))
    bottom = top + int(row.get("height", raster.patch_px))
    place = _place(row)
    label = label_of(row["label"])
    measured = {"score": float(row["score"])} | ({} if label is None else {"label": label})
    return {
        "type": "Feature",
        "id": id_of(row),
        "geometry": {
            "type": "Polygon",
            "coordinates": [
                [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]]
            ],
        },
        "properties": {
            "objectType": "annotation" if verdict else "detection",
            "name": place if verdict is None else f"{place}: {verdict}",
            "classification": dict(named),
            "measurements": {
                name: value for name, value in measured.items() if math.isfinite(value)
            },
            **({"metadata": {EXCLUDED: row[EXCLUDED]}} if row.get(EXCLUDED) else {}),
        },
    }
