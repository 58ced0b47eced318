"""What names a patch: its slide, x and y.

A table has a column `slide` only where patients have slides of their own names: in the data of
before 0.10, and in Kaggle's, every patient has one slide, and the patient's name is the slide's. A
slide belongs to one patient, so that patient, slide, x and y name a patch in either case.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

SLIDE = "slide"
PATCH = ("patient", "x", "y")
_WITH_SLIDE = ("patient", SLIDE, "x", "y")


def place_of(*tables: pd.DataFrame) -> list[str]:
    """The columns that name a patch in all of the tables.

    >>> place_of(pd.DataFrame(columns=["patient", "slide", "x", "y"]))
    ['patient', 'slide', 'x', 'y']
    >>> place_of(pd.DataFrame(columns=["patient", "x", "y", "label"]))
    ['patient', 'x', 'y']
    """
    return list(_WITH_SLIDE if all(SLIDE in table for table in tables) else PATCH)


def slide_of(table: pd.DataFrame) -> "pd.Series[Any]":
    """Each row's slide; its patient where slides have no names of their own."""
    return table[SLIDE] if SLIDE in table else table["patient"]


def slide_numbers(table: pd.DataFrame) -> tuple[npt.NDArray[np.int64], int]:
    """The number of each row's slide, from 0, and how many there are; rows of two slides never
    share tissue, be their patient the same."""
    patient = pd.factorize(table["patient"])[0].astype(np.int64)
    if SLIDE not in table:
        return patient, int(patient.max(initial=-1)) + 1
    slide = pd.factorize(table[SLIDE])[0].astype(np.int64)
    named = pd.factorize(patient * (int(slide.max(initial=0)) + 1) + slide)[0].astype(np.int64)
    return named, int(named.max(initial=-1)) + 1


def lies_at(
    table: pd.DataFrame,
    patient: str | None,
    slide: str | None,
    place: tuple[int | None, int | None],
) -> npt.NDArray[np.bool_]:
    """Which rows are the patch at `place` (x, y) of a patient, and of a slide where rows name one;
    without `slide` on any of the patient's."""
    found = (table["patient"] == patient) & (table["x"] == place[0]) & (table["y"] == place[1])
    if slide is not None and SLIDE in table:
        found &= table[SLIDE] == slide
    return found.to_numpy(bool)


def side_by_side(
    table: pd.DataFrame, stride: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """x and y of a patient's rows with the slides beside each other, a square apart, by name: for
    one small picture of all. With one slide they are what they are."""
    x, y = (table[name].to_numpy(np.int64).copy() for name in ("x", "y"))
    if SLIDE not in table or table[SLIDE].nunique() < 2:
        return x, y
    names = table[SLIDE].astype(str).to_numpy()
    left = 1
    for name in np.unique(names):
        own = names == name
        x[own] += left - x[own].min()
        y[own] += 1 - y[own].min()
        left = int(x[own].max()) + 2 * stride
    return x, y
