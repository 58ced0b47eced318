"""One way into every tissue image: a region of it, at the size that is asked for.

Whole-slide formats (SVS, NDPI, MRXS, a folder of DICOM, tiled TIFF, …) are read by OpenSlide;
OME-TIFF and what OpenSlide refuses by tifffile, both region by region; plain PNG, JPEG and TIFF
pictures by Pillow, whole, after a look at their header. How many µm a pixel is comes from the file
or from whoever asks; "40x" says what the scanner did, not how large a pixel is, and is never turned
into a number.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

import cv2
import numpy as np

from idc_core.io.refusal import Refusal
from idc_core.records.slide_frame import SlideFrame
from idc_core.wsi.dicom import one_series
from idc_core.wsi.frame import um_of
from idc_core.wsi.micrometres import SANE_UM
from idc_core.wsi.openslide_source import OpenSlideSource
from idc_core.wsi.picture_source import PictureSource
from idc_core.wsi.source import Pixels, Source, Unreadable
from idc_core.wsi.tiff_pages import looked_at
from idc_core.wsi.tiff_source import TiffSource

MOST_READ_PX = 16_000_000
"""Of one reading of a slide: 64 MB; larger parts are put together."""


class TissueImage:
    """An opened image. Places are in pixels of its finest level."""

    def __init__(self, source: Source, path: Path, um_per_px: float | None) -> None:
        self._source = source
        self.path = path
        self.size = source.frame.size
        own = um_of(source.frame)
        self.own_um_per_px = None if own is None else own.mean
        self._given = um_per_px

    @property
    def frame(self) -> SlideFrame:
        """What the slide says of its geometry, with the µm that were given in place of its own."""
        own, given = self._source.frame, self._given
        return own if given is None else replace(own, um_x=given, um_y=given, um_from="given")

    @property
    def um_per_px(self) -> float | None:
        """µm of a pixel: as given, else as the file says, else not known."""
        return self._given if self._given is not None else self.own_um_per_px

    @property
    def note(self) -> str:
        """Sentences where another page, another µm than the file's, or a mean of two is used."""
        own, given = um_of(self._source.frame), self._given
        said = self._source.note
        if own is None:
            return said
        if given is not None and (own.differ or abs(own.mean - given) > 0.05 * own.mean):
            said += f" The file says {own.words()}; {given:.3g}, as given, is used."
        elif given is None and own.differ:
            said += (
                f" The file says {own.words()}: their mean, {own.mean:.3g}, is used, and tissue "
                "looks stretched."
            )
        return said.strip()

    def read(
        self, left: float, top: float, side: tuple[float, float], out: tuple[int, int]
    ) -> Pixels:
        """The part at (`left`, `top`), `side` (width, height) large, as RGB of `out` (width,
        height) pixels, shrunk by the mean of areas. Outside the image it is white.

        Raises `Refusal` where the file is damaged there.
        """
        shrink = side[0] / out[0]
        if self._source.pixels(*side, shrink) > MOST_READ_PX and min(out) > 1:
            return self._in_halves(left, top, side, out)
        right, bottom = min(left + side[0], self.size[0]), min(top + side[1], self.size[1])
        if right <= left or bottom <= top:
            return np.full((out[1], out[0], 3), 255, np.uint8)
        part = self._source.read(left, top, right - left, bottom - top, shrink)
        wide = min(max(round((right - left) / shrink), 1), out[0])
        high = min(max(round((bottom - top) / shrink), 1), out[1])
        if part.shape[:2] != (high, wide):
            how = cv2.INTER_AREA if part.shape[1] >= wide else cv2.INTER_LINEAR
            part = np.asarray(cv2.resize(part, (wide, high), interpolation=how), np.uint8)
        if (high, wide) == (out[1], out[0]):
            return part
        found = np.full((out[1], out[0], 3), 255, np.uint8)
        found[:high, :wide] = part
        return found

    def _in_halves(
        self, left: float, top: float, side: tuple[float, float], out: tuple[int, int]
    ) -> Pixels:
        """A part that is too large to be read at once, in two parts along its longer side."""
        along = 0 if out[0] >= out[1] else 1
        first = out[along] // 2
        step = side[along] * first / out[along]

        def half(of: tuple[Any, Any], size: float) -> tuple[Any, Any]:
            return (size, of[1]) if along == 0 else (of[0], size)

        before = self.read(left, top, half(side, step), half(out, first))
        moved = (left + step, top) if along == 0 else (left, top + step)
        after = self.read(*moved, half(side, side[along] - step), half(out, out[along] - first))
        return np.concatenate([before, after], axis=1 - along)

    def __enter__(self) -> "TissueImage":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._source.close()


def open_image(path: Path, um_per_px: float | None = None) -> TissueImage:
    """Open a tissue image or a whole-slide file; of DICOM its folder, or any file of it.

    `um_per_px`: µm of a pixel of its finest level, where the file does not say or is wrong. Raises
    `Refusal` for whatever is no such image, is damaged, or is too large to be decoded whole.
    """
    if um_per_px is not None and not SANE_UM[0] <= um_per_px <= SANE_UM[1]:
        raise Refusal(f"expected {SANE_UM[0]} to {SANE_UM[1]:g} µm per pixel: found {um_per_px:g}.")
    try:
        file = one_series(path) if path.is_dir() else path
        if not file.is_file():
            raise Refusal(f"expected a tissue image: {path.name} is no file.")
        _refuse_pointer(file)
    except OSError as broken:
        raise Refusal(
            f"expected a tissue image: {path.name} cannot be opened ({broken.strerror}). Check who "
            "may read it."
        ) from None
    return TissueImage(_source_of(file, path.name), path, um_per_px)


def _source_of(path: Path, shown: str) -> Source:
    """By the first reader that can; all are named where none can."""
    openslide = ("OpenSlide", OpenSlideSource)
    tiff = ("tifffile", TiffSource)
    readers: list[tuple[str, Callable[[Path, str], Source]]] = [openslide, tiff]
    if looked_at(path, shown):  # OpenSlide does not see its levels
        readers.reverse()
    told = []
    for name, reader in [*readers, ("Pillow", PictureSource)]:
        try:
            return reader(path, shown)
        except Unreadable as why:
            told.append(f"{name}: {why}")
    raise Refusal(
        f"expected a tissue image (SVS, tiled TIFF and other slides, PNG, JPEG): {shown} cannot be "
        f"read as one ({'; '.join(told)})."
    )


def _refuse_pointer(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(64)
    if not head:
        raise Refusal(f"expected a tissue image: {path.name} is empty.")
    if head.startswith(b"version https://git-lfs"):
        raise Refusal(
            f"expected a tissue image: {path.name} is a Git LFS pointer. Fetch the file itself: "
            "git lfs pull."
        )
