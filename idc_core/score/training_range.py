"""Is this a picture of the kind the network was trained on? Figures beside those of its training.

A network answers to anything. The profile holds the range of a few plain figures over the training
patches; what lies outside is said with the figure, never refused: a new scanner is not an error,
but its scores are not covered by what was measured.

Measured with the profile of the reference run's training split: something is said of 0.4 % of 3,053
real validation patches and 1.8 % of 3,769 test patches; of 84 % of the test patches blurred by 1 px
and all blurred by 1.5 px, of all turned grey, and of 99 % with their colours exchanged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from idc_core.data.stores.store import PatchStore
from idc_core.data.stores.writer import rows_at_once
from idc_core.evaluate.slices.pixels import MEASURES, STAINS, measured
from idc_core.io.files import read_json, write_json
from idc_core.io.refusal import Refusal
from idc_core.records.raster import USUAL, Raster
from idc_core.runs import seal
from idc_core.runs.data import store_of
from idc_core.runs.run import Run

FILE = "input_profile.json"
MOST_PATCHES = 20_000
"""Training patches that are measured; of more, as many at even steps."""

QUANTILES = (0.0005, 0.9995)
STRICT = {"sharpness": 0.003, "tint": 0.003}
"""Lower ends that are drawn closer: the training split itself holds some blurred and grey tiles
(frames, ink), and at its very ends it would let everything of the kind through."""

MARGIN = 0.05
"""How far beyond the range, as a share of it, still passes for inside; nothing at strict ends."""

FIGURES = (*MEASURES, "sharpness", "tint", "unexplained")
REFERENCE = "training patches"
"""What the patches of a profile are to a network that was trained here."""

BLANK_STD = 4.0
"""Spread of levels below which a patch shows nothing."""

MEASURE_WORDS = {
    "brightness": ("is {} than", ("darker", "brighter"), "brightness"),
    "saturation": ("is {} than", ("paler in colour", "more coloured"), "saturation"),
    "white": ("holds {} glass than", ("less", "more"), "share of white"),
    "haematoxylin": ("holds {} blue stain than", ("less", "more"), "haematoxylin"),
    "eosin": ("holds {} pink stain than", ("less", "more"), "eosin"),
    "sharpness": ("is {} than", ("more blurred", "sharper or noisier"), "sharpness"),
    "tint": ("is {} than", ("greyer or greener", "purer pink or purple"), "stain tint"),
    "unexplained": (
        "has {} colour that neither stain explains than",
        ("less", "more"),
        "unexplained colour",
    ),
}

SHORT = {
    "small": "too small",
    "blank": "blank",
    "sharpness": "blurred or noisy",
    "tint": "unusual stain",
    "brightness": "unusual brightness",
    "saturation": "unusual colour",
    "white": "much glass",
    "haematoxylin": "unusual stain",
    "eosin": "unusual stain",
    "unexplained": "unusual colour",
}
"""Each code in two words, for where there is no room for the sentence."""

_DENSITY = (-np.log10(np.maximum(np.arange(256), 1) / 255)).astype(np.float32)
"""Optical density of each level: looked up, since a logarithm a pixel costs more than the score."""

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Profile:
    """Range of each figure of `FIGURES` over the training patches, and how many they were."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    patches: int
    data: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a user should know before trusting the score."""

    code: str
    sentence: str


def figures(patches: Pixels, areas: npt.ArrayLike | None = None) -> npt.NDArray[np.float64]:
    """`FIGURES` of patches (n, side, side, 3), (n, figures).

    Sharpness: spread of the Laplacian of grey over the spread of grey itself, since pale tissue is
    no blurred one. Tint: how far green lies below the mean of red and blue, over the darkness:
    stained tissue is pink to blue, a grey or green picture is not. Unexplained: the mean size of
    the optical density that lies along neither stain.
    """
    whole = np.full(len(patches), float(patches.shape[1] * patches.shape[2]))
    area = whole if areas is None else np.asarray(areas, np.float64)
    grey = [cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY) for patch in patches]
    sharp = [float(cv2.Laplacian(g, cv2.CV_32F).std()) / (float(g.std()) + 2) for g in grey]
    red, green, blue = np.moveaxis(patches.mean(axis=(1, 2)), 1, 0)
    tint = ((red + blue) / 2 - green) / (255 - (red + green + blue) / 3 + 10)
    unit = STAINS / np.linalg.norm(STAINS, axis=1, keepdims=True)
    third = np.cross(unit[0], unit[1])
    mix = np.linalg.inv(np.vstack([unit, third / np.linalg.norm(third)]))
    unexplained = np.abs(_DENSITY[patches] @ mix[:, 2].astype(np.float32))
    rest = unexplained.mean(axis=(1, 2), dtype=np.float64)
    return np.column_stack([measured(patches, area), sharp, tint, rest])


def profile_of(store: PatchStore) -> Profile:
    """Measure the training split of a store; raises `Refusal` where it holds none."""
    rows = np.flatnonzero((store.index["split"] == "train").to_numpy())
    if not len(rows):
        raise Refusal("expected training patches to compare with: the store holds none.")
    some = rows[np.linspace(0, len(rows) - 1, min(len(rows), MOST_PATCHES)).astype(int)]
    whole = store.index.iloc[some]
    # Edge patches are padded with white: their figures are those of the padding.
    some = some[(whole[["width", "height"]] == store.raster.patch_px).all(axis=1).to_numpy()]
    step = min(500, rows_at_once(store.raster.patch_px))
    parts = [
        figures(np.asarray(store.patches[some[at : at + step]])) for at in range(0, len(some), step)
    ]
    every = np.concatenate(parts)
    low, high = np.quantile(every, QUANTILES, axis=0)
    for name, share in STRICT.items():
        low[FIGURES.index(name)] = np.quantile(every[:, FIGURES.index(name)], share)
    return Profile(tuple(low.tolist()), tuple(high.tolist()), len(some), store.fingerprint)


_OF_THE_PUBLIC_SET = ", and edge patches mostly have no IDC in the data"


def look(
    pixels: Pixels,
    profile: Profile | None,
    reference: str = REFERENCE,
    raster: Raster = USUAL,
) -> tuple[Finding, ...]:
    """What is odd about a patch (h, w, 3) of at most the side of `raster`, before it is padded.

    `reference`: what the patches of the profile are to the network, in words.
    """
    found: list[Finding] = []
    high, wide = pixels.shape[:2]
    side = raster.patch_px
    small = min(high, wide) < side
    if small:
        found.append(
            Finding(
                "small",
                f"It is {wide}×{high} pixels, not {side}×{side}: the rest is filled with white"
                + _OF_THE_PUBLIC_SET * (raster.positive == USUAL.positive)
                + ".",
            )
        )
    if float(pixels.std(axis=(0, 1)).max()) < BLANK_STD:
        spread = float(pixels.std(axis=(0, 1)).max())
        found.append(
            Finding("blank", f"It shows nothing: its levels spread by {spread:.1f} of 255.")
        )
        return tuple(found)
    if profile is None or small:
        return tuple(found)
    return (*found, *outside(figures(pixels[None])[0], profile, reference))


def outside(
    values: Sequence[float] | npt.NDArray[np.float64], profile: Profile, reference: str = REFERENCE
) -> list[Finding]:
    """Figures outside the range of training, in sentences."""
    found = []
    for name, value, low, high in zip(FIGURES, values, profile.low, profile.high, strict=True):
        room = MARGIN * (high - low)
        if low - (0 if name in STRICT else room) <= value <= high + room:
            continue
        words, (less, more), figure = MEASURE_WORDS[name]
        said = words.format(less if value < low else more)
        found.append(
            Finding(
                name,
                f"It {said} nearly all {profile.patches:,} {reference}: {figure} "
                f"{value:.3g}, they {low:.3g} to {high:.3g}.",
            )
        )
    return found


def profile_for(run: Run) -> Profile | None:
    """The profile kept with a run, else measured where the pixels of its data are here."""
    known = saved(run)
    if known is not None:
        return known
    store = store_of(run)
    if store is None or not store.has_pixels or not (store.index["split"] == "train").any():
        return None
    return profile_of(store)


def saved(run: Run) -> Profile | None:
    """The profile kept with a run; None without one, or where the file is damaged."""
    try:
        content: Any = read_json(run.path / FILE)
        found = Profile(
            tuple(float(content["low"][name]) for name in FIGURES),
            tuple(float(content["high"][name]) for name in FIGURES),
            int(content["patches"]),
            str(content["data"]),
        )
    except (Refusal, KeyError, TypeError, ValueError):
        return None
    return found


def save(run: Run, profile: Profile) -> Path:
    """Write the profile into the run's folder."""
    file = run.path / FILE
    content = {
        "low": dict(zip(FIGURES, profile.low, strict=True)),
        "high": dict(zip(FIGURES, profile.high, strict=True)),
        "patches": profile.patches,
        "data": profile.data,
    }
    with seal.changing(run.path, FILE):
        write_json(file, content)
    return file
