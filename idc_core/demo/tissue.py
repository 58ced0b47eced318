"""One slide of breast tissue: where tissue, fat, ducts and tumour are, and how it is stained.

About 4 µm a pixel: a fat cell is 15 to 20 pixels wide, a nucleus 2 to 4, a duct 20 to 50. Fields
and the rules that keep them the same on every machine: see `noise.py`.
"""

from dataclasses import dataclass

import numpy as np

from idc_core.demo.noise import (
    Field,
    Mask,
    Shape,
    between,
    cells,
    field,
    fractal_noise,
    sampled_noise,
    smooth_noise,
)


@dataclass(slots=True)
class Tissue:
    """What is where, each in [0, 1]; painted over step by step."""

    crowding: Field
    """Share of the places for a nucleus that are taken."""
    swelling: Field
    """0 small round dark nuclei (lymphocytes), 1 large pale ones (tumour)."""
    blue: Field
    """Haematoxylin between the nuclei."""
    pink: Field
    """Eosin."""
    red: Field
    """Blood."""
    empty: Field
    """Glass: background, fat, lumen, clefts."""


@dataclass(frozen=True, slots=True)
class Fibres:
    """The grain of the stroma: coordinates across and along its fibres, and their texture."""

    across: Field
    along: Field
    texture: Field


def lay_fibres(rng: np.random.Generator, shape: Shape) -> Fibres:
    """Wavy fibres with one main direction and slow bends."""
    y, x = field(np.arange(shape[0]))[:, None], field(np.arange(shape[1]))[None, :]
    a, b = between(rng, -1, 1), between(rng, 0.2, 1)
    length = float(np.sqrt(a * a + b * b))
    a, b = a / length, b / length
    bend = [34 * smooth_noise(rng, shape, 170) + 9 * smooth_noise(rng, shape, 45) for _ in range(2)]
    across, along = field(x * a + y * b + bend[0]), field(y * a - x * b + bend[1])
    coarse = sampled_noise(rng, field(across / 3.4), field(along / 26))
    fine = sampled_noise(rng, field(across / 1.9), field(along / 12))
    return Fibres(across, along, field((coarse + fine) / 2))


def lie_of_tissue(
    rng: np.random.Generator, shape: Shape, centre: tuple[float, float], cover: float
) -> Mask:
    """An irregular section: `cover` is its share of the slide, `centre` (x, y) in [0, 1]."""
    height, width = shape
    y = (field(np.arange(height))[:, None] / height - centre[1]) * 2.1
    x = (field(np.arange(width))[None, :] / width - centre[0]) * 2.1
    hill = 1.5 / (1 + 1.6 * (x * x + y * y))
    rough = 0.17 * fractal_noise(rng, shape, 240, 120, 60) + 0.02 * smooth_noise(rng, shape, 9)
    return above_share(field(hill + rough), cover)


def above_share(values: Field, share: float) -> Mask:
    """Where a field lies in the upper `share` of its own values."""
    rank = min(values.size - 1, int(values.size * (1 - share)))
    mask: Mask = values > np.partition(values.ravel(), rank)[rank]
    return mask


def idc_hills(rng: np.random.Generator, shape: Shape, centre: tuple[float, float]) -> Field:
    """A field that is high where the tumour is: one to three foci with slow, irregular flanks."""
    height, width = shape
    y, x = field(np.arange(height))[:, None], field(np.arange(width))[None, :]
    hills = 0.42 * fractal_noise(rng, shape, 210, 105)
    for focus in range(1 + int(between(rng, 0, 3))):
        spread = 0.12 if focus == 0 else 0.32
        to_x = (x - (centre[0] + between(rng, -spread, spread)) * width) / 190
        to_y = (y - (centre[1] + between(rng, -spread, spread)) * height) / 160
        hills = hills + (3.0 if focus == 0 else 1.8) / (1 + to_x * to_x + to_y * to_y)
    return field(hills)


def spare(hills: Field, place: tuple[float, float, float]) -> Field:
    """The hills with a hollow at a place (x, y) in [0, 1], of a radius in pixels."""
    height, width = hills.shape
    x, y, radius = place
    down = (field(np.arange(height))[:, None] - y * height) / radius
    across = (field(np.arange(width))[None, :] - x * width) / radius
    return field(hills - 6 * np.clip(1.2 - down * down - across * across, 0, 1))


