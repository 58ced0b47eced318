"""What is odd about a whole set of patches, in one sentence with the likely cause.

A set that was resized, turned grey or read with its channels exchanged is odd in every patch: said
once, of the set, instead of 128 times of a patch. It is looked at without a profile of training, so
that `prepare` can tell before anything was trained.

Measured on 20,771 real patches of 251 patients: red is stronger than blue in 95 % of them, and in
5 % with channels exchanged; the median sharpness is 1.98, of no patient of them below 0.86, and
0.83, 0.64 and 0.48 where patches were enlarged from 40, 32 and 25 pixels.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.stores.pixels import PatchRows
from idc_core.data.tables.coordinates import off_grid
from idc_core.records.raster import USUAL

FEWEST = 16
"""Patches below which nothing is said of a set: a few may be alike by chance."""

MOSTLY = 0.9
"""Share of a set that makes it the set."""

BLUE = 0.8
"""Share of stained patches with more blue than red, from which on the channels are exchanged."""

SOFT = 0.85
"""Median sharpness below which a set was enlarged or blurred."""

STAINED = 0.1
MEASURED = 1_000
"""Patches whose colour and sharpness are measured, at even steps."""

_FOUND = re.compile(r"found (\d+)×(\d+)")
_NOTED = re.compile(r"^(\d+)×(\d+)")

Pixels = npt.NDArray[np.uint8]
Sizes = npt.NDArray[np.int64]
"""(n, 2): true width and height, before a patch was padded."""


@dataclass(frozen=True)
class SetLook:
    """What was seen of a set: its sizes (`side`: of a whole patch), and of the patches that were
    measured how many are grey, stained, bluer than red, and how sharp those of full size are."""

    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    measured: int = 0
    grey: int = 0
    stained: int = 0
    blue: int = 0
    sharpness: tuple[float, ...] = ()
    side: int = USUAL.patch_px

    @property
    def patches(self) -> int:
        return sum(self.sizes.values())

    def sentences(self) -> list[str]:
        """What to say of the set, the gravest first; nothing of a small or a usual one."""
        if self.patches < FEWEST:
            return []
        found = [self._size(), self._grey(), self._channels(), self._soft()]
        return [sentence for sentence in found if sentence]

    def _size(self) -> str | None:
        (wide, high), many = self.sizes.most_common(1)[0]
        full = (self.side, self.side)
        whole = f"{self.side}×{self.side}"
        if (wide, high) != full and many >= MOSTLY * self.patches:
            return (
                f"{_all(many, self.patches)} patches are {wide}×{high} pixels, not {whole}: the "
                "set was cropped or resized, and these are no edge patches. They are filled up "
                "with white, which no network was trained on; bring the originals of "
                f"{whole}."
            )
        small = self.patches - self.sizes[full]
        if small < 0.5 * self.patches:
            return None
        return (
            f"{_all(small, self.patches)} patches are smaller than {whole}, in "
            f"{len(self.sizes) - (full in self.sizes):,} sizes: more than a "
            "slide's edge has. They are filled up with white, which no network was trained on."
        )

    def _grey(self) -> str | None:
        if self.measured < FEWEST or self.grey < MOSTLY * self.measured:
            return None
        return (
            f"{_all(self.grey, self.measured)} patches are grey: the colour of the stain is gone, "
            "as after a conversion to grey scale, and a network trained on stained tissue answers "
            "to something else. Bring the originals in colour."
        )

    def _channels(self) -> str | None:
        if self.stained < FEWEST or self.blue < BLUE * self.stained:
            return None
        return (
            f"{_all(self.blue, self.stained)} stained patches are bluer than red: red and blue "
            "seem to be exchanged (BGR, as OpenCV writes and reads). In stained tissue red is the "
            "stronger in about 95 %; save the patches as RGB."
        )

    def _soft(self) -> str | None:
        # What counts as soft was measured on patches of the usual size.
        measured = self.side == USUAL.patch_px
        if not measured or len(self.sharpness) < FEWEST or float(np.median(self.sharpness)) >= SOFT:
            return None
        return (
            f"The set is soft: half of its patches have a sharpness below "
            f"{np.median(self.sharpness):.2f}, real ones of {self.side} pixels about 2. Were they "
            "enlarged from fewer pixels, or cut at another magnification?"
        )


def look_at(patches: PatchRows, sizes: Sizes | None = None) -> SetLook:
    """What is seen of patches (n, side, side, 3), padded with white where `sizes` are smaller."""
    side = patches.shape[1]
    true = np.full((len(patches), 2), side) if sizes is None else np.asarray(sizes)
    count = Counter((int(wide), int(high)) for wide, high in true)
    some = np.unique(np.linspace(0, len(patches) - 1, min(len(patches), MEASURED)).astype(int))
    grey = stained = blue = 0
    sharpness: list[float] = []
    for at in some if len(patches) else []:
        wide, high = true[at]
        patch = np.ascontiguousarray(patches[int(at)][:high, :wide])
        red, green, below = patch.reshape(-1, 3).mean(axis=0)
        if float(patch.std()) < 4:
            continue
        grey += int((patch.max(axis=2) - patch.min(axis=2)).mean() < 1)
        tint = ((red + below) / 2 - green) / (255 - (red + green + below) / 3 + 10)
        stained += int(tint > STAINED)
        blue += int(tint > STAINED and below > red)
        if (wide, high) == (side, side):
            sharpness.append(_sharpness(patch))
    return SetLook(count, len(some), grey, stained, blue, tuple(sharpness), side)


def together(parts: Sequence[SetLook]) -> SetLook:
    """Several parts of a set as one."""
    sizes: Counter[tuple[int, int]] = Counter()
    for part in parts:
        sizes.update(part.sizes)
    return SetLook(
        sizes,
        sum(part.measured for part in parts),
        sum(part.grey for part in parts),
        sum(part.stained for part in parts),
        sum(part.blue for part in parts),
        tuple(value for part in parts for value in part.sharpness),
        parts[0].side if parts else USUAL.patch_px,
    )


def set_sentences(store: Path, index: pd.DataFrame) -> list[str]:
    """What to say of the set that is packed in the folder `store`, and of the places in its names;
    `index` with patient, x, y, width and height.

    Of a large one `MEASURED` patches at even steps are read.
    """
    some = np.unique(np.linspace(0, len(index) - 1, min(len(index), MEASURED)).astype(int))
    sizes = index[["width", "height"]].to_numpy(np.int64)
    packed = np.load(store / "patches.npy", mmap_mode="r")
    seen = look_at(np.asarray(packed[some]), sizes[some])
    every = Counter((int(wide), int(high)) for wide, high in sizes)
    places = off_grid(index["patient"], index["x"], index["y"])
    return [*replace(seen, sizes=every).sentences(), *([places] if places else [])]


def sizes_noted(notes: Iterable[str], side: int = USUAL.patch_px) -> Sizes:
    """True sizes from the notes of patches padded to `side`: "48×40, padded with white".

    >>> sizes_noted(["", "48×40, padded with white"]).tolist()
    [[50, 50], [48, 40]]
    """
    found = [_NOTED.match(note) for note in notes]
    sizes = [(int(each[1]), int(each[2])) if each else (side, side) for each in found]
    return np.array(sizes, np.int64).reshape(-1, 2)


def all_too_large(reasons: Sequence[str], taken: int = 0, side: int = USUAL.patch_px) -> str | None:
    """What is to be said where a set was refused because its images have one size above `side`: the
    end of a sentence."""
    found = [(int(each[1]), int(each[2])) for each in map(_FOUND.search, reasons) if each]
    total = len(reasons) + taken
    if len(found) < FEWEST or not found:
        return None
    (wide, high), many = Counter(found).most_common(1)[0]
    if many < MOSTLY * total:
        return None
    return (
        f"{_all(many, total).lower()} images are {wide}×{high} pixels: a set that was resized for "
        f"a network of {wide} pixels, or cut at another size. Bring the original patches of "
        f"{side}×{side} pixels."
    )


def _sharpness(patch: Pixels) -> float:
    grey = cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_32F).std()) / (float(grey.std()) + 2)


def _all(many: int, of: int) -> str:
    return f"All {of:,}" if many == of else f"{many:,} of {of:,}"
