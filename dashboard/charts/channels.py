"""One layer's answer to one patch: its channels, their figures, and pictures of them.

Conventions:

- An activation is float32, (h, w, c); a layer without places, (c,), counts as (1, 1, c).
- A layer is *signed* where any value is below zero: its colours then run from brown (below) over
  white (zero) to teal (above); else from navy (zero) to pale yellow (the largest value).
- Scale "shared" stretches the colours over the whole layer, "own" over each channel. Zero keeps its
  colour in both, so a channel that says nothing looks like nothing.
"""

import base64
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float32]
Image = npt.NDArray[np.uint8]
Scale = Literal["shared", "own"]

_RISING = "081d58 253494 225ea8 1d91c0 41b6c4 7fcdbb c7e9b4 edf8b1 ffffd9"
_SIGNED = "543005 8c510a bf812d dfc27d f6e8c3 f5f5f5 c7eae5 80cdc1 35978f 01665e 003c30"


@dataclass(frozen=True, slots=True)
class Channels:
    """A layer's channels for one patch; figures are arrays with one value a channel."""

    values: Values  # (h, w, c)
    has_place: bool
    low: Values
    high: Values
    mean: Values
    zeros: Values  # share of values that are exactly 0

    @property
    def count(self) -> int:
        return int(self.values.shape[2])

    @property
    def signed(self) -> bool:
        return bool(self.low.min(initial=0.0) < 0)


def channels_of(activation: npt.NDArray[Any]) -> Channels:
    """Measure an activation: (h, w, c) or (c,), with or without a leading batch of one."""
    values = np.asarray(activation, np.float32)
    if values.ndim in (2, 4) and values.shape[0] == 1:
        values = values[0]
    if values.ndim not in (1, 3):
        raise ValueError(f"expected an activation (h, w, c) or (c,): found {values.shape}.")
    has_place = values.ndim == 3 and values.shape[0] * values.shape[1] > 1
    values = values.reshape(1, 1, -1) if values.ndim == 1 else values
    flat = values.reshape(-1, values.shape[2])
    return Channels(
        values, has_place, flat.min(0), flat.max(0), flat.mean(0), (flat == 0).mean(0, np.float32)
    )


def limits(channels: Channels, scale: Scale) -> tuple[Values, Values]:
    """Values at the two ends of the colours, one pair a channel; the ends always differ."""
    if channels.signed:
        high = np.maximum(np.abs(channels.low), np.abs(channels.high))
    else:
        high = channels.high
    if scale == "shared":
        high = np.full_like(high, high.max(initial=0.0))
    high = np.where(high > 0, high, np.float32(1))
    return (-high if channels.signed else np.zeros_like(high)), high


def ramp(signed: bool) -> Image:
    """The 256 colours from low to high, (256, 3), RGB."""
    stops = np.array(
        [list(bytes.fromhex(stop)) for stop in (_SIGNED if signed else _RISING).split()]
    )
    at = np.linspace(0, len(stops) - 1, 256)
    colours = [np.interp(at, np.arange(len(stops)), stops[:, part]) for part in range(3)]
    return np.stack(colours, axis=1).round().astype(np.uint8)


def painted(channels: Channels, scale: Scale) -> Image:
    """Each channel in colours, (c, h, w, 3), RGB."""
    low, high = limits(channels, scale)
    level = (channels.values - low) / (high - low) * 255
    index = np.clip(np.rint(level), 0, 255).astype(np.uint8)
    colours: Image = ramp(channels.signed)[index.transpose(2, 0, 1)]
    return colours


def levels(channels: Channels) -> Image:
    """Each value as 0..255 between its channel's own smallest and largest, (h, w, c).

    `low + level / 255 * (high - low)` gives the value back to 1/510 of the channel's range.
    """
    span = channels.high - channels.low
    span = np.where(span > 0, span, np.float32(1))
    level: Image = np.rint((channels.values - channels.low) / span * 255).astype(np.uint8)
    return level


def sheet(channels: Channels) -> tuple[Image, int]:
    """All levels side by side in one grey picture, row by row, and how many stand in a row."""
    tiles = levels(channels).transpose(2, 0, 1)
    columns = columns_for(channels.count)
    return _tiled(tiles[..., None], columns, gap=0, background=0)[..., 0], columns


def mosaic(channels: Channels, scale: Scale, tile_px: int = 64, gap: int = 4) -> Image:
    """One picture of all channels on white, (H, W, 3), RGB, in reading order."""
    tiles = painted(channels, scale)
    enlarged = np.stack(
        [cv2.resize(tile, (tile_px, tile_px), interpolation=cv2.INTER_NEAREST) for tile in tiles]
    )
    return _tiled(enlarged, columns_for(channels.count), gap, background=255)


def columns_for(count: int) -> int:
    """Columns of a sheet of `count` tiles: about twice as wide as high.

    >>> [columns_for(count) for count in (1, 32, 64, 128)]
    [1, 8, 12, 16]
    """
    return max(1, int(np.ceil(np.sqrt(2 * count)))) if count > 1 else 1


def png(image: Image) -> bytes:
    """A picture, (h, w, 3) RGB or (h, w) grey, as the bytes of a PNG."""
    stored = cv2.cvtColor(image, cv2.COLOR_RGB2BGR) if image.ndim == 3 else image
    done, data = cv2.imencode(".png", stored)
    if not done:
        raise ValueError(f"expected a picture: found an array of shape {image.shape}.")
    return data.tobytes()


def data_uri(image: Image) -> str:
    """A picture for a page, without a file or an address of its own."""
    return "data:image/png;base64," + base64.b64encode(png(image)).decode()


def _tiled(tiles: Image, columns: int, gap: int, background: int) -> Image:
    count, height, width, parts = tiles.shape
    rows = -(-count // columns)
    shape = (rows * (height + gap) - gap, columns * (width + gap) - gap, parts)
    picture = np.full(shape, background, np.uint8)
    for number, tile in enumerate(tiles):
        top, left = number // columns * (height + gap), number % columns * (width + gap)
        picture[top : top + height, left : left + width] = tile
    return picture


def laid_over(patch: Image, channels: Channels, number: int, side: int = 300) -> Image:
    """One channel over its patch, (side, side, 3): the more it says, the less of the patch is seen.

    Places keep their true size. A channel without places leaves the patch as it is.
    """
    base = cv2.resize(patch, (side, side), interpolation=cv2.INTER_CUBIC)
    if not channels.has_place:
        return np.asarray(base, np.uint8)
    low, high = (each[number] for each in limits(channels, "own"))
    values = channels.values[:, :, number]
    level = np.clip(np.rint(255 * (values - low) / (high - low)), 0, 255).astype(np.uint8)
    colours = ramp(channels.signed)[level]
    weight = np.clip(np.abs(values) / high, 0, 1) ** 0.7 * 0.85
    size, nearest = (side, side), cv2.INTER_NEAREST
    over = cv2.resize(colours, size, interpolation=nearest).astype(np.float32)
    share = cv2.resize(weight.astype(np.float32), size, interpolation=nearest)[..., None]
    return np.asarray(np.rint(base * (1 - share) + over * share), np.uint8)