def stroma(rng: np.random.Generator, shape: Shape, fibres: Fibres, inflamed: float) -> Tissue:
    """Pink connective tissue with thin clefts; `inflamed` in [0, 1] is how cellular it is."""
    crowd = 0.07 + 0.05 * smooth_noise(rng, shape, 90)
    crowd = crowd + inflamed * 0.3 * np.maximum(fractal_noise(rng, shape, 130, 40) - 0.5, 0)
    pink = 0.74 + 0.36 * fibres.texture + 0.10 * smooth_noise(rng, shape, 70)
    loose = np.clip((smooth_noise(rng, shape, 110) - 0.5) * 1.4, 0, 1)
    clefts = np.clip((np.abs(fibres.texture) - 0.62) * 9, 0, 1) * (fibres.texture < 0)
    return Tissue(
        crowding=field(np.clip(crowd, 0.015, 0.75)),
        swelling=field(np.clip(0.25 + 0.1 * smooth_noise(rng, shape, 30), 0, 1)),
        blue=field(np.clip(0.035 + 0.025 * smooth_noise(rng, shape, 60), 0, 1)),
        pink=field(np.clip(pink * (1 - 0.45 * loose), 0.1, 1.4)),
        red=np.zeros(shape, dtype=np.float32),
        empty=field(clefts * (0.6 + 0.4 * loose)),
    )


def invade(
    rng: np.random.Generator, tissue: Tissue, invasion: Field, nested: float, vigour: Field
) -> None:
    """Paint tumour where `invasion` (in [0, 1]) says so.

    `nested`: share of it filled with tumour cells (0.9 sheets, 0.5 nests, 0.25 thin cords);
    `vigour` in [0, 1]: how crowded and dark the nests are.
    """
    shape = invasion.shape
    nests = fractal_noise(rng, shape, 15, 7) * 0.62 + 0.5 * smooth_noise(rng, shape, 120)
    inside = np.clip((nests + (nested - 0.5) * 2.6) * 2.2 + 0.5, 0, 1) * invasion
    tissue.crowding += inside * (0.30 + 0.62 * vigour - tissue.crowding)
    tissue.crowding += (invasion - inside) * 0.10
    tissue.swelling += inside * (0.95 - tissue.swelling)
    tissue.blue += inside * (0.13 + 0.20 * vigour - tissue.blue) + (invasion - inside) * 0.04
    tissue.pink += inside * (0.62 - tissue.pink) * 0.6
    tissue.empty *= 1 - 0.8 * inside


def grow_fat(rng: np.random.Generator, tissue: Tissue, wanted: Field, size: float) -> None:
    """Paint fat cells, each whole or not at all, with a chance of `wanted` at its centre."""
    shape = wanted.shape
    plane = cells(rng, shape, size)
    at_y = np.clip(plane.centre_y, 0, shape[0] - 1).astype(np.int64)
    at_x = np.clip(plane.centre_x, 0, shape[1] - 1).astype(np.int64)
    chosen = rng.random(len(plane.centre_y), dtype=np.float32) < wanted[at_y, at_x]
    reach = size * (0.45 + 0.3 * rng.random(len(plane.centre_y), dtype=np.float32))
    is_fat = chosen[plane.cell]
    drop = np.clip(np.minimum(plane.gap - 1.3, reach[plane.cell] - plane.nearest), 0, 1) * is_fat
    tissue.empty = np.maximum(tissue.empty, field(drop))
    tissue.crowding *= 1 - 0.6 * is_fat.astype(np.float32)


def gather_lymphocytes(rng: np.random.Generator, tissue: Tissue, where: Mask, count: int) -> None:
    """Paint dense clouds of small dark nuclei: crowded like a tumour, but none."""
    ragged = smooth_noise(rng, where.shape, 13)
    for y, x in _places(rng, where, count):
        radius = between(rng, 18, 62)
        window, distance = _around(where.shape, y, x, radius * 1.7, between(rng, 0.6, 1.6))
        cloud = np.clip(1.6 - 1.5 * distance / radius + 0.28 * ragged[window], 0, 1)
        tissue.crowding[window] += cloud * np.maximum(0.86 - tissue.crowding[window], 0)
        tissue.swelling[window] *= 1 - cloud
        tissue.blue[window] += cloud * 0.16
        tissue.empty[window] *= 1 - cloud


def place_lobules(rng: np.random.Generator, tissue: Tissue, where: Mask, count: int) -> None:
    """Paint lobules: clusters of small round glands in loose bluish stroma."""
    for y, x in _places(rng, where, count):
        radius = between(rng, 22, 52)
        window, distance = _around(where.shape, y, x, radius * 1.3, between(rng, 0.7, 1.4))
        bed = np.clip((radius - distance) / 10, 0, 1)
        tissue.pink[window] *= 1 - 0.35 * bed
        tissue.blue[window] += 0.10 * bed
        tissue.crowding[window] += 0.12 * bed
        for _ in range(int(radius * radius / 85)):
            away_y, away_x = between(rng, -1, 1), between(rng, -1, 1)
            if away_y * away_y + away_x * away_x < 1:
                _place_gland(
                    rng,
                    tissue,
                    (y + away_y * radius * 0.9, x + away_x * radius * 0.9),
                    radius=between(rng, 4.0, 7.5),
                    lumen=between(rng, 0, 0.45),
                )


