"""What the x and y of a table mean, and the same in pixels of the reduced slide, counted from 1.

Pages map a place to a square of 50 pixels. Indices, micrometres, level 0 or another stride would
put many patches into one square there, or neighbours far apart: they are brought to that grid once,
here, and the table's own step is kept with the run. What is not certain is asked.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.patches import PATCH_PX
from idc_core.data.tables.lattice import FILLED, Lattice, common_step, lattice_of
from idc_core.io.refusal import Refusal

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
    lie in a square of 50 pixels with another, which pages cannot draw."""

    x: Whole
    y: Whole
    words: str = ""
    step: float | None = None
    phase: tuple[float, float] | None = None
    sharing: int = 0

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
            f"{self.sharing:,} patches share a square of {PATCH_PX}×{PATCH_PX} pixels with another "
            "of the same patient: slide maps, neighbours and regions show one patch a square, so "
            "do not read tissue from them. Figures over patches and patients hold."
        )


def read_places(owner: Whole, x: Numbers, y: Numbers, how: str = "auto") -> Places:
    """Places `x`, `y` (n,), all numbers, of patients numbered by `owner`.

    Raises `Refusal` with the option that answers, where they could be pixels or indices.
    """
    if how not in HOW:
        raise Refusal(f"expected one of {', '.join(HOW)} for the places: found {how!r}.")
    if how == "pixels" or not len(x):
        return _pixels(owner, x, y)
    if how.startswith("indices"):
        return _indices(x, y, 1 if how == "indices-from-1" else 0)
    if how == "auto" and usual(x, y) and common_step(owner, x, y) <= PATCH_PX:
        return _pixels(owner, x, y)
    found = lattice_of(owner, x, y)
    if how == "grid":
        if found is None:
            raise Refusal(
                "expected x and y that lie a common step apart: these share none. Keep them as "
                "they are with --places pixels."
            )
        return squares(found, x, y)
    if usual(x, y) and not coarse(found):
        return _pixels(owner, x, y)
    if found is not None:
        return squares(found, x, y)
    return _irregular(owner, x, y)


def off_grid(patient: "pd.Series[Any]", x: npt.ArrayLike, y: npt.ArrayLike) -> str | None:
    """Why squares of 50 pixels do not hold for places that are kept as they are; None where they
    do. Places on the usual grid cost a look at their remainders."""
    right, down = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if len(right) < 2 or (usual(right, down) and not _far_apart(patient, right, down)):
        return None
    owner = pd.factorize(patient)[0].astype(np.int64)
    try:
        found = read_places(owner, right, down)
    except Refusal:
        return _pixels(owner, right, down).warning()
    if found.step is None or found.step == PATCH_PX:
        return found.warning()
    return (
        f"These places are no pixels of patches side by side, but {found.words.partition(':')[0]}: "
        f"slide maps, neighbours and tumour areas, in squares of {PATCH_PX} pixels, do not hold "
        "for them. Figures over patches and patients do."
    )


def _far_apart(patient: "pd.Series[Any]", x: Numbers, y: Numbers) -> bool:
    return common_step(pd.factorize(patient)[0].astype(np.int64), x, y) > PATCH_PX


def usual(x: Numbers, y: Numbers) -> bool:
    """Whether all places lie on the public set's grid: 1, 51, 101 …"""
    return bool(((x - 1) % PATCH_PX == 0).all() and ((y - 1) % PATCH_PX == 0).all())


def coarse(found: Lattice | None) -> bool:
    """Whether neighbours lie several patches apart throughout, as at level 0 of a slide."""
    return (
        found is not None
        and found.step > PATCH_PX
        and found.filled >= FILLED
        and len(found.column) >= _ENOUGH
    )


def squares(found: Lattice, x: Numbers, y: Numbers) -> Places:
    """Places by the number of their square on the table's own grid."""
    if found.step == 1 and found.phase is not None:
        return _indices(x, y, 0)
    step = found.step
    if step == PATCH_PX:
        words = f"x and y on a grid of {PATCH_PX} pixels {_begins(found.phase)}"
        words += ": moved to its corners, 1, 51, 101 …"
    else:
        words = f"x and y as steps of {step:.6g}{_likely(step)}: each step is one square of "
        words += f"{PATCH_PX} pixels here"
    return _checked(_px(found.column), _px(found.row), words, step, found.phase)


def _indices(x: Numbers, y: Numbers, first: int) -> Places:
    words = (
        f"x and y as columns and rows of patches, counted from {first}, "
        f"{_range(x)} and {_range(y)}: each is {PATCH_PX} pixels here"
    )
    column, row = (np.floor(each).astype(np.int64) - first for each in (x, y))
    return _checked(_px(column), _px(row), words, 1.0, (float(first), float(first)))


def _pixels(owner: Whole, x: Numbers, y: Numbers) -> Places:
    left, top = (np.floor(each).astype(np.int64) for each in (x, y))
    words = "" if (left == x).all() and (top == y).all() else "x and y cut to whole pixels"
    return _checked(left, top, words, None, None, sharing(owner, left, top))


def _irregular(owner: Whole, x: Numbers, y: Numbers) -> Places:
    """Places on no grid: pixels, unless many would lie on top of each other."""
    kept = _pixels(owner, x, y)
    if not kept.sharing:
        return kept
    raise Refusal(
        "expected x and y of patches that lie side by side, in pixels: "
        f"{_range(x)} and {_range(y)} share no common step, and {kept.sharing:,} of {len(x):,} "
        f"patches lie within {PATCH_PX} pixels of another. If they are columns and rows, say "
        "--places indices; if they are pixels of tiles that overlap, --places pixels."
    )


def sharing(owner: Whole, x: Whole, y: Whole) -> int:
    """How many patches lie in a square of 50 pixels with another at another place.

    >>> sharing(np.zeros(3, int), np.array([1, 26, 51]), np.array([1, 1, 1]))
    2
    """
    if usual(x.astype(np.float64), y.astype(np.float64)):
        return 0
    places = pd.DataFrame({"owner": owner, "x": x, "y": y}).drop_duplicates()
    held = places.assign(x=(places["x"] - 1) // PATCH_PX, y=(places["y"] - 1) // PATCH_PX)
    return int(held.duplicated(keep=False).sum())


def _px(number: Whole) -> Whole:
    pixels: Whole = number * PATCH_PX + 1
    return pixels


def _checked(
    x: Whole,
    y: Whole,
    words: str,
    step: float | None,
    phase: tuple[float, float] | None,
    shared: int = 0,
) -> Places:
    if max(int(np.abs(x).max(initial=0)), int(np.abs(y).max(initial=0))) > _MOST:
        raise Refusal("expected x and y below 2,147,483,648 pixels: some are larger.")
    return Places(x, y, words, step, phase, shared)


def _begins(phase: tuple[float, float] | None) -> str:
    if phase is None:
        return "that begins elsewhere in each patient"
    if phase == (0, 0):
        return "counted from 0"
    if all(abs(each - (PATCH_PX + 1) / 2) <= 1 for each in phase):
        return "through the centres of patches"
    return f"that begins at {phase[0]:g} and {phase[1]:g}"


def _likely(step: float) -> str:
    times = step / PATCH_PX
    if times >= 2 and times == round(times):
        return f", {times:.0f} times {PATCH_PX} (level 0 of a slide, as it seems)"
    if step < PATCH_PX:
        return " (less than a patch: reduced pixels, or tiles that overlap)"
    return ""


def _range(values: Numbers) -> str:
    return f"{values.min():g} to {values.max():g}"
