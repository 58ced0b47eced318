"""Patches that show the same tissue though their bytes differ: re-coded, made brighter, mirrored,
turned by quarters, moved by a pixel, or several of these.

Byte-identical patches are found when a data set is prepared. Here each patch becomes a short
description that none of these changes moves far: how much of its grey picture lies at each low
frequency, whatever the direction (the magnitude of a Fourier transform does not know where a thing
lies; the mean over mirrored and turned frequencies does not know how it lies). Patches whose
descriptions are near are laid over each other in all eight ways, moved by up to a pixel, and are a
pair where their pixels then follow each other within small squares: two edges of tissue agree as
wholes, but not in the tissue. `docs/numbers.md` says what is found and what is not.
"""

from collections.abc import Iterator
from dataclasses import astuple, dataclass

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.stores.pixels import PatchRows
from idc_core.data.stores.store import Patches
from idc_core.io.progress import TellCount

NEAR = 0.1
"""Distance of two descriptions (each of length 1) up to which pixels are compared."""
HIGHEST = 6
"""Frequencies up to so many waves a patch; coding and noise live above."""
ALIKE = 0.8
"""Correlation of the grey pixels within small squares, their median, that makes a pair. Of 200 real
patches re-coded (JPEG 30), blurred, or with noise none falls below 0.93; of 524 pairs of different
tissue that agree as wholes, 95 % lie below 0.53, and the rest are empty slide frames."""
SQUARE_PX, FLAT, FEWEST = 8, 3.0, 3
"""Side of these squares; how little a square may vary to say nothing; how many must say something.
"""
SMALL, COARSE, ROUGHLY = 25, 0.75, 0.3
"""Side of a small picture; correlation of such pictures at 5 x 5 pixels, and its median within
squares of 5 x 5, below which a pair is not looked at any further."""
PLAIN = 6.0
"""A patch whose small picture varies by less (standard deviation) is too plain to tell."""
WHITE, MOSTLY = 220, 0.6
"""A patch with more than this share of its small picture as bright as this is mostly background."""
SIDE = 50
"""Side of the pictures that are compared; the limits here were measured on it."""
CHUNK, ROWS_AT_ONCE = 2000, 256

SAME_WAY = "same way up"
WAYS = (
    SAME_WAY,
    "turned by 90°",
    "turned by 180°",
    "turned by 270°",
    "mirrored",
    "mirrored, turned by 90°",
    "mirrored, turned by 180°",
    "mirrored, turned by 270°",
)
"""How the second patch lies over the first, in the order of `laid`."""

Greys = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


def near_duplicates(patches: PatchRows, progress: TellCount | None = None) -> pd.DataFrame:
    """Pairs of rows, `first` < `second`, with how alike they are (`alike`, see `Overlay`), how the
    second has to be laid (`way`, one of `WAYS`) and moved (`right`, `down`, in pixels) to show what
    the first shows, the most alike first.

    `patches` (n, side, side, 3), read a chunk at a time. Patches of another side than 50 are
    compared at 50 pixels, in which moves are given then too.
    """
    described, small, usable = _described(patches)
    rows = np.flatnonzero(usable)
    found = [
        (first, second, *astuple(overlay(*(_sized(patches[at]) for at in (first, second)))))
        for pairs in _near(described[rows], progress)
        for first, second in _likely(small, rows[pairs]).tolist()
    ]
    table = pd.DataFrame(found, columns=["first", "second", "alike", "way", "right", "down"])
    table = table[table["alike"] >= ALIKE].astype({"first": np.int64, "second": np.int64})
    return table.sort_values(
        ["alike", "first", "second"], ascending=[False, True, True], ignore_index=True
    )


@dataclass(frozen=True, slots=True)
class Overlay:
    """How one patch is best laid over another: `alike` is the median correlation of their grey
    pixels within small squares, blurred a little so that coding and noise do not count; -1 where
    too few squares hold anything."""

    alike: float
    way: str
    right: int
    down: int


def overlay(one: Patches, other: Patches) -> Overlay:
    """The best of eight ways and nine places to lay `other` over `one`, both (50, 50, 3)."""
    core, moving = _blurred(one)[1:-1, 1:-1], _blurred(other)
    best, side = (-1.0, SAME_WAY, 0, 0, core), len(core)
    for way, turned in zip(WAYS, laid(moving), strict=True):
        each = np.ascontiguousarray(turned)
        match = cv2.matchTemplate(each, core, cv2.TM_CCOEFF_NORMED)
        down, right = (int(at) for at in np.unravel_index(int(match.argmax()), match.shape))
        if match[down, right] > best[0] + 1e-6:
            under = each[down : down + side, right : right + side]
            best = (float(match[down, right]), way, right - 1, down - 1, under)
    return Overlay(_alike(core, best[4]), *best[1:4])


def _alike(one: Floats, other: Floats) -> float:
    """Median correlation of two grey pictures (48, 48) over the squares that are not flat."""
    a, b = (_squares(each) for each in (one, other))
    spread = a.std(axis=1), b.std(axis=1)
    says = np.maximum(*spread) >= FLAT
    if says.sum() < FEWEST:
        return -1.0
    a, b = (each - each.mean(axis=1, keepdims=True) for each in (a, b))
    correlation = (a * b).mean(axis=1) / np.maximum(spread[0] * spread[1], 1e-6)
    return float(np.median(correlation[says]))


def _squares(picture: Floats) -> Floats:
    count = len(picture) // SQUARE_PX
    cut = picture.reshape(count, SQUARE_PX, count, SQUARE_PX).transpose(0, 2, 1, 3)
    return cut.reshape(count * count, -1)