def place_ducts(rng: np.random.Generator, tissue: Tissue, where: Mask, count: int) -> None:
    """Paint ducts: dark rows of cells around a lumen, or (one in three) filled with cells."""
    for y, x in _places(rng, where, count):
        is_filled = rng.random() < 0.34
        _place_gland(
            rng,
            tissue,
            (y, x),
            radius=between(rng, 11, 27),
            lumen=between(rng, 0, 0.25) if is_filled else between(rng, 0.5, 0.8),
        )


def place_vessels(rng: np.random.Generator, tissue: Tissue, where: Mask, count: int) -> None:
    """Paint vessels: a pink wall around blood or nothing."""
    for y, x in _places(rng, where, count):
        radius = between(rng, 5, 15)
        window, distance = _around(where.shape, y, x, radius * 1.5, between(rng, 0.5, 2))
        inner = np.clip(radius * 0.66 - distance, 0, 1)
        wall = np.clip(radius - distance, 0, 1) * (1 - inner)
        _cover(tissue, window, wall, crowding=0.15, swelling=0.2, blue=0.08, pink=0.95, empty=0)
        is_full = rng.random() < 0.6
        _cover(tissue, window, inner, crowding=0, swelling=0, blue=0, pink=0.2, empty=not is_full)
        if is_full:
            tissue.red[window] = np.maximum(tissue.red[window], inner)


def _place_gland(
    rng: np.random.Generator,
    tissue: Tissue,
    centre: tuple[float, float],
    radius: float,
    lumen: float,
) -> None:
    """Paint one gland: cells in the outer part of its radius, glass within the share `lumen`."""
    shape = tissue.pink.shape
    window, distance = _around(shape, *centre, radius * 1.6, between(rng, 0.65, 1.5))
    distance = distance * (1 + 0.10 * smooth_noise(rng, distance.shape, radius * 0.7))
    cuff = np.clip((radius * 1.35 - distance) / 3, 0, 1)
    lining = np.clip(radius - distance, 0, 1)
    hole = np.clip(radius * lumen - distance, 0, 1)
    tissue.pink[window] *= 1 - 0.2 * cuff
    _cover(tissue, window, lining, crowding=0.92, swelling=0.45, blue=0.30, pink=0.55, empty=0)
    _cover(tissue, window, hole, crowding=0, swelling=0, blue=0, pink=0.1, empty=0.9)


def _cover(
    tissue: Tissue,
    window: tuple[slice, slice],
    share: Field,
    *,
    crowding: float,
    swelling: float,
    blue: float,
    pink: float,
    empty: float,
) -> None:
    """Paint over a window of the tissue, fully where `share` is 1."""
    for values, paint in (
        (tissue.crowding, crowding),
        (tissue.swelling, swelling),
        (tissue.blue, blue),
        (tissue.pink, pink),
        (tissue.empty, empty),
    ):
        values[window] += share * (paint - values[window])


def _places(rng: np.random.Generator, where: Mask, count: int) -> list[tuple[int, int]]:
    """Up to `count` random pixels (y, x) of a mask."""
    found = np.flatnonzero(where)
    if not len(found):
        return []
    picked = found[(rng.random(count) * len(found)).astype(np.int64)]
    return [(int(p) // where.shape[1], int(p) % where.shape[1]) for p in picked]


def _around(
    shape: tuple[int, ...], y: float, x: float, reach: float, flatness: float
) -> tuple[tuple[slice, slice], Field]:
    """A window around a place, and the distance of its pixels from it (downwards × `flatness`)."""
    top, bottom = max(0, int(y - reach)), min(shape[0], int(y + reach) + 1)
    left, right = max(0, int(x - reach)), min(shape[1], int(x + reach) + 1)
    top, left = min(top, shape[0] - 1), min(left, shape[1] - 1)
    bottom, right = max(bottom, top + 1), max(right, left + 1)
    down = (field(np.arange(top, bottom))[:, None] - y) * flatness
    across = field(np.arange(left, right))[None, :] - x
    return (slice(top, bottom), slice(left, right)), field(np.sqrt(down * down + across * across))
