"""Tissue at 0.5 µm a pixel, as a scanner sees it at 20x: single nuclei with chromatin and nucleoli.

What is where comes from fields at 4 µm a pixel (`tissue.py`), drawn `MAGNIFIED` times as large;
edges are made sharp again, and what is smaller than 4 µm is drawn here. Lengths are in pixels.
"""

from dataclasses import dataclass

import numpy as np

from idc_core.demo.draw import Image, Laid, Plan, seen_through
from idc_core.demo.noise import Field, field, magnified, sampled_noise, smooth_noise

MAGNIFIED = 8
UM = 0.5

_STEP = 22
"""Places for a nucleus lie this far apart: 11 µm."""
_REACH = 24
"""No nucleus reaches farther from its middle."""
_GRAIN = 0.008


@dataclass(frozen=True, slots=True)
class _Nuclei:
    """Each (n,): the middle in whole pixels, half the length and half the width, the direction
    (`along_x`, `along_y`) of its length, how dark it is, and how much it is one of a tumour."""

    x: np.ndarray
    y: np.ndarray
    long: Field
    wide: Field
    along_x: Field
    along_y: Field
    depth: Field
    swelling: Field


def close_up(plan: Plan, laid: Laid, rng: np.random.Generator) -> Image:
    """The slide `laid` out at 4 µm, stained and seen at 0.5 µm."""
    tissue, shape = laid.tissue, _large(laid.tissue.pink)
    fine, wide = smooth_noise(rng, shape, 4), smooth_noise(rng, shape, 14)
    empty = _sharp(magnified(tissue.empty, MAGNIFIED), at=0.35)
    solid = 1 - empty
    nuclei = _painted(rng, laid, wobble=wide, chromatin=fine) * solid
    mottle = 1 + 0.09 * fine + 0.09 * wide
    between = magnified(tissue.blue, MAGNIFIED) * solid * (2 * mottle - 1)
    blue = field((between + 0.95 * nuclei) * plan.haematoxylin)
    eosin = magnified(tissue.pink, MAGNIFIED) * solid * (mottle + _strands(rng, laid))
    pink = field(np.maximum(eosin, 0) * (1 - 0.45 * nuclei) * plan.eosin)
    red = field(_sharp(magnified(tissue.red, MAGNIFIED), at=0.5) * solid * mottle)
    return seen_through(rng, (blue, pink, red), grain=_GRAIN)


def _large(coarse: Field) -> tuple[int, int]:
    return coarse.shape[0] * MAGNIFIED, coarse.shape[1] * MAGNIFIED


def _sharp(values: Field, at: float) -> Field:
    """What is above `at` is there, what is below is not, with an edge of a few pixels."""
    return field(np.clip((values - at) * 4 + 0.5, 0, 1))


def _strands(rng: np.random.Generator, laid: Laid) -> Field:
    """Collagen: thin strands along the fibres; none among cells that lie close together."""
    half = MAGNIFIED // 2  # they are not finer than 1 µm
    across, along = magnified(laid.fibres.across, half), magnified(laid.fibres.along, half)
    collagen = magnified(field(np.clip(1.1 - 2.2 * laid.tissue.crowding, 0, 1)), half)
    strands = sampled_noise(rng, field(across / 0.8), field(along / 9))
    return magnified(field(0.36 * strands * collagen), 2)


