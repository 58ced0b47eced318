"""The pages of a TIFF as tifffile sees them: which is the slide, in what colours, how far reduced.

A label or thumbnail is neither the slide nor a reduced copy of it.
"""

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tifffile
from tifffile import COMPRESSION, PHOTOMETRIC, TiffPage

from idc_core.io.refusal import Refusal
from idc_core.wsi import micrometres, pages, source
from idc_core.wsi.source import Unreadable

_JPEG = (6, 7, 34892, 33007)
"""Compressions whose decoder turns YCbCr into RGB itself."""

# It logs what it stumbles over, and with it what tags hold: a patient's name may be among that.
logging.getLogger("tifffile").setLevel(logging.CRITICAL + 1)


def looked_at(path: Path, shown: str) -> bool:
    """Whether a file is an OME-TIFF; of no TIFF, or a damaged one, no.

    Raises `Refusal` where a TIFF of whatever kind holds other than 8-bit colours.
    """
    try:
        with damage(Unreadable("")), tifffile.TiffFile(path) as file:
            slide_page(file, shown)
            return bool(file.is_ome)
    except Unreadable:
        return False


@contextmanager
def damage(said: Exception) -> Iterator[None]:
    """Of a damaged file tifffile and its decoders raise nearly anything; what they say may quote
    the file, so that it is left out."""
    try:
        yield
    except (Refusal, Unreadable):
        raise
    except Exception:
        raise said from None


def _pages(file: tifffile.TiffFile) -> list[TiffPage | None]:
    """All pages; None, and nothing after it, for one that cannot be read."""
    found: list[TiffPage | None] = []
    for at in range(pages.MOST_PAGES):
        try:
            page = file.pages[at]
        except IndexError:
            break
        except Exception:
            found.append(None)
            break
        found.append(page if isinstance(page, TiffPage) else page.aspage())
    return found


def slide_page(file: tifffile.TiffFile, shown: str) -> tuple[TiffPage, list[TiffPage | None]]:
    """The largest page, if its colours are those of a slide, and all pages."""
    found = _pages(file)
    page = max(
        (each for each in found if each is not None), key=lambda each: math.prod(size_of(each))
    )
    _check_colours(page, sum(size_of(each) == size_of(page) for each in found), shown)
    return page, found


def size_of(page: TiffPage | None) -> tuple[int, int]:
    return pages.UNREADABLE if page is None else (page.imagewidth, page.imagelength)


def piece_size(page: TiffPage) -> tuple[int, int]:
    """Size (width, height) of a tile or strip."""
    if page.is_tiled:
        return page.tilewidth, page.tilelength
    return page.imagewidth, min(page.rowsperstrip, page.imagelength)


def _check_colours(page: TiffPage, same_size: int, shown: str) -> None:
    if page.dtype is None or page.dtype.itemsize > 1:
        bits = page.bitspersample
        raise Refusal(
            f"expected a slide of 8 bits a colour: {shown} has {bits}, as fluorescence and raw "
            "scans do. Export it as 8-bit RGB."
        )
    if page.photometric == PHOTOMETRIC.RGB and page.samplesperpixel in (3, 4):
        return
    if page.photometric == PHOTOMETRIC.YCBCR and page.compression in _JPEG:
        return
    channels = page.samplesperpixel if page.samplesperpixel > 2 else same_size
    if page.photometric in (PHOTOMETRIC.MINISBLACK, PHOTOMETRIC.MINISWHITE) and channels > 1:
        raise Refusal(
            f"expected a slide in colours (RGB): {shown} holds {channels} grey pictures of one "
            "size, as fluorescence and stacks do. Export it as 8-bit RGB."
        )
    raise Unreadable(f"colours stored as {PHOTOMETRIC(page.photometric).name}")


def check_pieces(page: TiffPage) -> None:
    if not 0 < math.prod(piece_size(page)) <= source.MOST_PICTURE_PX:
        raise Unreadable("too many pixels in one piece")
    if page.compression != COMPRESSION.NONE:
        try:
            tifffile.TIFF.DECOMPRESSORS[page.compression]
        except KeyError:
            raise Unreadable(
                f"compressed in a way that it does not know ({page.compression})"
            ) from None


def reduced_copies(page: TiffPage, found: list[TiffPage | None]) -> list[TiffPage]:
    """Reduced copies of a page, the finest first: its SubIFDs, and pages that say they are reduced,
    are tiled, and have its shape to the pixel. A label or thumbnail is none of these."""
    inside = [each for each in (page.pages or []) if isinstance(each, TiffPage)]
    beside = [each for each in found if each is not None and each is not page and each.is_reduced]
    alike = [
        each
        for each in [*inside, *beside]
        if each.is_tiled == page.is_tiled
        and each.imagewidth < page.imagewidth
        and (each.dtype, each.photometric) == (page.dtype, page.photometric)
        and (each.samplesperpixel, each.planarconfig) == (page.samplesperpixel, page.planarconfig)
        and _same_shape(page, each)
    ]
    return sorted(alike, key=lambda each: -each.imagewidth)


def _same_shape(page: TiffPage, reduced: TiffPage) -> bool:
    step = page.imagewidth / reduced.imagewidth
    return abs(reduced.imagelength * step - page.imagelength) <= step + 1


def um_of(page: TiffPage, first: Any) -> micrometres.Micrometres | None:
    """From the page's tags; OME and ImageJ speak in the first page for all."""
    across, down = (_ratio(page, tag) for tag in (282, 283))
    unit = page.tags.valueof(296, 2)
    return micrometres.of_file(
        str(first.description or page.description),
        size_of(page),
        (across, down or across),
        int(unit),
    )


def _ratio(page: TiffPage, tag: int) -> float:
    value = page.tags.valueof(tag)
    return value[0] / value[1] if isinstance(value, tuple) and value[1] else 0.0
