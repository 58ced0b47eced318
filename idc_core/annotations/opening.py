"""One way in for every format: known by what a file holds, never by its name's ending."""

import codecs
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from shapely.errors import ShapelyError

from idc_core.annotations.content import content_of, head_of, json_of, xml_of
from idc_core.annotations.readers import (
    asap,
    coco,
    darwin,
    geojson,
    girder,
    halo,
    imagescope,
    labelme,
    masks,
    ndpa,
    sectra,
    tables,
    voc,
)
from idc_core.annotations.region import Annotations
from idc_core.io.refusal import Refusal

FORMATS = (
    "QuPath GeoJSON, ASAP, ImageScope or HALO XML, NDPA, LabelMe, COCO, Pascal VOC, Darwin, "
    "Sectra or HistomicsUI JSON, a label mask as PNG or TIFF, or a table of boxes"
)
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_OTHER_HEADS = {
    b"\xff\xd8\xff": "a JPEG, whose labels are blurred. Save the mask as PNG.",
    b"SQLite format": "a database. Export the annotations from its program.",
    b"%PDF": "a PDF. Export the annotations from the program that drew them.",
    b"\x89HDF": "an HDF5 file. Export the mask as TIFF.",
    b"\x93NUMPY": "an array of NumPy. Save the mask as PNG or TIFF.",
}
_XML: dict[str, Callable[[Element, Path], Annotations]] = {
    asap.ROOT: asap.read,
    ndpa.ROOT: ndpa.read,
    voc.ROOT: voc.read,
}


def read(
    path: Path,
    *,
    detections: bool = False,
    picture: str | None = None,
    names: Mapping[str, str] | None = None,
) -> Annotations:
    """The regions of a file, in the frame of the file (`frames.in_level0` changes it).

    `detections`: with QuPath's cells and detections; `picture`: which of a COCO file's pictures;
    `names`: value or colour of a mask → class. Raises `Refusal`, and nothing else, for what cannot
    be read: one sentence with what was expected, what came, and the cure.
    """
    try:
        return _read(path, detections, picture, names)
    except ShapelyError as broken:
        raise Refusal(
            f"expected outlines in {path} that enclose areas: found one that cannot be repaired "
            f"({str(broken)[:80]}). Draw it again."
        ) from None


def _read(
    path: Path, detections: bool, picture: str | None, names: Mapping[str, str] | None
) -> Annotations:
    head = head_of(path)
    if head.startswith(_PICTURES):
        return masks.read(path, names)
    for start, said in _OTHER_HEADS.items():
        if head.startswith(start):
            raise Refusal(f"expected outlines in {path}, as {FORMATS}: found {said}")
    content = content_of(path)
    first = _first_letter(content)
    if not first:
        raise Refusal(f"expected outlines in {path}: the file is empty. Export it again.")
    if first == "<":
        return _of_xml(xml_of(content, path), path)
    if first in '{["':
        return _of_json(json_of(content, path), path, detections, picture)
    return tables.read(path)


def pictures_in(path: Path) -> list[str]:
    """Names of the pictures that a COCO file is about; empty for every other format."""
    if head_of(path).startswith(_PICTURES):
        return []
    content = content_of(path)
    if _first_letter(content) != "{":
        return []
    found = json_of(content, path)
    return coco.pictures(found, path) if _is_coco(found) else []


def _first_letter(content: bytes) -> str:
    head = content[:4096]
    for mark in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        head = head.removeprefix(mark)
    return head.replace(b"\0", b"").lstrip()[:1].decode("latin-1")


def _of_xml(root: Element, path: Path) -> Annotations:
    if root.tag == imagescope.ROOT:
        return halo.read(root, path) if halo.is_halo(root) else imagescope.read(root, path)
    is_other = root.tag == ndpa.ROOT and len(root) and root.find(ndpa.ENTRY) is None
    if (reader := _XML.get(root.tag)) and not is_other:
        return reader(root, path)
    raise Refusal(
        f"expected outlines in {path}, as {FORMATS}: found XML that begins with <{root.tag[:40]}>"
        f"{' of CVAT' if is_other else ''}. Export it in one of these forms."
    )


def _of_json(content: Any, path: Path, detections: bool, picture: str | None) -> Annotations:
    if isinstance(content, str):  # JSON within a text of JSON, as luna wrote it
        content = json_of(content.encode("utf-8", "replace"), path)
    documents = content if isinstance(content, list) else [content]
    if documents and girder.is_girder(documents[0]):
        return girder.read(documents, path)
    if documents and sectra.is_sectra(documents[0]):
        return sectra.read(documents, path)
    if isinstance(content, list) and all(_is_feature(each) for each in content):
        return geojson.read(content, path, detections=detections)
    if not isinstance(content, dict):
        raise _unknown(path, f"a {type(content).__name__} of JSON")
    if _is_coco(content):
        return coco.read(content, path, picture)
    if "shapes" in content:
        return labelme.read(content, path)
    if "annotations" in content and ("item" in content or "image" in content):
        return darwin.read(content, path)
    if _is_feature(content):
        return geojson.read(content, path, detections=detections)
    raise _unknown(path, _described(content))


def _is_feature(content: object) -> bool:
    if not isinstance(content, dict):
        return False
    known = {"Feature", "FeatureCollection", *geojson.GEOMETRIES}
    return content.get("type") in known or "geometry" in content


def _is_coco(content: object) -> bool:
    return isinstance(content, dict) and {"images", "annotations"} <= content.keys()


def _unknown(path: Path, found: str) -> Refusal:
    return Refusal(
        f"expected outlines in {path}, as {FORMATS}: found {found}. Export it in one of these "
        "forms."
    )


def _described(content: Mapping[str, Any]) -> str:
    """What another JSON object is, as far as it can be told."""
    if content.keys() <= {"name", "names", "parentClass", "color", "colorRGB"}:
        return "the description of a QuPath class, without outlines"
    if "_via_img_metadata" in content or "_via_settings" in content:
        return "a project of the VGG Image Annotator"
    keys = ", ".join(list(content)[:5])[:80]
    return f"JSON with {keys or 'nothing in it'}, and no outlines"
