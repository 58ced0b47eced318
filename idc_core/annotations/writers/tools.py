"""The tools that outlines can be written for, each with the frame that it shows them in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from idc_core.annotations.frames import out_of_level0
from idc_core.annotations.region import Frame
from idc_core.annotations.writers import asap, imagescope, qupath, wsinfer
from idc_core.annotations.writers.outline import Facts, Outline
from idc_core.records.slide_frame import SlideFrame


@dataclass(frozen=True, slots=True)
class Tool:
    """`ending` of its files, without the dot."""

    key: str
    title: str
    ending: str
    frame: Frame
    write: Callable[[Sequence[Outline], Facts], str]


TOOLS: dict[str, Tool] = {
    tool.key: tool
    for tool in (
        Tool("qupath", "QuPath", "geojson", Frame.SHOWN, qupath.write),
        Tool("asap", "ASAP", "xml", Frame.CANVAS, asap.write),
        Tool("imagescope", "ImageScope", "xml", Frame.CANVAS, imagescope.write),
        Tool("wsinfer", "WSInfer", "csv", Frame.CANVAS, wsinfer.write),
    )
}


def written(tool: Tool, outlines: Sequence[Outline], slide: SlideFrame | None, facts: Facts) -> str:
    """The tool's file of outlines in pixels of the slide's canvas, at its finest level.

    Without a slide's frame coordinates are written as they are.
    """
    if slide is None:
        return tool.write(outlines, facts)
    moved = [replace(each, shape=out_of_level0(each.shape, tool.frame, slide)) for each in outlines]
    return tool.write(moved, facts)
