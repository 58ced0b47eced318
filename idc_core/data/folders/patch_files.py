"""The bytes of a patch file as people have them: a PNG, one with bytes after its end, or a JPEG.

`images.decode_patch` decodes PNGs and forgives nothing. Two kinds of files are taken beside them,
and are told of: bytes after the end of a whole PNG (tools append notes) are left out; a JPEG is
taken as it is, though its pixels are not those of the scanner. A JPEG's parts are walked before
anything is decoded, so that a large one costs nothing and one without its end is called cut off.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from idc_core.data.images import (
    BytesFollow,
    Decoded,
    ImageRefused,
    Pixels,
    decode_patch,
    refuse_large,
)
from idc_core.records.raster import USUAL

LOSSY = "JPEG"
"""What `Decoded.converted` says of a JPEG."""

_START, _END = b"\xff\xd8\xff", b"\xff\xd9"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN = 0xDA
_MOST_PARTS = 100


@dataclass(frozen=True, slots=True)
class Read:
    """A patch that was read: uint8 RGB (h, w, 3), what it was converted from (None if RGB), and how
    many bytes after its end were left out; `side`: of a patch that is whole."""

    pixels: Pixels
    converted: str | None
    after_end: int = 0
    side: int = USUAL.patch_px

    @property
    def note(self) -> str:
        """What was done to make a patch of it; "" for a plain PNG of the full size."""
        height, width = self.pixels.shape[:2]
        said = []
        if (height, width) != (self.side, self.side):
            said.append(f"{width}×{height}, padded with white")
        if self.converted:
            lossy = self.converted == LOSSY
            said.append("JPEG, lossy" if lossy else f"converted from {self.converted}")
        if self.after_end:
            said.append(f"{self.after_end:,} bytes after its end left out")
        return ", ".join(said)


def read_patch(data: bytes, side: int = USUAL.patch_px) -> Read:
    """Decode one patch of at most `side` pixels a side from the bytes of its file; raises
    `ImageRefused` for anything else."""
    if data.startswith(_START):
        return _read_jpeg(data, side)
    try:
        return _read(decode_patch(data, side), side)
    except BytesFollow as found:
        return _read(decode_patch(data[: found.at], side), side, len(data) - found.at)


def _read(decoded: Decoded, side: int, after_end: int = 0) -> Read:
    return Read(decoded.pixels, decoded.converted, after_end, side)


def _read_jpeg(data: bytes, side: int) -> Read:
    refuse_large(0, 0, len(data), side)  # before its parts are walked
    height, width, channels, scan = _jpeg_frame(data)
    refuse_large(width, height, len(data), side)
    if channels not in (1, 3):
        raise ImageRefused("wrong_mode", f"expected RGB: found a JPEG of {channels} channels.")
    end = data.rfind(_END, scan)
    if end < 0:
        raise ImageRefused(
            "truncated", f"expected a whole JPEG: it is cut off after {len(data):,} bytes."
        )
    end += len(_END)
    flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        pixels = cv2.imdecode(np.frombuffer(data[:end], np.uint8), flags)
    except cv2.error:
        pixels = None
    if pixels is None or pixels.shape != (height, width, 3):
        raise ImageRefused("damaged", "expected a JPEG: its pixels cannot be read.")
    return Read(np.asarray(pixels, np.uint8), LOSSY, len(data) - end, side)


def _jpeg_frame(data: bytes) -> tuple[int, int, int, int]:
    """Height, width and channels that a JPEG says, and where its pixels begin."""
    at, frame = 2, None
    for _ in range(_MOST_PARTS):
        if at + 4 > len(data):
            raise ImageRefused("truncated", f"expected a JPEG: it ends after {len(data):,} bytes.")
        if data[at] != 0xFF:
            break
        kind, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if kind == 0xFF:  # filling
            at += 1
            continue
        if kind in _FRAMES and length >= 8 and at + 10 <= len(data):
            if frame is not None:
                break
            height, width = (
                int.from_bytes(data[at + 5 : at + 7], "big"),
                int.from_bytes(data[at + 7 : at + 9], "big"),
            )
            frame = height, width, data[at + 9]
        at += 2 + length
        if kind == _SCAN and frame is not None and 0 not in frame:
            return (*frame, at)
    raise ImageRefused("damaged", "expected a JPEG: its header is damaged.")
