"""A slide's geometry from its file. Only the properties named here are asked for: others may hold a
patient's name."""

import re
from collections.abc import Mapping, Sequence

from idc_core.records.slide_frame import Size, SlideFrame
from idc_core.wsi import micrometres
from idc_core.wsi.micrometres import Micrometres

NAMED = (
    "openslide.vendor",
    "openslide.mpp-x",
    "openslide.mpp-y",
    "openslide.bounds-x",
    "openslide.bounds-y",
    "openslide.bounds-width",
    "openslide.bounds-height",
    "hamamatsu.XOffsetFromSlideCentre",
    "hamamatsu.YOffsetFromSlideCentre",
    "dicom.Manufacturer",
    "tiff.XResolution",
    "tiff.YResolution",
    "tiff.ImageDescription",
)
"""All that is taken of a slide's properties; of the description the µm per pixel alone."""

_MAKER = re.compile(r"[\w .,&-]{1,40}", re.ASCII)


def um_of(known: SlideFrame) -> Micrometres | None:
    """µm of its pixels, None where they are not known."""
    return None if known.um_x is None or known.um_y is None else Micrometres(known.um_x, known.um_y)


def frame(
    level_sizes: Sequence[Size], um: Micrometres | None, properties: Mapping[str, str] | None = None
) -> SlideFrame:
    """The frame of a file with these levels, the finest first; `properties` as OpenSlide names
    them."""
    known = properties or {}
    left, top, wide, high = (
        _whole(known.get(f"openslide.bounds-{name}")) for name in ("x", "y", "width", "height")
    )
    return SlideFrame(
        size=level_sizes[0],
        um_x=None if um is None else um.x,
        um_y=None if um is None else um.y,
        bounds_x=left,
        bounds_y=top,
        bounds_size=(wide, high) if wide and high else None,
        offset_x_nm=_whole(known.get("hamamatsu.XOffsetFromSlideCentre")),
        offset_y_nm=_whole(known.get("hamamatsu.YOffsetFromSlideCentre")),
        level_sizes=tuple(level_sizes),
        um_from="unknown" if um is None else "file",
        scanner=_scanner(known),
    )


def frame_of_slide(level_sizes: Sequence[Size], properties: Mapping[str, str]) -> SlideFrame:
    """The frame of a slide that OpenSlide opened, from its `NAMED` properties."""
    um = micrometres.of_slide(properties, level_sizes[0])
    return frame(level_sizes, um, properties)


def _scanner(known: Mapping[str, str]) -> str:
    """OpenSlide's name of the format's maker; of DICOM, which many write, the maker's own."""
    vendor = known.get("openslide.vendor", "")
    maker = known.get("dicom.Manufacturer", "").strip()
    if vendor == "dicom" and _MAKER.fullmatch(maker):
        return maker
    return "" if vendor == "generic-tiff" else vendor


def _whole(text: str | None) -> int | None:
    try:
        return None if text is None else int(text)
    except ValueError:
        return None
