"""The one decoder of patches: training, scoring and upload all go through `decode_patch`.

Conventions:

- A patch is a PNG of at most the side that is asked for; nothing else is decoded, whatever the file
  is called.
- The header is read and judged before anything is decoded, so that a bomb costs nothing; then every
  chunk's checksum and the end mark are checked, because decoders differ in what they forgive.
- Only what makes the pixels reaches the decoder: texts and profiles, which it would unpack at a
  cost of seconds, are left out.
- Pixels come back as uint8 RGB, shape (height, width, 3), exactly as stored: rotation tags and
  colour profiles are ignored. Other modes are converted only where nothing is lost.
- A refusal carries a short code in `reason`: `not_an_image`, `truncated`, `damaged`, `wrong_mode`
  or `too_large`.
"""

import hashlib
import struct
import zlib
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from idc_core.io.refusal import Refusal
from idc_core.records.raster import USUAL

Pixels = npt.NDArray[np.uint8]  # (h, w, 3), RGB

WHITE = 255
"""What a patch is padded with."""
MAX_BYTES = 1_000_000
"""Most bytes a patch file may have; 50×50 pixels without any compression are 8 kB."""

MOST_CHUNKS = 1_000
"""Most parts of a patch file; a picture of 1 MB written 8 kB at a time has 125."""

BLANK_RANGE = 12
"""A tile whose every channel spans at most this many of 256 levels shows nothing."""

_MAGIC = b"\x89PNG\r\n\x1a\n"
_GREY, _RGB, _PALETTE, _GREY_ALPHA, _RGBA = 0, 2, 3, 4, 6
_MODES = {_GREY: "grey", _RGB: "RGB", _PALETTE: "palette", _GREY_ALPHA: "grey+alpha", _RGBA: "RGBA"}
_DEPTHS = {
    _GREY: {1, 2, 4, 8, 16},
    _RGB: {8, 16},
    _PALETTE: {1, 2, 4, 8},
    _GREY_ALPHA: {8, 16},
    _RGBA: {8, 16},
}
_AS_RGB = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
_AS_STORED = cv2.IMREAD_UNCHANGED | cv2.IMREAD_IGNORE_ORIENTATION


class ImageRefused(Refusal):
    """A file that is not a patch; `reason` is a short code, the message says it in a sentence."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class BytesFollow(ImageRefused):
    """A PNG that is whole, and ends `at` so many bytes before other bytes follow."""

    def __init__(self, at: int, count: int) -> None:
        super().__init__("damaged", f"expected a PNG: {count:,} bytes follow its end.")
        self.at = at


@dataclass(frozen=True, slots=True)
class Header:
    """What a PNG says about itself before its pixels; sizes in pixels."""

    width: int
    height: int
    bit_depth: int
    color_type: int

    @property
    def mode(self) -> str:
        depth = "" if self.bit_depth == 8 else f" of {self.bit_depth} bits"
        return f"{_MODES.get(self.color_type, f'colour type {self.color_type}')}{depth}"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A patch: uint8 RGB, (h, w, 3), and the mode it was converted from (None if it was RGB)."""

    pixels: Pixels
    converted: str | None


def read_header(data: bytes) -> Header:
    """Read the first 33 bytes of a PNG; raises `ImageRefused` for anything else."""
    if data[:8] != _MAGIC:
        if _MAGIC.startswith(data[:8]) and data:
            raise ImageRefused("truncated", f"expected a PNG: it ends after {len(data)} bytes.")
        raise ImageRefused("not_an_image", f"expected a PNG: found {_kind(data)}.")
    if len(data) < 33:
        raise ImageRefused("truncated", f"expected a PNG: it ends after {len(data)} bytes.")
    length, kind, width, height, depth, color, packing, filters, interlace = struct.unpack(
        ">I4sIIBBBBB", data[8:29]
    )
    if kind != b"IHDR" or length != 13 or zlib.crc32(data[12:29]) != _uint32(data, 29):
        raise ImageRefused("damaged", "expected a PNG: its header is damaged.")
    impossible = packing or filters or interlace > 1 or not width or not height
    if impossible or depth not in _DEPTHS.get(color, ()):
        raise ImageRefused("damaged", "expected a PNG: its header asks for what PNG does not have.")
    return Header(width, height, depth, color)


def most_bytes(side: int) -> int:
    """The same for patches of another side: room for 16 bits a channel without compression.

    >>> most_bytes(50), most_bytes(1024)
    (1000000, 8388608)
    """
    return max(MAX_BYTES, 8 * side * side)


def decode_patch(data: bytes, side: int = USUAL.patch_px) -> Decoded:
    """Decode one patch of at most `side` pixels a side from the bytes of its file; raises
    `ImageRefused` for anything else."""
    header = read_header(data)
    refuse_large(header.width, header.height, len(data), side)
    data, transparent = _only_pixels(data)
    if header.color_type == _RGB and header.bit_depth == 8 and not transparent:
        return Decoded(_decode(data, _AS_RGB, header), None)
    if header.color_type == _GREY and transparent:
        # OpenCV ignores the transparent colour of grey images: it would be lost unseen.
        raise ImageRefused("wrong_mode", "expected an opaque patch: found a transparent grey.")
    return Decoded(_to_rgb(_decode(data, _AS_STORED, header), header), header.mode)