def laid(pictures: Floats) -> list[Floats]:
    """Pictures (…, h, w) in the eight ways of `WAYS`."""
    mirrored = pictures[..., ::-1]
    return [np.rot90(each, k, (-2, -1)) for each in (pictures, mirrored) for k in range(4)]


def _blurred(patch: Patches) -> Floats:
    grey = cv2.cvtColor(np.asarray(patch), cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.0), np.float32)


def _sized(patch: Patches) -> Patches:
    """The patch in the size in which pictures are compared."""
    if len(patch) == SIDE:
        return patch
    how = cv2.INTER_AREA if len(patch) > SIDE else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(patch, (SIDE, SIDE), interpolation=how), np.uint8)


def _described(patches: PatchRows) -> tuple[Floats, Greys, npt.NDArray[np.bool_]]:
    """Descriptions (n, k), small grey pictures (n, 25, 25), and which patches are not too plain."""
    described = np.empty((len(patches), len(_FREQUENCIES)), np.float32)
    small = np.empty((len(patches), SMALL, SMALL), np.uint8)
    usable = np.empty(len(patches), bool)
    for start in range(0, len(patches), CHUNK):
        some = [_sized(patch) for patch in np.asarray(patches[start : start + CHUNK])]
        grey = np.stack([cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY) for patch in some])
        part = slice(start, start + len(some))
        described[part] = _description(np.asarray(grey, np.uint8))
        small[part] = grey.reshape(len(grey), SMALL, 2, SMALL, 2).mean(axis=(2, 4)) + 0.5
        varied = small[part].std(axis=(1, 2)) >= PLAIN
        usable[part] = varied & ((small[part] >= WHITE).mean(axis=(1, 2)) <= MOSTLY)
    return described, small, usable


def _near(described: Floats, progress: TellCount | None) -> Iterator[npt.NDArray[np.int64]]:
    """Pairs of descriptions not further apart than `NEAR`, each once, a part at a time.

    All are compared with all: a product of two matrices is quicker than any tree of 20 dimensions.
    """
    least = 1 - NEAR**2 / 2
    for start in range(0, len(described), ROWS_AT_ONCE):
        part = described[start : start + ROWS_AT_ONCE]
        first, second = np.nonzero(part @ described[start:].T >= least)
        yield np.stack([first, second], axis=1)[first < second] + start
        if progress is not None:
            progress(start + len(part), len(described))


# Each once, for the mean over mirrored and turned ones knows no more: 0 <= down <= across.
_FREQUENCIES = [
    (across, down)
    for across in range(1, HIGHEST + 1)
    for down in range(across + 1)
    if across**2 + down**2 <= HIGHEST**2 + 1
]
# Fading to the edges, so that what a move brings in or takes out counts little.
_FADE = np.hanning(SIDE + 2)[1:-1]
_WAVES = np.exp(-2j * np.pi * np.outer(np.arange(-HIGHEST, HIGHEST + 1), np.arange(SIDE)) / SIDE)


def _description(grey: Greys) -> Floats:
    """Of grey pictures (n, 50, 50): magnitudes at `_FREQUENCIES`, of length 1; shape (n, k)."""
    fade = np.outer(_FADE, _FADE)
    middle = (grey * fade).sum(axis=(1, 2), keepdims=True) / fade.sum()
    faded = (grey - middle) * fade
    size = np.abs(_WAVES @ faded @ _WAVES.T)
    zero = HIGHEST
    found = np.stack(
        [
            (
                size[:, zero + a, zero + b]
                + size[:, zero - a, zero + b]
                + size[:, zero + b, zero + a]
                + size[:, zero + b, zero - a]
            )
            / 4
            for a, b in _FREQUENCIES
        ],
        axis=1,
    )
    length = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.maximum(length, 1e-9), np.float32)


def _likely(small: Greys, pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Those pairs whose small pictures agree, as wholes and within squares, in one of the ways."""
    found = [np.empty((0, 2), np.int64)]
    for start in range(0, len(pairs), CHUNK):
        some = pairs[start : start + CHUNK]
        one, other = small[some[:, 0]].astype(np.float32), small[some[:, 1]].astype(np.float32)
        whole = _standard(_coarse(one))
        ways = [(whole * each).mean(axis=(1, 2)) for each in laid(_standard(_coarse(other)))]
        best = np.argmax(ways, axis=0)
        turned = np.stack([laid(each)[way] for each, way in zip(other, best, strict=True)])
        within = (_standard(_parts(one)) * _standard(_parts(turned))).mean(axis=(1, 2))
        agree = np.median(within.reshape(len(some), -1), axis=1) >= ROUGHLY
        found.append(some[(np.max(ways, axis=0) >= COARSE) & agree])
    return np.concatenate(found)


def _coarse(small: npt.NDArray[np.generic]) -> Floats:
    """Pictures (n, 5, 5) from (n, 25, 25)."""
    return np.asarray(small.reshape(-1, 5, 5, 5, 5).mean(axis=(2, 4)), np.float32)


def _parts(small: Floats) -> Floats:
    """Squares (n · 25, 5, 5) of pictures (n, 25, 25)."""
    return small.reshape(-1, 5, 5, 5, 5).transpose(0, 1, 3, 2, 4).reshape(-1, 5, 5)


def _standard(pictures: Floats) -> Floats:
    centred = pictures - pictures.mean(axis=(1, 2), keepdims=True)
    spread = pictures.std(axis=(1, 2), keepdims=True)
    return np.asarray(centred / np.maximum(spread, 1e-6), np.float32)
