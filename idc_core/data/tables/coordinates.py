"""What the x and y of a table mean, and the same in pixels of the slide as it was cut, from 1.

Pages map a place to a square of the raster's stride. Indices, micrometres, level 0 or another
stride would put many patches into one square there, or neighbours far apart: they are brought to
that grid once, here, and the table's own step is kept with the run. What is not certain is asked.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.tables.lattice import FILLED, Lattice, common_step, lattice_of
from idc_core.io.refusal import Refusal
from idc_core.records.raster import USUAL

HOW = ("auto", "pixels", "grid", "indices", "indices-from-1")
"""`auto`: recognised · `pixels`: as they are · `grid`: squares of the step that all places share ·
`indices`: columns and rows, counted from 0 or from 1."""

_ENOUGH = 20
_MOST = 2**31 - 1

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Places:
    """`x`, `y` (n,) in the product's pixels; `words` of how they were read ("" where as they are);
    `step` of the table's own grid, None where that is the usual one; `sharing`: how many patches
    lie in a square of `stride` pixels with another, which pages cannot draw."""

    x: Whole
    y: Whole
    words: str = ""
    step: float | None = None
    phase: tuple[float, float] | None = None
    sharing: int = 0
    stride: int = USUAL.stride_px

    def record(self) -> dict[str, Any]:
        """What a run keeps: how its places were read, and how to go back to the table's own."""
        return {
            "words": self.words,
            "step": self.step,
            "phase": None if self.phase is None else list(self.phase),
            "sharing": self.sharing,
        }

    def warning(self) -> str | None:
        """What pages cannot show of these places."""
        if not self.sharing:
            return None
        return (
            f"{self.sharing:,} patches share a square of {self.stride}×{self.stride} pixels with "
            "another of the same patient: slide maps, neighbours and regions show one patch a "
            "square, so do not read tissue from them. Figures over patches and patients hold."
        )


def read_places(
    owner: Whole, x: Numbers, y: Numbers, how: str = "auto", stride: int = USUAL.stride_px
) -> Places:
    """Places `x`, `y` (n,), all numbers, of patients numbered by `owner`, on a grid of `stride`.

    Raises `Refusal` with the option that answers, where they could be pixels or indices.
    """
    if how not in HOW:
        raise Refusal(f"expected one of {', '.join(HOW)} for the places: found {how!r}.")
    if how == "pixels" or not len(x):
        return _pixels(owner, x, y, stride)
    if how.startswith("indices"):
        return _indices(x, y, 1 if how == "indices-from-1" else 0, stride)
    if how == "auto" and usual(x, y, stride) and common_step(owner, x, y) <= stride:
        return _pixels(owner, x, y, stride)
    found = lattice_of(owner, x, y)
    if how == "grid":
        if found is None:
            raise Refusal(
                "expected x and y that lie a common step apart: these share none. Keep them as "
                "they are with --places pixels."
            )
        return squares(found, x, y, stride)
    if usual(x, y, stride) and not coarse(found, stride):
        return _pixels(owner, x, y, stride)
    if found is not None:
        return squares(found, x, y, stride)
    return _irregular(owner, x, y, stride)


def off_grid(
    slide: "pd.Series[Any]", x: npt.ArrayLike, y: npt.ArrayLike, stride: int = USUAL.stride_px
) -> str | None:
    """Why squares of `stride` pixels do not hold for places that are kept as they are; None where
    they do. `slide` (n,): the slide of each, or its patient where a patient has one.

    Places on the usual grid cost a look at their remainders.
    """
    right, down = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if len(right) < 2 or (
        usual(right, down, stride) and not _far_apart(slide, right, down, stride)
    ):
        return None
    owner = pd.factorize(slide)[0].astype(np.int64)
    try:
        found = read_places(owner, right, down, stride=stride)
    except Refusal:
        return _pixels(owner, right, down, stride).warning()
    if found.step is None or found.step == stride:
        return found.warning()
    return (
        f"These places are no pixels of patches side by side, but {found.words.partition(':')[0]}: "
        f"slide maps, neighbours and tumour areas, in squares of {stride} pixels, do not hold "
        "for them. Figures over patches and patients do."
    )


def _far_apart(slide: "pd.Series[Any]", x: Numbers, y: Numbers, stride: int) -> bool:
    return common_step(pd.factorize(slide)[0].astype(np.int64), x, y) > stride


def usual(x: Numbers, y: Numbers, stride: int = USUAL.stride_px) -> bool:
    """Whether all places lie on the grid of `stride`: 1, 51, 101 … for 50 pixels."""
    return bool(((x - 1) % stride == 0).all() and ((y - 1) % stride == 0).all())