def refuse_large(width: int, height: int, count: int, side: int) -> None:
    """Raise `ImageRefused` for a picture wider or higher than `side`, or a file of too many
    bytes."""
    if width > side or height > side:
        raise ImageRefused(
            "too_large",
            f"expected a patch of at most {side}×{side} pixels: "
            f"found {width}×{height}. Cut larger images into patches first.",
        )
    if count > most_bytes(side):
        raise ImageRefused(
            "too_large",
            f"expected a patch of at most {most_bytes(side):,} bytes: found {count:,}.",
        )


def pad_patch(pixels: Pixels, side: int = USUAL.patch_px) -> Pixels:
    """Put an edge patch into the top left of a white one; shape (side, side, 3)."""
    height, width = pixels.shape[:2]
    if height == side and width == side:
        return pixels
    padded = np.full((side, side, 3), WHITE, np.uint8)
    padded[:height, :width] = pixels
    return padded


def digest(pixels: Pixels) -> str:
    """SHA-256 of the true pixels and their size, as hex: equal for equal pictures only."""
    height, width = pixels.shape[:2]
    content = hashlib.sha256(f"{width}x{height}\n".encode())
    content.update(np.ascontiguousarray(pixels).data)
    return content.hexdigest()


def is_blank(pixels: Pixels) -> bool:
    """Whether a tile is almost of one colour: two equal ones say nothing about each other."""
    flat = pixels.reshape(-1, 3)
    return bool((flat.max(axis=0) - flat.min(axis=0)).max() <= BLANK_RANGE)


def _only_pixels(data: bytes) -> tuple[bytes, bool]:
    """Walk through a PNG's chunks up to its end mark; return what makes its pixels, and whether it
    has transparent colours."""
    position, transparent, end, left_out = 8, False, len(data), False
    kept = [data[:8]]
    for _ in range(MOST_CHUNKS):
        if position + 12 > end:
            break
        length, kind = _uint32(data, position), data[position + 4 : position + 8]
        body_end = position + 8 + length
        if body_end + 4 > end:
            break
        if zlib.crc32(memoryview(data)[position + 4 : body_end]) != _uint32(data, body_end):
            raise ImageRefused("damaged", f"expected a whole PNG: its {kind!r} part is damaged.")
        start, position = position, body_end + 4
        transparent = transparent or kind == b"tRNS"
        # A small letter begins what a decoder may pass over; but transparency makes pixels.
        if kind[:1].islower() and kind != b"tRNS":
            left_out = True
        else:
            kept.append(data[start:position])
        if kind == b"acTL":
            raise ImageRefused("wrong_mode", "expected one picture: found an animation.")
        if kind == b"IEND":
            if position != end:
                raise BytesFollow(position, end - position)
            return (b"".join(kept) if left_out else data), transparent
    else:
        raise ImageRefused(
            "damaged", f"expected a PNG of at most {MOST_CHUNKS:,} parts: more came."
        )
    raise ImageRefused("truncated", f"expected a whole PNG: it is cut off after {end:,} bytes.")


def _decode(data: bytes, flags: int, header: Header) -> npt.NDArray[Any]:
    try:
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error:
        decoded = None
    if decoded is None or decoded.shape[:2] != (header.height, header.width):
        raise ImageRefused("damaged", "expected a PNG: its pixels cannot be read.")
    return decoded


def _to_rgb(stored: npt.NDArray[Any], header: Header) -> Pixels:
    """Turn what OpenCV read unchanged (grey, BGR or BGRA, 8 or 16 bits) into RGB, or refuse."""
    if stored.dtype == np.uint16:
        low, high = stored & 255, stored >> 8
        if not np.array_equal(low, high):
            raise ImageRefused(
                "wrong_mode", "expected 8 bits per channel: found 16 that do not fit into 8."
            )
        stored = high.astype(np.uint8)
    if stored.dtype != np.uint8:
        raise ImageRefused("wrong_mode", f"expected 8 bits per channel: found {header.mode}.")
    if stored.ndim == 2:
        return np.repeat(stored[:, :, None], 3, axis=2)
    if stored.shape[2] == 4 and stored[:, :, 3].min() < 255:
        found = f"transparent {header.mode}"
        raise ImageRefused("wrong_mode", f"expected an opaque patch: found {found}.")
    return np.ascontiguousarray(stored[:, :, 2::-1])


def _uint32(data: bytes, position: int) -> int:
    return int.from_bytes(data[position : position + 4], "big")


def _kind(data: bytes) -> str:
    if not data:
        return "an empty file"
    for start, name in ((b"\xff\xd8\xff", "a JPEG"), (b"GIF8", "a GIF"), (b"BM", "a BMP")):
        if data.startswith(start):
            return name
    if data.startswith((b"II*\0", b"MM\0*")):
        return "a TIFF"
    return "something else"
