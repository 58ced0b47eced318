"""TIFF slides that tifffile reads piece by piece: OME-TIFF, and what OpenSlide refuses.

The largest page is the slide. Only the tiles or strips that a part touches are decoded, and as many
of them are held as `HELD_BYTES` allows: memory does not grow with the slide. Small pages without
tiles are left to Pillow.
"""

import math
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tifffile
from tifffile import TiffPage

from idc_core.io.refusal import Refusal
from idc_core.wsi import pages, source
from idc_core.wsi.frame import frame
from idc_core.wsi.source import Pixels, Unreadable, level_for, on_white
from idc_core.wsi.tiff_pages import (
    check_pieces,
    damage,
    piece_size,
    reduced_copies,
    size_of,
    slide_page,
    um_of,
)

HELD_BYTES = 128 * 2**20
"""Of decoded tiles, so that neighbours that are read next need not be decoded again."""

_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


class TiffSource:
    """A TIFF that tifffile reads; `shown`: what it is called in sentences. Raises `Unreadable`, and
    `Refusal` where the slide holds other than 8-bit colours."""

    def __init__(self, path: Path, shown: str) -> None:
        with path.open("rb") as file:
            if file.read(4) not in _MAGIC:
                raise Unreadable("no TIFF")
        self._shown = shown
        self._held: OrderedDict[tuple[int, int], Pixels] = OrderedDict()
        with damage(Unreadable("a damaged TIFF")):
            self._file = tifffile.TiffFile(path)
        try:
            with damage(Unreadable("a damaged TIFF")):
                self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        page, found = slide_page(self._file, self._shown)
        at, sizes = found.index(page), [size_of(each) for each in found]
        is_ome = bool(self._file.is_ome)
        small = math.prod(size_of(page)) <= source.MOST_PICTURE_PX
        if small and not page.is_tiled and not is_ome:
            raise Unreadable("not in tiles")
        self._levels = [page, *reduced_copies(page, found)]
        for level in self._levels:
            check_pieces(level)
        level_sizes = [size_of(level) for level in self._levels]
        self._steps = [level_sizes[0][0] / wide for wide, _ in level_sizes]
        self.note = pages.note(sizes, at)
        self.frame = frame(level_sizes, um_of(page, self._file.pages[0]))

    def read(self, left: float, top: float, wide: float, high: float, shrink: float) -> Pixels:
        level = level_for(self._steps, shrink)
        step, (across, down) = self._steps[level], self.frame.level_sizes[level]
        x, y = min(round(left / step), across - 1), min(round(top / step), down - 1)
        right = min(x + max(round(wide / step), 1), across)
        bottom = min(y + max(round(high / step), 1), down)
        found = np.full((bottom - y, right - x, self._samples), 255, np.uint8)
        with damage(
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
        wide, high = piece_size(page)
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