def coarse(found: Lattice | None, stride: int = USUAL.stride_px) -> bool:
    """Whether neighbours lie several patches apart throughout, as at level 0 of a slide."""
    return (
        found is not None
        and found.step > stride
        and found.filled >= FILLED
        and len(found.column) >= _ENOUGH
    )


def squares(found: Lattice, x: Numbers, y: Numbers, stride: int = USUAL.stride_px) -> Places:
    """Places by the number of their square on the table's own grid."""
    if found.step == 1 and found.phase is not None:
        return _indices(x, y, 0, stride)
    step = found.step
    if step == stride:
        words = f"x and y on a grid of {stride} pixels {_begins(found.phase, stride)}"
        words += f": moved to its corners, 1, {stride + 1}, {2 * stride + 1} …"
    else:
        words = (
            f"x and y as steps of {step:.6g}{_likely(step, stride)}: each step is one square of "
        )
        words += f"{stride} pixels here"
    column, row = _px(found.column, stride), _px(found.row, stride)
    return _checked(column, row, words, step, found.phase, stride)


def _indices(x: Numbers, y: Numbers, first: int, stride: int) -> Places:
    words = (
        f"x and y as columns and rows of patches, counted from {first}, "
        f"{_range(x)} and {_range(y)}: each is {stride} pixels here"
    )
    column, row = (_px(np.floor(each).astype(np.int64) - first, stride) for each in (x, y))
    return _checked(column, row, words, 1.0, (float(first), float(first)), stride)


def _pixels(owner: Whole, x: Numbers, y: Numbers, stride: int) -> Places:
    left, top = (np.floor(each).astype(np.int64) for each in (x, y))
    words = "" if (left == x).all() and (top == y).all() else "x and y cut to whole pixels"
    shared = sharing(owner, left, top, stride)
    return _checked(left, top, words, None, None, stride, shared)


def _irregular(owner: Whole, x: Numbers, y: Numbers, stride: int) -> Places:
    """Places on no grid: pixels, unless many would lie on top of each other."""
    kept = _pixels(owner, x, y, stride)
    if not kept.sharing:
        return kept
    raise Refusal(
        "expected x and y of patches that lie side by side, in pixels: "
        f"{_range(x)} and {_range(y)} share no common step, and {kept.sharing:,} of {len(x):,} "
        f"patches lie within {stride} pixels of another. If they are columns and rows, say "
        "--places indices; if they are pixels of tiles that overlap, --places pixels."
    )


def sharing(owner: Whole, x: Whole, y: Whole, stride: int = USUAL.stride_px) -> int:
    """How many patches lie in a square of `stride` pixels with another at another place.

    >>> sharing(np.zeros(3, int), np.array([1, 26, 51]), np.array([1, 1, 1]))
    2
    """
    if usual(x.astype(np.float64), y.astype(np.float64), stride):
        return 0
    places = pd.DataFrame({"owner": owner, "x": x, "y": y}).drop_duplicates()
    held = places.assign(x=(places["x"] - 1) // stride, y=(places["y"] - 1) // stride)
    return int(held.duplicated(keep=False).sum())


def _px(number: Whole, stride: int) -> Whole:
    pixels: Whole = number * stride + 1
    return pixels


def _checked(
    x: Whole,
    y: Whole,
    words: str,
    step: float | None,
    phase: tuple[float, float] | None,
    stride: int,
    shared: int = 0,
) -> Places:
    if max(int(np.abs(x).max(initial=0)), int(np.abs(y).max(initial=0))) > _MOST:
        raise Refusal("expected x and y below 2,147,483,648 pixels: some are larger.")
    return Places(x, y, words, step, phase, shared, stride)


def _begins(phase: tuple[float, float] | None, stride: int) -> str:
    if phase is None:
        return "that begins elsewhere in each patient"
    if phase == (0, 0):
        return "counted from 0"
    if all(abs(each - (stride + 1) / 2) <= 1 for each in phase):
        return "through the centres of patches"
    return f"that begins at {phase[0]:g} and {phase[1]:g}"


def _likely(step: float, stride: int) -> str:
    times = step / stride
    if times >= 2 and times == round(times):
        return f", {times:.0f} times {stride} (level 0 of a slide, as it seems)"
    if step < stride:
        return " (less than a patch: reduced pixels, or tiles that overlap)"
    return ""


def _range(values: Numbers) -> str:
    return f"{values.min():g} to {values.max():g}"
