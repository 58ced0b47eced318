"""A map of evidence for and against IDC, cell by cell, in units of the logit.

Conventions:

- `pro` and `con` are float32, (h, w), never negative: evidence for IDC, evidence against it. They
  are kept apart, since one logit holds both and a single rectified map would hide the second.
- A map has the resolution the method truly has: a layer of 4×4 places gives 16 cells, however large
  it is drawn. `spread` puts it over the patch in squares and makes nothing up between them.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from idc_core.records.raster import USUAL

Map = npt.NDArray[np.float32]

_FINE = 50
"""Cells a side that a coarser map is spread over before it is averaged, whatever the patch."""

EMPTY = 1e-6
"""Evidence below this, in units of the logit, is none: it is what rounding leaves."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One method's answer to one patch of `side` pixels (or the mean over several)."""

    method: str
    pro: Map
    con: Map
    layer: str | None = None
    note: str = ""
    side: int = USUAL.patch_px

    def __post_init__(self) -> None:
        if self.pro.ndim != 2 or self.pro.shape != self.con.shape:
            raise ValueError(f"expected two maps (h, w): found {self.pro.shape}, {self.con.shape}.")
        if not (np.isfinite(self.pro).all() and np.isfinite(self.con).all()):
            raise ValueError("expected finite evidence: found NaN or infinity.")
        if min(self.pro.min(initial=0.0), self.con.min(initial=0.0)) < 0:
            raise ValueError("expected evidence of at least 0, for and against apart.")

    @property
    def signed(self) -> Map:
        """Evidence for less evidence against, (h, w)."""
        found: Map = self.pro - self.con
        return found

    @property
    def most(self) -> float:
        """The largest evidence of either kind; both are drawn on this one scale."""
        return float(max(self.pro.max(initial=0.0), self.con.max(initial=0.0)))

    @property
    def resolution(self) -> str:
        """The true resolution in words.

        >>> none = np.zeros((4, 4), np.float32)
        >>> Evidence("Grad-CAM", none, none).resolution
        '4 × 4 cells of 12.5 px'
        """
        rows, columns = self.pro.shape
        return f"{rows} × {columns} cells of {self.side / rows:.3g} px"


def of_signed(
    method: str,
    signed: Map,
    layer: str | None = None,
    note: str = "",
    side: int = USUAL.patch_px,
) -> Evidence:
    """Evidence from one signed map: above zero for IDC, below zero against."""
    values = np.asarray(signed, np.float32)
    return Evidence(method, np.maximum(values, 0), np.maximum(-values, 0), layer, note, side)


def mean(found: "list[Evidence]") -> Evidence:
    """The mean over several patches, for and against apart; raises `ValueError` for none."""
    if not found:
        raise ValueError("expected at least one map: found none.")
    first = found[0]
    pro: Map = np.stack([each.pro for each in found]).mean(axis=0, dtype=np.float32)
    con: Map = np.stack([each.con for each in found]).mean(axis=0, dtype=np.float32)
    return Evidence(first.method, pro, con, first.layer, first.note, first.side)


def spread(cells: Map, side: int = USUAL.patch_px) -> Map:
    """A map of (h, w) cells over (side, side) pixels, each pixel with the value of its cell."""
    rows, columns = (np.arange(side) * cells_along // side for cells_along in cells.shape)
    found: Map = cells[np.ix_(rows, columns)]
    return found


def gathered(cells: Map, side: int) -> Map:
    """A map brought to (side, side) cells by area averages, for comparing maps with one another."""
    over = spread(cells, _FINE) if cells.shape[0] < _FINE else cells
    found = cv2.resize(over, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(found, np.float32)
