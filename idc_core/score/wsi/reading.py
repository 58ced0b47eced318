"""One way into every tissue image: a region of it, at the size that is asked for.

Whole-slide formats (SVS, tiled TIFF, NDPI, …) are read by OpenSlide, region by region; plain
PNG, JPEG and TIFF pictures by Pillow, whole, after a look at their header. How many µm a pixel is
comes from the file or from whoever asks; "40x" says what the scanner did, not how large a pixel is,
and is never turned into a number.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt
import openslide
from PIL import Image

from idc_core.io.refusal import Refusal
from idc_core.score.wsi import micrometres, pages
from idc_core.score.wsi.micrometres import SANE_UM, Micrometres

Pixels = npt.NDArray[np.uint8]

MOST_PICTURE_PX = 80_000_000
"""Of a picture that has to be decoded whole: 240 MB in memory."""

MOST_READ_PX = 16_000_000
"""Of one reading of a slide: 64 MB; larger parts are put together."""

PLAIN = ("PNG", "JPEG", "TIFF")


class _Source(Protocol):
    """`size` (width, height); `read` gives RGB of any part, at most as fine as the file. `note`: a
    sentence on what of the file is read, where that is not all of it."""

    size: tuple[int, int]
    um: Micrometres | None
    note: str

    def read(self, left: float, top: float, wide: float, high: float, shrink: float) -> Pixels: ...
    def pixels(self, wide: float, high: float, shrink: float) -> float:
        """How many pixels have to be decoded for such a part."""
        ...

    def close(self) -> None: ...


class TissueImage:
    """An opened image. Places are in pixels of its finest level."""

    def __init__(self, source: _Source, path: Path, um_per_px: float | None) -> None:
        self._source = source
        self.path = path
        self.size = source.size
        self.own_um_per_px = None if source.um is None else source.um.mean
        self._given = um_per_px

    @property
    def um_per_px(self) -> float | None:
        """µm of a pixel: as given, else as the file says, else not known."""
        return self._given if self._given is not None else self.own_um_per_px

    @property
    def note(self) -> str:
        """Sentences where another page, another µm than the file's, or a mean of two is used."""
        own, given = self._source.um, self._given
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
    """Open a tissue image or a whole-slide file.

    `um_per_px`: µm of a pixel of its finest level, where the file does not say or is wrong. Raises
    `Refusal` for whatever is no such image, is damaged, or is too large to be decoded whole.
    """
    if um_per_px is not None and not SANE_UM[0] <= um_per_px <= SANE_UM[1]:
        raise Refusal(f"expected {SANE_UM[0]} to {SANE_UM[1]:g} µm per pixel: found {um_per_px:g}.")
    if not path.is_file():
        raise Refusal(f"expected a tissue image: {path.name} is no file.")
    _refuse_pointer(path)
    return TissueImage(_source_of(path), path, um_per_px)


def _source_of(path: Path) -> _Source:
    if openslide.OpenSlide.detect_format(str(path)) is None:
        return _Picture(path)
    slide = _Slide(path)
    if slide.vendor != "generic-tiff" or not pages.has_larger(path, slide.size):
        return slide
    # OpenSlide takes the first tiled page of such a file, which may be a label.
    slide.close()
    return _Picture(path)


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


class _Slide:
    """A file that OpenSlide reads."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        with self._said():
            self._slide = openslide.OpenSlide(str(path))
        self.size = self._slide.dimensions
        self.vendor = self._slide.properties.get("openslide.vendor")
        self.um = micrometres.of_slide(self._slide.properties, self.size)
        self.note = ""

    def read(self, left: float, top: float, wide: float, high: float, shrink: float) -> Pixels:
        level = self._slide.get_best_level_for_downsample(shrink + 1e-6)
        step = float(self._slide.level_downsamples[level])
        size = max(round(wide / step), 1), max(round(high / step), 1)
        with self._said(f" at {round(left)}, {round(top)}"):
            found = self._slide.read_region((round(left), round(top)), level, size)
        rgba = np.asarray(found)
        # Where the file holds nothing it is transparent: that is glass.
        share = rgba[..., 3:].astype(np.uint16)
        mixed = (rgba[..., :3] * share + 255 * (255 - share)) // 255
        return np.asarray(mixed, np.uint8) if (share < 255).any() else rgba[..., :3].copy()

    def pixels(self, wide: float, high: float, shrink: float) -> float:
        level = self._slide.get_best_level_for_downsample(shrink + 1e-6)
        return wide * high / float(self._slide.level_downsamples[level]) ** 2

    def close(self) -> None:
        self._slide.close()

    @contextmanager
    def _said(self, where: str = "") -> Iterator[None]:
        try:
            yield
        except (openslide.OpenSlideError, OSError, ValueError) as broken:
            first = (str(broken).splitlines() or [""])[0][:120]
            raise Refusal(
                f"expected a whole slide in {self._name}: it cannot be read{where} ({first})."
            ) from None


class _Picture:
    """A plain picture, decoded whole; of a TIFF the largest page."""

    def __init__(self, path: Path) -> None:
        self.note = ""
        try:
            with pages.bombs_raise(), Image.open(path, formats=PLAIN) as opened:
                sizes = pages.sizes(opened)
                at = sizes.index(max(sizes, key=lambda size: size[0] * size[1]))
                description = pages.description(opened)
                opened.seek(at)
                self.size = opened.size
                self.note = pages.note(sizes, at)
                if self.size[0] * self.size[1] > MOST_PICTURE_PX:
                    raise Refusal(
                        f"expected a picture of at most {MOST_PICTURE_PX // 10**6} million pixels: "
                        f"{path.name} has {self.size[0]:,} × {self.size[1]:,}. Save it as a tiled "
                        "TIFF with the slide as its first page, which is read part by part."
                    )
                self.um = pages.micrometres_of(opened, description)
                self._pixels: Pixels = np.asarray(_rgb(opened), np.uint8)
        except Refusal:
            raise
        except (OSError, ValueError, SyntaxError, *pages.BOMBS) as broken:
            first = (str(broken).splitlines() or [""])[0][:120]
            raise Refusal(
                f"expected a tissue image (SVS, tiled TIFF and other slides, PNG, JPEG): "
                f"{path.name} cannot be read as one ({first})."
            ) from None

    def read(self, left: float, top: float, wide: float, high: float, shrink: float) -> Pixels:
        rows = slice(round(top), max(round(top + high), round(top) + 1))
        columns = slice(round(left), max(round(left + wide), round(left) + 1))
        return self._pixels[rows, columns]

    def pixels(self, wide: float, high: float, shrink: float) -> float:
        return 0  # it is decoded already

    def close(self) -> None:
        """Nothing is held open."""


def _rgb(opened: Image.Image) -> Image.Image:
    """RGB; 16-bit grey would be cut off silently and is refused."""
    if opened.mode.startswith(("I", "F")):
        raise Refusal("expected a picture of 8 bits a colour: this one has more.")
    if opened.mode in ("RGBA", "LA", "P", "PA"):
        layer = opened.convert("RGBA")
        white = Image.new("RGBA", layer.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, layer).convert("RGB")
    return opened.convert("RGB")
