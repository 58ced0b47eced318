"""From the frame of a file to level-0 pixels of a slide's whole canvas, and back."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import shapely

from idc_core.annotations.region import Annotations, Frame, Picture, Region, Shape
from idc_core.io.refusal import Refusal
from idc_core.records.slide_frame import Size, SlideFrame

SAME_SCALE = 0.01
"""Largest difference between a picture's scale in x and in y, of the larger."""

BEYOND = 0.05
"""How far outlines may reach beyond the slide, of its longer side: hands slip over the edge."""

Move = Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]


def in_level0(annotations: Annotations, slide: SlideFrame, where: str = "the file") -> Annotations:
    """The same regions in level-0 pixels of the canvas; the frame is `Frame.CANVAS` then.

    Raises `Refusal` where the slide does not say what is needed, where a picture has another shape
    than the slide, and where the outlines lie outside the slide; `where` names their file.
    """
    move, slack = _move(annotations, slide, where)
    regions = tuple(_moved(region, move) for region in annotations.regions)
    _refuse_outside(regions, slide, slack, where)
    return replace(annotations, regions=regions, frame=Frame.CANVAS)


def out_of_level0(shape: Shape, frame: Frame, slide: SlideFrame) -> Shape:
    """A shape in level-0 pixels of the canvas as a tool counts that works in `frame`; the reverse
    of `in_level0` for the frames that outlines are written in."""
    if frame is Frame.SHOWN:
        moved: Shape = shapely.transform(shape, lambda xy: xy - slide.corner)
        return moved
    assert frame is Frame.CANVAS
    return shape


def share_outside(annotations: Annotations, slide: SlideFrame) -> float:
    """Share of the outlined area (already in level 0) that lies outside the slide."""
    shapes = [region.shape for region in annotations.regions if not region.negative]
    drawn = float(shapely.area(shapes).sum()) if shapes else 0.0
    inside = shapely.area(shapely.clip_by_rect(shapes, 0, 0, *slide.size)).sum() if shapes else 0.0
    return 1 - float(inside) / drawn if drawn else 0.0


def _move(annotations: Annotations, slide: SlideFrame, where: str) -> tuple[Move, float]:
    """The change of coordinates, and how many pixels of level 0 one unit of the file is."""
    width, _ = slide.size
    match annotations.frame:
        case Frame.CANVAS:
            return (lambda xy: xy), 1.0
        case Frame.SHOWN:
            return (lambda xy: xy + slide.corner), 1.0
        case Frame.FRACTION:
            return (lambda xy: xy * width), 1.0
        case Frame.NANOMETRES:
            return _from_nanometres(slide, where), 1.0
        case Frame.PICTURE:
            scale, corner = _of_picture(annotations.picture, slide, where)
            return (lambda xy: xy * scale + corner), max(scale)


def _from_nanometres(slide: SlideFrame, where: str) -> Move:
    """px = (nm − offset) / (1000 · µm) + size / 2, as in LazySlide's reader of NDPA."""
    known = (slide.um_x, slide.um_y, slide.offset_x_nm, slide.offset_y_nm)
    um_x, um_y, offset_x, offset_y = known
    if offset_x is None or offset_y is None:
        raise Refusal(
            f"expected a slide that says how far it lies from the slide's centre, as {where} is in "
            "nanometres from there: found none. Use it with its NDPI, or export it from QuPath."
        )
    if not um_x or not um_y:
        raise Refusal(
            f"expected the slide's µm per pixel, as {where} is in nanometres: found none. State it."
        )
    offset = np.array((offset_x, offset_y), np.float64)
    pixel = 1000 * np.array((um_x, um_y), np.float64)
    centre = np.array(slide.size, np.float64) / 2
    return lambda xy: (xy - offset) / pixel + centre


def _of_picture(
    picture: Picture | None, slide: SlideFrame, where: str
) -> tuple[tuple[float, float], tuple[int, int]]:
    """Level-0 pixels a pixel of the picture, and where its corner lies: of the canvas, or of what
    viewers show if the picture has the shape of that."""
    if picture is None or picture.width is None or picture.height is None:
        raise Refusal(
            f"expected the size of the picture that {where} was drawn on, to know its scale: it "
            "does not say. Write width and height into the file."
        )
    size = picture.width, picture.height
    if scale := scale_between(size, slide.size):
        return scale, (0, 0)
    if slide.bounds_size and (scale := scale_between(size, slide.bounds_size)):
        return scale, slide.corner
    across, down = (whole / part for whole, part in zip(slide.size, size, strict=True))
    raise Refusal(
        f"expected {where} to be drawn on a picture of the whole slide, {slide.size[0]:,} × "
        f"{slide.size[1]:,} px: found one of {size[0]:,} × {size[1]:,}, which would be "
        f"{across:.2f} times smaller in x and {down:.2f} in y. Name the slide that it shows."
    )


def scale_between(part: Size, whole: Size) -> tuple[float, float] | None:
    """Whole pixels a pixel of the part in x and y; None where they differ too much.

    A picture reduced by a whole number loses or gains a last column: its scale is that number.
    """
    across, down = whole[0] / part[0], whole[1] / part[1]
    if abs(across - down) > SAME_SCALE * max(across, down):
        return None
    times = round((across + down) / 2)
    if times and all(
        part[axis] in {whole[axis] // times, -(-whole[axis] // times)} for axis in (0, 1)
    ):
        return float(times), float(times)
    return across, down


def _moved(region: Region, move: Move) -> Region:
    shape: Shape = shapely.transform(region.shape, move)
    return replace(region, shape=shape)


def _refuse_outside(
    regions: tuple[Region, ...], slide: SlideFrame, slack: float, where: str
) -> None:
    if not regions:
        return
    left, top, right, bottom = shapely.total_bounds([region.shape for region in regions])
    width, height = slide.size
    far = slack + BEYOND * max(slide.size)
    if left < -far or top < -far or right > width + far or bottom > height + far:
        raise Refusal(
            f"expected the outlines of {where} on a slide of {width:,} × {height:,} px: they reach "
            f"from ({left:,.0f}, {top:,.0f}) to ({right:,.0f}, {bottom:,.0f}). Name the slide, or "
            "the picture, that they were drawn on."
        )
