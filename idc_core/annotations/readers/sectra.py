"""Sectra Pathology JSON: outlines as fractions of the slide's width, in x and in y."""

from collections.abc import Mapping
from pathlib import Path

from idc_core.annotations.gathered import Gathered, plain
from idc_core.annotations.readers.json_fields import Fields, listed, named_points
from idc_core.annotations.region import Annotations, Frame
from idc_core.io.refusal import Refusal


def is_sectra(content: object) -> bool:
    """Whether this is an annotation of Sectra's."""
    return (
        isinstance(content, Mapping)
        and "slideId" in content
        and isinstance(content.get("content"), list)
    )


def read(content: list[Fields], path: Path) -> Annotations:
    """The areas of a file; lengths, arrows and texts have none."""
    found = Gathered()
    for index, each in enumerate(content, start=1):
        where = f"annotation {index} of {path}"
        if not is_sectra(each):
            raise Refusal(f"expected an annotation of Sectra in {where}: found something else.")
        kind = str(each.get("type"))
        if kind.casefold() not in {"area", "polygon", "freehand"}:
            found.leave("a line" if kind.casefold() in {"length", "arrow", "line"} else kind[:40])
            continue
        ring = named_points(listed(each, "content", where), where)
        name = plain(each.get("name"))
        found.add_rings(name, [ring], by="name", source_id=plain(each.get("id")))
    return found.done("Sectra", Frame.FRACTION)