def _painted(rng: np.random.Generator, laid: Laid, wobble: Field, chromatin: Field) -> Field:
    """How dark nuclei make each pixel, in [0, 1]; two noises make their shape and clumps."""
    shape = _large(laid.tissue.pink)
    found = _nuclei(rng, laid)
    padded = np.zeros((shape[0] + 2 * _REACH, shape[1] + 2 * _REACH), dtype=np.float32)
    wobble, chromatin = (np.pad(each, _REACH, mode="edge") for each in (wobble, chromatin))
    steps = field(np.arange(-_REACH, _REACH + 1))
    down, right = steps[:, None], steps[None, :]
    for n in range(len(found.x)):
        x, y, swelling = int(found.x[n]), int(found.y[n]), found.swelling[n]
        window = slice(y, y + 2 * _REACH + 1), slice(x, x + 2 * _REACH + 1)
        lengthwise = (right * found.along_x[n] + down * found.along_y[n]) / found.long[n]
        crosswise = (down * found.along_x[n] - right * found.along_y[n]) / found.wide[n]
        apart = np.sqrt(lengthwise * lengthwise + crosswise * crosswise)
        apart *= 1 + (0.05 + 0.06 * swelling) * wobble[window]
        body = np.clip((1 - apart) * found.wide[n] / 2 + 0.5, 0, 1)
        # A membrane and clumps of chromatin, the paler the nucleus the more of both.
        rim = np.clip(1 - np.abs(apart - 0.85) * 6, 0, 1)
        spot = np.clip(3.2 - 9 * np.sqrt((lengthwise - 0.2) ** 2 + (crosswise + 0.1) ** 2), 0, 1)
        clumps = 0.8 + swelling * (0.16 * chromatin[window] + 0.25 * rim + 0.45 * spot - 0.12)
        shade = body * np.clip(found.depth[n] * clumps, 0, 1)
        np.maximum(padded[window], shade, out=padded[window])
    return padded[_REACH:-_REACH, _REACH:-_REACH]


def _nuclei(rng: np.random.Generator, laid: Laid) -> _Nuclei:
    """One at every place that is taken; of fibroblasts along their fibre."""
    tissue, shape = laid.tissue, _large(laid.tissue.pink)
    rows, columns = shape[0] // _STEP, shape[1] // _STEP
    chance, off_y, off_x, grow, dark, turn_x, turn_y, flat = rng.random(
        (8, rows, columns), dtype=np.float32
    )
    y = ((field(np.arange(rows))[:, None] + 0.08 + 0.84 * off_y) * _STEP).astype(np.int64)
    x = ((field(np.arange(columns))[None, :] + 0.08 + 0.84 * off_x) * _STEP).astype(np.int64)
    at = y // MAGNIFIED, x // MAGNIFIED
    taken = (chance < 0.85 * tissue.crowding[at]) & (tissue.empty[at] < 0.5)
    y, x, at = y[taken], x[taken], (at[0][taken], at[1][taken])
    grow, dark, flat = grow[taken], dark[taken], flat[taken]
    swelling = field(np.clip(tissue.swelling[at], 0, 1))
    is_spindle = (swelling > 0.12) & (swelling < 0.42)
    radius = 6.6 + 1.8 * grow + np.maximum(swelling - 0.3, 0) * (3.0 + 7.5 * grow)
    squeeze = 1 + flat * (0.15 + 0.35 * swelling)
    squeeze = np.where(is_spindle, 1.7 + 0.5 * flat, squeeze)
    fibre_x, fibre_y = _direction(laid.fibres.across)
    along_x = np.where(is_spindle, fibre_x[at] + 0.3 * (turn_x[taken] - 0.5), turn_x[taken] - 0.5)
    along_y = np.where(is_spindle, fibre_y[at] + 0.3 * (turn_y[taken] - 0.5), turn_y[taken] - 0.5)
    length = np.sqrt(along_x * along_x + along_y * along_y) + 1e-6
    return _Nuclei(
        x=x,
        y=y,
        long=field(np.minimum(radius * squeeze, _REACH - 3)),
        wide=field(np.where(is_spindle, 0.62, 1.0) * radius / np.sqrt(squeeze)),
        along_x=field(along_x / length),
        along_y=field(along_y / length),
        depth=field((0.85 + 0.3 * dark) * (1 - 0.28 * swelling)),
        swelling=swelling,
    )


def _direction(across: Field) -> tuple[Field, Field]:
    """Unit vectors (x, y) along the fibres: where `across` does not change."""
    down, right = np.zeros_like(across), np.zeros_like(across)
    down[1:-1], right[:, 1:-1] = across[2:] - across[:-2], across[:, 2:] - across[:, :-2]
    length = np.sqrt(down * down + right * right) + 1e-6
    return field(down / length), field(-right / length)
