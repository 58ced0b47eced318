"""Label masks: PNG, and TIFF with a pyramid or without. A class for each value or colour.

0, black and transparent are nothing annotated, unless `names` says what they are. Pixels are never
interpolated: their edges become the outlines. Of a pyramid the finest level is read that has no
more than `MOST_PIXELS`.
"""

import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from idc_core.annotations.gathered import Gathered
from idc_core.annotations.pixels import outlines
from idc_core.annotations.region import Annotations, Frame, Picture
from idc_core.io.refusal import Refusal

MOST_PIXELS = 8192**2
MOST_VALUES = 256

_OPAQUE = 255
_BLURRING = {"jpeg", "tiff_jpeg", "webp", "jpeg2000"}
Raster = npt.NDArray[np.uint32]


def read(path: Path, names: Mapping[str, str] | None = None) -> Annotations:
    """The areas of every value; `names`: value → class, as in {"1": "tumour", "#ff0000": "fat"}.

    Raises `Refusal` for a photograph, fractions, more than `MOST_VALUES`, or a raster that is too
    large and has no pyramid.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=["PNG", "TIFF"]) as picture:
                size, note = _settle(picture, path)
                raster, coloured = _values(picture, path)
    except Refusal:
        raise
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        OverflowError,
        RuntimeError,
        MemoryError,
        ArithmeticError,
        Image.DecompressionBombError,
    ) as broken:
        reason = (str(broken).splitlines() or [type(broken).__name__])[0][:100].rstrip(".")
        raise Refusal(
            f"expected a mask in {path}: it cannot be read ({reason}). Export it again."
        ) from None
    found = Gathered(notes=[note] if note else [])
    _refuse_many(raster, path)
    kept = names or {}
    key_of = (lambda value: f"#{value:06x}") if coloured else str
    is_named = key_of(0) in kept
    if not is_named and not raster.all():
        found.leave("the background (value 0)")
    for value, shape in outlines(raster, str(path), skip=None if is_named else 0).items():
        key = key_of(value)
        by = "colour" if coloured else "value"
        found.add(kept.get(key) or key, shape, by=by, source_id=key)
    return found.done("a label mask", Frame.PICTURE, Picture(path.name, *size))


def _settle(picture: Image.Image, path: Path) -> tuple[tuple[int, int], str]:
    """Turn to the level that is read; its size and a note where it is not the first."""
    count, whole = getattr(picture, "n_frames", 1), picture.size
    for level in range(count):
        picture.seek(level)
        width, height = picture.size
        if width * height <= MOST_PIXELS and _is_same_shape(whole, (width, height)):
            note = f"Level {level} of the mask was read, {width} × {height} px." if level else ""
            return (width, height), note
    raise Refusal(
        f"expected a mask of at most {MOST_PIXELS:,} pixels, or a pyramid with such a level, in "
        f"{path}: found {whole[0]:,} × {whole[1]:,}. Write it smaller, by nearest neighbour."
    )


def _is_same_shape(whole: tuple[int, int], part: tuple[int, int]) -> bool:
    across, down = whole[0] / part[0], whole[1] / part[1]
    return abs(across - down) <= 0.01 * max(across, down)


def _values(picture: Image.Image, path: Path) -> tuple[Raster, bool]:
    """A whole number a pixel, shape (rows, columns), and whether it is a colour."""
    packed = str(picture.info.get("compression", ""))
    if packed in _BLURRING:
        raise Refusal(
            f"expected labels in {path}: found pixels packed as {packed.removeprefix('tiff_')}, "
            "which blurs them, as those of a slide are. Export the mask without loss."
        )
    if picture.mode in {"RGB", "RGBA", "LA", "PA"}:
        bands = np.asarray(picture.convert("RGBA"))
        opaque = bands[..., 3] >= _OPAQUE // 2
        red, green, blue = (
            np.where(opaque, bands[..., at], 0).astype(np.uint32) for at in range(3)
        )
        if np.array_equal(red, green) and np.array_equal(red, blue):
            return red, False
        return ((red << 16) | (green << 8) | blue).astype(np.uint32), True
    if picture.mode not in {"1", "L", "P", "I", "F"} and not picture.mode.startswith("I;16"):
        raise Refusal(f"expected labels in {path}: found a picture of kind {picture.mode}.")
    values = np.asarray(picture)
    whole = values.astype(np.int64)
    if not np.array_equal(whole, values) or whole.min() < 0 or whole.max() >= 2**32:
        raise Refusal(
            f"expected whole numbers from 0 as labels in {path}: found {values.min():g} to "
            f"{values.max():g} with fractions or below 0. Export labels, not probabilities."
        )
    return whole.astype(np.uint32), False


def _refuse_many(raster: Raster, path: Path) -> None:
    count = len(np.unique(raster))
    if count > MOST_VALUES:
        raise Refusal(
            f"expected at most {MOST_VALUES} labels in {path}: found {count:,}, as a photograph "
            "or a mask of single objects has. Export a mask of classes."
        )
