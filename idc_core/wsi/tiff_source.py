"""TIFF slides that tifffile reads piece by piece: OME-TIFF, and what OpenSlide refuses.

The largest page is the slide. Only the tiles or strips that a part touches are decoded, and as many
of them are held as `HELD_BYTES` allows: memory does not grow with the slide. Small pages without
tiles are left to Pillow.
"""

import logging
import math
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from tifffile import COMPRESSION, PHOTOMETRIC, TiffPage

from idc_core.io.refusal import Refusal
from idc_core.wsi import micrometres, pages, source
from idc_core.wsi.frame import frame
from idc_core.wsi.source import Pixels, Unreadable, level_for, on_white

HELD_BYTES = 128 * 2**20
"""Of decoded tiles, so that neighbours that are read next need not be decoded again."""

_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_JPEG = (6, 7, 34892, 33007)
"""Compressions whose decoder turns YCbCr into RGB itself."""

# It logs what it stumbles over, and with it what tags hold: a patient's name may be among that.
logging.getLogger("tifffile").setLevel(logging.CRITICAL + 1)


def looked_at(path: Path, shown: str) -> bool:
    """Whether a file is an OME-TIFF; of no TIFF, or a damaged one, no.

    Raises `Refusal` where a TIFF of whatever kind holds other than 8-bit colours.
    """
    try:
        with _damage(Unreadable("")), tifffile.TiffFile(path) as file:
            _slide_page(file, shown)
            return bool(file.is_ome)
    except Unreadable:
        return False


