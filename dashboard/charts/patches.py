"""Patches on the dashboard: what is known of each, its prediction and outcome.

Names of uploaded files are foreign text: stored as they are, shown as text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.folders.file_names import read_name
from idc_core.data.folders.patch_files import read_patch
from idc_core.data.images import ImageRefused, pad_patch
from idc_core.data.known_labels import in_words, label_of
from idc_core.io.refusal import Refusal
from idc_core.records.raster import USUAL, Raster

Image = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class PatchFacts:
    """What is known of a patch beside its pixels; None if it is not known."""

    file: str
    patient: str | None = None
    x: int | None = None
    y: int | None = None
    label: int | None = None
    slide: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A patch that can be scored, (side, side, 3) RGB.

    `note`: how it was changed to fit; `odd`: the findings of the input check, two words each.
    """

    pixels: Image
    facts: PatchFacts
    note: str = ""
    odd: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is not a patch, and why, in one sentence."""

    file: str
    reason: str


def read_uploads(
    files: Iterable[tuple[str, bytes]], side: int = USUAL.patch_px
) -> tuple[list[Taken], list[Refused]]:
    """Decode files given as (name, bytes); each of at most `side` pixels a side is accepted, or
    rejected with a reason."""
    taken: list[Taken] = []
    refused: list[Refused] = []
    for name, data in files:
        try:
            read = read_patch(data, side)
        except ImageRefused as refusal:
            refused.append(Refused(name, str(refusal)))
            continue
        taken.append(Taken(pad_patch(read.pixels, side), facts_of(name), read.note))
    return taken, refused


def facts_of(name: str) -> PatchFacts:
    """Patient, position and label, if the file is named as in the data set."""
    bare = PurePosixPath(PureWindowsPath(name).as_posix()).name
    try:
        known = read_name(bare).name
    except Refusal:
        return PatchFacts(bare)
    return PatchFacts(bare, known.patient, known.x, known.y, known.label)


def outcome(label: int | None, score: float, threshold: float) -> str | None:
    """One of tp, fn, fp, tn; None if the label is not known.

    >>> outcome(1, 0.2, 0.5), outcome(0, 0.5, 0.5), outcome(None, 0.9, 0.5), outcome(-1, 0.9, 0.5)
    ('fn', 'fp', None, None)
    """
    known = label_of(label)
    if known is None:
        return None
    positive = score >= threshold
    return ("tp" if positive else "fn") if known else ("fp" if positive else "tn")


def predicted(score: float, threshold: float, raster: Raster = USUAL) -> str:
    """The prediction in words.

    >>> predicted(0.5, 0.5), predicted(0.4, 0.5)
    ('predicted IDC', 'predicted no IDC')
    """
    return f"predicted {in_words(int(score >= threshold), raster)}"


def table(
    facts: Sequence[PatchFacts], scores: npt.NDArray[np.float64], threshold: float
) -> pd.DataFrame:
    """One row per patch, with the columns of `train_cli.py predict`."""
    return pd.DataFrame(
        {
            "file": [each.file for each in facts],
            "patient": [each.patient for each in facts],
            "x": pd.array([each.x for each in facts], dtype="Int64"),
            "y": pd.array([each.y for each in facts], dtype="Int64"),
            "label": pd.array([label_of(each.label) for each in facts], dtype="Int64"),
            "score": scores,
            "called": [int(score >= threshold) for score in scores],
        }
    )
