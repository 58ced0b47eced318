"""COCO JSON: objects of many pictures, as polygons, run lengths, or boxes alone."""

from collections.abc import Mapping, Sequence
from pathlib import Path, PureWindowsPath
from typing import Any

from idc_core.annotations.gathered import Gathered, plain
from idc_core.annotations.pixels import outlines
from idc_core.annotations.readers.json_fields import Fields, listed, objects, side
from idc_core.annotations.readers.run_lengths import decoded
from idc_core.annotations.region import Annotations, Frame, Picture
from idc_core.annotations.shapes import area_of, corners, points_in, united
from idc_core.io.names import did_you_mean
from idc_core.io.refusal import Refusal


def pictures(content: Fields, path: Path) -> list[str]:
    """Names of the pictures in a file, without folders."""
    return [_name(image) for image in objects(content, "images", path)]


def read(content: Fields, path: Path, picture: str | None = None) -> Annotations:
    """The objects of one picture, which is named unless the file has but one.

    A name is compared without folder, ending and case. Raises `Refusal` with the names there are.
    """
    image = _chosen(objects(content, "images", path), path, picture)
    classes = {
        each.get("id"): plain(each.get("name")) for each in objects(content, "categories", path)
    }
    found = Gathered()
    for each in objects(content, "annotations", path):
        if each.get("image_id") == image.get("id"):
            where = f"annotation {each.get('id')} of {path}"
            if each.get("category_id") not in classes:
                raise Refusal(
                    f"expected a category of the list in {where}: found "
                    f"{str(each.get('category_id'))[:40]!r}. Export the file again."
                )
            _take(found, each, classes[each["category_id"]], where)
    known = Picture(_name(image), side(image, "width"), side(image, "height"))
    return found.done("COCO", Frame.PICTURE, known)


def _chosen(images: Sequence[Fields], path: Path, picture: str | None) -> Fields:
    names = [_name(image) for image in images]
    if picture is None and len(images) == 1:
        return images[0]
    wanted = _stem(picture or "")
    matching = [image for image, name in zip(images, names, strict=True) if _stem(name) == wanted]
    if picture is not None and len(matching) == 1:
        return matching[0]
    if picture is None or len(matching) > 1:
        listed_names = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
        raise Refusal(
            f"expected the name of one of the {len(names)} pictures in {path} ({listed_names}): "
            f"found {'none' if picture is None else f'{len(matching)} called {picture}'}. Name one."
        )
    raise Refusal(
        f"expected {picture} among the {len(names)} pictures of {path}: it is not there. "
        f"{did_you_mean(picture, names)}".rstrip()
    )


def _take(found: Gathered, each: Fields, name: str, where: str) -> None:
    source, shape = plain(each.get("id")), each.get("segmentation")
    if isinstance(shape, Mapping):
        if (area := outlines(decoded(shape, where), where, skip=0).get(1)) is None:
            found.leave("an outline without an area")
        else:
            found.add(name, area, by="category", source_id=source)
    elif shape:
        _polygons(found, name, listed(each, "segmentation", where), source, where)
    elif (box := listed(each, "bbox", where)) and len(box) == 4:
        left, top, width, height = points_in([box[:2], box[2:]], where).ravel()
        ring = corners((left, top), (left + width, top + height))
        found.add_rings(name, [ring], by="category", source_id=source)
    else:
        found.leave("an object without a geometry")


def _polygons(found: Gathered, name: str, parts: Sequence[Any], source: str, where: str) -> None:
    """The parts of one object, each a flat list x, y, x, y …"""
    rings = []
    for part in parts:
        if not isinstance(part, list) or len(part) % 2:
            raise Refusal(
                f"expected polygons as lists x, y, x, y … in {where}: found {str(part)[:40]!r}."
            )
        rings.append(points_in(list(zip(part[::2], part[1::2], strict=True)), where))
    if len(rings) == 1:
        found.add_rings(name, rings, by="category", source_id=source)
        return
    areas = [area_of([ring]) for ring in rings]
    whole = united([area for area, _ in areas if area is not None])
    if whole.is_empty:
        found.leave("an outline without an area")
        return
    found.repaired += any(mended for _, mended in areas)
    found.add(name, whole, by="category", source_id=source)


def _name(image: Fields) -> str:
    return PureWindowsPath(str(image.get("file_name") or image.get("id"))).name


def _stem(name: str) -> str:
    return PureWindowsPath(name).stem.casefold()