class TiffSource:
    """A TIFF that tifffile reads; `shown`: what it is called in sentences. Raises `Unreadable`, and
    `Refusal` where the slide holds other than 8-bit colours."""

    def __init__(self, path: Path, shown: str) -> None:
        with path.open("rb") as file:
            if file.read(4) not in _MAGIC:
                raise Unreadable("no TIFF")
        self._shown = shown
        self._held: OrderedDict[tuple[int, int], Pixels] = OrderedDict()
        with _damage(Unreadable("a damaged TIFF")):
            self._file = tifffile.TiffFile(path)
        try:
            with _damage(Unreadable("a damaged TIFF")):
                self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        page, found = _slide_page(self._file, self._shown)
        at, sizes = found.index(page), [_size(each) for each in found]
        is_ome = bool(self._file.is_ome)
        small = math.prod(_size(page)) <= source.MOST_PICTURE_PX
        if small and not page.is_tiled and not is_ome:
            raise Unreadable("not in tiles")
        self._levels = [page, *_reduced(page, found)]
        for level in self._levels:
            _check_pieces(level)
        level_sizes = [_size(level) for level in self._levels]
        self._steps = [level_sizes[0][0] / wide for wide, _ in level_sizes]
        self.note = pages.note(sizes, at)
        self.frame = frame(level_sizes, _um(page, self._file.pages[0]))

    def read(self, left: float, top: float, wide: float, high: float, shrink: float) -> Pixels:
        level = level_for(self._steps, shrink)
        step, (across, down) = self._steps[level], self.frame.level_sizes[level]
        x, y = min(round(left / step), across - 1), min(round(top / step), down - 1)
        right = min(x + max(round(wide / step), 1), across)
        bottom = min(y + max(round(high / step), 1), down)
        found = np.full((bottom - y, right - x, self._samples), 255, np.uint8)
        with _damage(
            Refusal(
                f"expected a whole slide in {self._shown}: it cannot be read at {round(left)}, "
                f"{round(top)} (a damaged tile). Copy or export it again."
            )
        ):
            for place, piece in self._pieces(level, x, y, right, bottom):
                _paste(found, piece, place[0] - x, place[1] - y)
        return on_white(found) if self._samples == 4 else found[..., :3]

    def pixels(self, wide: float, high: float, shrink: float) -> float:
        return wide * high / self._steps[level_for(self._steps, shrink)] ** 2

    def close(self) -> None:
        self._file.close()
        self._held.clear()

    @property
    def _samples(self) -> int:
        return 4 if self._levels[0].samplesperpixel == 4 and self._levels[0].extrasamples else 3

    def _pieces(
        self, level: int, left: int, top: int, right: int, bottom: int
    ) -> Iterator[tuple[tuple[int, int], Pixels]]:
        """The tiles or strips of a level that a part touches, each with the place of its corner."""
        page = self._levels[level]
        wide, high = _piece(page)
        columns = -(-page.imagewidth // wide)
        for row in range(top // high, -(-bottom // high)):
            for column in range(left // wide, -(-right // wide)):
                yield (column * wide, row * high), self._decoded(level, row * columns + column)

    def _decoded(self, level: int, number: int) -> Pixels:
        held = self._held.get((level, number))
        if held is not None:
            self._held.move_to_end((level, number))
            return held
        page = self._levels[level]
        planes = page.samplesperpixel if page.planarconfig == 2 else 1
        each = len(page.dataoffsets) // planes
        parts = [self._decode(page, plane * each + number) for plane in range(planes)]
        piece = np.concatenate(parts, axis=2)[..., : self._samples]
        self._held[level, number] = piece
        while len(self._held) > 1 and sum(one.nbytes for one in self._held.values()) > HELD_BYTES:
            self._held.popitem(last=False)
        return piece

    def _decode(self, page: TiffPage, index: int) -> Pixels:
        """A tile or strip (h, w, samples); white where the file holds nothing."""
        count = page.databytecounts[index]
        data = self._file.filehandle
        data.seek(page.dataoffsets[index])
        coded = data.read(count)
        if len(coded) < count:
            raise ValueError("the file ends before")
        found, _, shape = page.decode(coded or None, index, jpegtables=page.jpegtables)
        if found is None:
            return np.full(shape[1:], 255, np.uint8)
        return np.asarray(found[0], np.uint8)


def _paste(onto: Pixels, piece: Pixels, left: int, top: int) -> None:
    """Copy what of a piece lies inside, its corner at (`left`, `top`)."""
    right, bottom = left + piece.shape[1], top + piece.shape[0]
    inside = piece[max(-top, 0) : onto.shape[0] - top, max(-left, 0) : onto.shape[1] - left]
    onto[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = inside


@contextmanager
def _damage(said: Exception) -> Iterator[None]:
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


def _slide_page(file: tifffile.TiffFile, shown: str) -> tuple[TiffPage, list[TiffPage | None]]:
    """The largest page, if its colours are those of a slide, and all pages."""
    found = _pages(file)
    page = max(
        (each for each in found if each is not None), key=lambda each: math.prod(_size(each))
    )
    _check_colours(page, sum(_size(each) == _size(page) for each in found), shown)
    return page, found


def _size(page: TiffPage | None) -> tuple[int, int]:
    return pages.UNREADABLE if page is None else (page.imagewidth, page.imagelength)


def _piece(page: TiffPage) -> tuple[int, int]:
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


def _check_pieces(page: TiffPage) -> None:
    if not 0 < math.prod(_piece(page)) <= source.MOST_PICTURE_PX:
        raise Unreadable("too many pixels in one piece")
    if page.compression != COMPRESSION.NONE:
        try:
            tifffile.TIFF.DECOMPRESSORS[page.compression]
        except KeyError:
            raise Unreadable(
                f"compressed in a way that it does not know ({page.compression})"
            ) from None


def _reduced(page: TiffPage, found: list[TiffPage | None]) -> list[TiffPage]:
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


def _um(page: TiffPage, first: Any) -> micrometres.Micrometres | None:
    """From the page's tags; OME and ImageJ speak in the first page for all."""
    across, down = (_ratio(page, tag) for tag in (282, 283))
    unit = page.tags.valueof(296, 2)
    return micrometres.of_file(
        str(first.description or page.description), _size(page), (across, down or across), int(unit)
    )


def _ratio(page: TiffPage, tag: int) -> float:
    value = page.tags.valueof(tag)
    return value[0] / value[1] if isinstance(value, tuple) and value[1] else 0.0
