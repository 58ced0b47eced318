"""Patches as they are brought to the dashboard: what is known of each, what it was called.

Names of uploaded files are other people's text; they are kept as they came and shown as text.
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
from idc_core.data.known_labels import label_of
from idc_core.io.refusal import Refusal

Image = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class PatchFacts:
    """What is known of a patch besides its pixels; None where it is not known."""

    file: str
    patient: str | None = None
    x: int | None = None
    y: int | None = None
    label: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A patch that can be scored, (50, 50, 3) RGB; `note` says what was done to it, `odd` what the
    input check says of it in two words each."""

    pixels: Image
    facts: PatchFacts
    note: str = ""
    odd: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is no patch, and why, in a sentence."""

    file: str
    reason: str


def read_uploads(files: Iterable[tuple[str, bytes]]) -> tuple[list[Taken], list[Refused]]:
    """Decode files given as (name, bytes); every one is taken or refused with a reason."""
    taken: list[Taken] = []
    refused: list[Refused] = []
    for name, data in files:
        try:
            read = read_patch(data)
        except ImageRefused as refusal:
            refused.append(Refused(name, str(refusal)))
            continue
        taken.append(Taken(pad_patch(read.pixels), facts_of(name), read.note))
    return taken, refused


def facts_of(name: str) -> PatchFacts:
    """Patient, place and label, if the file's name says them as the data set's names do."""
    bare = PurePosixPath(PureWindowsPath(name).as_posix()).name
    try:
        known = read_name(bare).name
    except Refusal:
        return PatchFacts(bare)
    return PatchFacts(bare, known.patient, known.x, known.y, known.label)


def outcome(label: int | None, score: float, threshold: float) -> str | None:
    """One of tp, fn, fp, tn; None where the label is not known.

    >>> outcome(1, 0.2, 0.5), outcome(0, 0.5, 0.5), outcome(None, 0.9, 0.5), outcome(-1, 0.9, 0.5)
    ('fn', 'fp', None, None)
    """
    known = label_of(label)
    if known is None:
        return None
    called = score >= threshold
    return ("tp" if called else "fn") if known else ("fp" if called else "tn")


def table(
    facts: Sequence[PatchFacts], scores: npt.NDArray[np.float64], threshold: float
) -> pd.DataFrame:
    """One row a patch, the columns of `train_cli.py predict`."""
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
