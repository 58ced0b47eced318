"""GeoJSON: QuPath 0.2 to 0.6 (list, FeatureCollection, one Feature), HistomicsUI, luna, GeoPandas.

QuPath's coordinates start at what QuPath shows; those of others at the whole slide. A class stands
in `classification` (an object, one with `names`, one nested in `parentClass`, or a text of any of
these), else in the first field of `_FIELDS` that says something.
"""

import ast
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from idc_core.annotations.gathered import Gathered, plain
from idc_core.annotations.region import Annotations, Frame
from idc_core.annotations.shapes import Points, area_of, points_in, united
from idc_core.io.refusal import Refusal

GEOMETRIES = (
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
)
_FIELDS = ("label", "label_name", "class", "class_name", "className", "name", "group")
_QUPATH = ("objectType", "object_type", "classification", "isLocked", "measurements")
_WITHOUT_AREA = {
    "Point": "a point",
    "MultiPoint": "a point",
    "LineString": "a line",
    "MultiLineString": "a line",
}
_DETECTIONS = {
    "cell",
    "detection",
    "tile",
    "pathcellobject",
    "pathdetectionobject",
    "pathtileobject",
}
_OTHERS = {"tmacore", "tma_core", "pathtmacoreobject", "tmacoreobject", "root", "pathrootobject"}
_DEEPEST = 20

Feature = Mapping[str, Any]


def read(content: object, path: Path, *, detections: bool = False) -> Annotations:
    """The regions of a file; cells, detections and tiles only with `detections`."""
    found = Gathered()
    is_qupath = False
    for number, feature in enumerate(_features(content, path), start=1):
        where = f"feature {number} of {path}"
        if not isinstance(feature, Mapping):
            raise Refusal(f"expected an object in {where}: found {str(feature)[:40]!r}.")
        fields = feature.get("properties") or {}
        if not isinstance(fields, Mapping):
            raise Refusal(f"expected an object as properties of {where}: found a text or list.")
        is_qupath |= _is_qupath(feature, fields)
        kind = _kind(feature, fields)
        if kind in _OTHERS:
            found.leave("a core of a tissue array, or the whole picture")
        elif kind in _DETECTIONS and not detections:
            found.leave("a cell or detection")
        else:
            _take(found, feature, fields, where)
    if is_qupath or not found.regions:
        return found.done("QuPath", Frame.SHOWN)
    return found.done("GeoJSON", Frame.CANVAS)


def _features(content: object, path: Path) -> Iterator[object]:
    """Every feature, of collections within lists too; a bare geometry is one without a class."""
    if isinstance(content, list):
        for each in content:
            yield from _features(each, path) if _is_collection(each) else (each,)
    elif _is_collection(content):
        assert isinstance(content, Mapping)
        features = content.get("features")
        if not isinstance(features, list):
            raise Refusal(f"expected a list of features in {path}: found none. Export it again.")
        yield from features
    elif isinstance(content, Mapping) and content.get("type") in GEOMETRIES:
        yield {"geometry": content}
    else:
        yield content


def _is_collection(content: object) -> bool:
    return isinstance(content, Mapping) and content.get("type") == "FeatureCollection"


def _is_qupath(feature: Feature, fields: Feature) -> bool:
    return any(name in fields for name in _QUPATH) or str(feature.get("id")).startswith("Path")


def _kind(feature: Feature, fields: Feature) -> str:
    kind = fields.get("objectType") or fields.get("object_type") or feature.get("id")
    return str(kind).casefold()


def _take(found: Gathered, feature: Feature, fields: Feature, where: str) -> None:
    geometry = feature.get("geometry")
    if geometry is None:
        found.leave("an object without a geometry")
        return
    name, by = _class_of(fields)
    polygons = list(_polygons(geometry, where))
    if not polygons:
        kind = str(geometry.get("type"))
        found.leave(_WITHOUT_AREA.get(kind, "an object without a geometry"))
        return
    source = plain(feature.get("id"))
    if len(polygons) == 1:
        found.add_rings(name, polygons[0], by=by, source_id=source)
        return
    parts = [area_of(rings) for rings in polygons]
    shapes = [shape for shape, _ in parts if shape is not None]
    whole = united(shapes)
    if whole.is_empty:
        found.leave("an outline without an area")
        return
    overlap = sum(shape.area for shape in shapes) > whole.area * (1 + 1e-9)
    found.repaired += overlap or any(mended for _, mended in parts)
    found.holes += sum(len(rings) - 1 for rings in polygons)
    found.add(name, whole, by=by, source_id=source)


def _polygons(geometry: object, where: str, depth: int = 0) -> Iterator[list[Points]]:
    """The rings of every polygon within a geometry."""
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if not isinstance(geometry, Mapping) or kind not in GEOMETRIES or depth > _DEEPEST:
        raise Refusal(
            f"expected a geometry of GeoJSON in {where}: found {str(kind or geometry)[:40]!r}."
        )
    if kind == "GeometryCollection":
        for part in _listed(geometry.get("geometries"), where):
            yield from _polygons(part, where, depth + 1)
    elif kind == "Polygon":
        yield from _polygon(geometry.get("coordinates"), where)
    elif kind == "MultiPolygon":
        for part in _listed(geometry.get("coordinates"), where):
            yield from _polygon(part, where)


def _polygon(rings: object, where: str) -> Iterator[list[Points]]:
    rings = _listed(rings, where)
    for ring in rings:
        if any(not isinstance(point, list | tuple) for point in _listed(ring, where)):
            raise Refusal(
                f"expected a list of rings, each a list of points, in {where}: found numbers in "
                "place of points, one bracket too few. Write each polygon as [[[x, y], …]]."
            )
    if any(rings):
        yield [points_in(ring, where) for ring in rings if ring]


def _listed(value: object, where: str) -> Sequence[Any]:
    if isinstance(value, list):
        return value
    raise Refusal(f"expected a list of coordinates in {where}: found {str(value)[:40]!r}.")


def _class_of(fields: Feature) -> tuple[str, str]:
    """The class of a feature and the field that names it; ("", "") where none says anything."""
    if name := _classified(fields.get("classification")):
        return name, "classification"
    for field in _FIELDS:
        value = fields.get(field)
        if name := plain(value.get("value") if isinstance(value, Mapping) else value):
            return name, field
    return "", ""


def _classified(value: object, depth: int = 0) -> str:
    """The name in a classification; QuPath joins those of a derived class by colons.

    >>> _classified({"names": ["Tumor", "Positive"]})
    'Tumor: Positive'
    >>> _classified({"name": "Positive", "parentClass": {"name": "Tumor"}})
    'Tumor: Positive'
    >>> _classified("{'name': 'Stroma'}")
    'Stroma'
    """
    if isinstance(value, str) and value.strip().startswith("{"):
        value = _object_in(value)
    if not isinstance(value, Mapping):
        return plain(value)
    names = value.get("names")
    if isinstance(names, list):
        return ": ".join(filter(None, map(plain, names)))
    parent = _classified(value.get("parentClass"), depth + 1) if depth < _DEEPEST else ""
    return ": ".join(filter(None, (parent, plain(value.get("name")))))


def _object_in(text: str) -> object:
    """The object that a table library wrote as a text, of JSON or of Python; else the text."""
    for parse in (json.loads, ast.literal_eval):
        try:
            found: object = parse(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        return found
    return text
