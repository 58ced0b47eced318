"""Masks as COCO packs them: lengths of runs of 0 and 1 in turn, down the columns."""

import numpy as np
import numpy.typing as npt

from idc_core.annotations.readers.json_fields import Fields
from idc_core.io.refusal import Refusal

_MOST_PIXELS = 10_000**2


def decoded(packed: Fields, where: str) -> npt.NDArray[np.uint8]:
    """The mask, shape (height, width), 0 and 1.

    `counts` is a list of lengths, or a text of them in 6 bits a letter (`rleFrString` of
    pycocotools' maskApi.c). Raises `Refusal` where they do not fill the mask.
    """
    size, counts = packed.get("size"), packed.get("counts")
    if not isinstance(size, list) or len(size) != 2 or not all(isinstance(n, int) for n in size):
        raise Refusal(f"expected size and counts of a mask in {where}: found {str(size)[:40]!r}.")
    height, width = size
    lengths = _letters(counts) if isinstance(counts, str) else counts
    if (
        not (min(height, width) > 0 and height * width <= _MOST_PIXELS)
        or not isinstance(lengths, list)
        or not all(isinstance(n, int) and 0 <= n <= height * width for n in lengths)
        or sum(lengths) != height * width
    ):
        raise Refusal(
            f"expected run lengths of a mask of {height} × {width} px in {where}: found some that "
            "do not fill it. Export the file again."
        )
    runs = (np.arange(len(lengths)) % 2).astype(np.uint8)
    return np.repeat(runs, lengths).reshape(width, height).T


def _letters(text: str) -> list[int]:
    """Lengths from text: 5 bits a letter from ASCII 48, bit 6 says that more follow; the fourth
    and later ones are differences to the length two before."""
    lengths: list[int] = []
    at = 0
    while at < len(text):
        value, shift, more = 0, 0, True
        while more and at < len(text) and shift < 60:
            letter = ord(text[at]) - 48
            value |= (letter & 0x1F) << shift
            more = bool(letter & 0x20)
            at, shift = at + 1, shift + 5
            if not more and letter & 0x10:
                value -= 1 << shift
        if len(lengths) > 2:
            value += lengths[-2]
        lengths.append(value)
    return lengths
