"""Which patches are lost with the files that were not taken, as the one judge of loss sees it.

Not every file that is left out is a loss: a second copy of a patch that was taken is none, nor are
files that were never meant as patches. A patch is lost where its place is in no store; a file whose
name says no place counts as one patch.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeVar

import pandas as pd

from idc_core.data.folders.file_names import kind_of, place_in
from idc_core.data.folders.folder_words import class_of, shape_of, split_of
from idc_core.data.folders.sources import Reject
from idc_core.data.left_out import LeftOut, judge
from idc_core.io.refusal import Refusal
from idc_core.io.safe_csv import safe_cell

Meaning = TypeVar("Meaning")

COPIES = frozenset({"nested_copy", "browser_copy", "copy_differs"})
"""Of files that were taken, or have a reason of their own why not."""

NO_PATCHES = frozenset({"system_file", "no_patch", "augmented_unplaced"})

_LOOKED_INTO = frozenset({"not_an_image", "truncated", "damaged", "wrong_mode", "too_large"})
"""Reasons of the decoder, which looks into files of any name where patches are scored."""

_WORDS = {
    "name": "a name that is no patch's",
    "patient_disagrees": "folder and name say two patients",
    "class_disagrees": "folder and name say two classes",
    "label_conflict": "two files say two labels for one place",
    "same_name": "two files of one name differ",
    "augmented_copy": "an augmented copy whose original is not there",
    "archive": "an archive inside, which is not opened",
    "symlink": "a link, which is not followed",
    "unreadable": "cannot be read",
    "not_a_file": "neither file nor folder",
    "unsafe_name": "a name that leads out of the zip",
    "not_an_image": "neither PNG nor JPEG",
    "truncated": "cut off",
    "damaged": "damaged",
    "wrong_mode": "transparent, or not of 8 bits per channel",
    "too_large": "larger than a patch",
}
"""What a reason's code means, as a loss is told."""

_CURES = {
    "name": "name them like 10253_idx5_x1001_y1051_class0.png",
    "patient_disagrees": "move them into the folder of their patient, or rename them",
    "class_disagrees": "move them into the folder of their class, or rename them",
    "label_conflict": "remove the wrong ones",
    "same_name": "remove the wrong ones",
    "archive": "unpack them first",
    "symlink": "put the files in place of the links",
    "unsafe_name": "pack the folder anew, from inside it, or unpack it and give the folder",
    "not_an_image": "save them as PNG",
    "truncated": "fetch them again",
    "damaged": "fetch them again",
}


@dataclass(frozen=True, slots=True)
class Loss:
    """What was lost as the judge sees it, and the first file that was lost, as an example."""

    judged: LeftOut
    first: Reject | None

    def refuse(self, *, accepted: bool) -> None:
        """Raise `Refusal` with the questions and the example, unless the loss is accepted."""
        if not self.judged.questions or accepted:
            return
        example = ""
        if self.first is not None:
            file, why = safe_cell(self.first.file)[:120], safe_cell(self.first.detail)[:200]
            example = f" One of them: {file!r} ({why})."
        raise Refusal(" ".join(self.judged.questions) + example)


def judge_files(
    index: pd.DataFrame, splits: Mapping[str, str | None], rejects: Iterable[Reject]
) -> Loss:
    """Judge what `rejects` lost beside the patches of `index` (patient, x, y, label). `splits`:
    patient → the split that a given split or the folders name, None where none.
    """
    left, first = _lost(index, splits, rejects)
    kept = index[["patient", "label"]].assign(split=index["patient"].map(splits))
    cures = {_WORDS[reason]: cure for reason, cure in _CURES.items()}
    return Loss(judge(kept, left, noun="patches", cures=cures), first)


def split_of_folders(file: str) -> str | None:
    """The split that the innermost folder of a file says; None where none does.

    >>> split_of_folders("idc/Train/8863/0/a.png"), split_of_folders("8863/0/a.png")
    ('train', None)
    """
    return _innermost(file, split_of)


def cure_of(reason: str) -> str:
    """What a reason's code asks for, as a sentence; "" where nothing is known."""
    cure = _CURES.get(reason, "")
    return f" {cure[0].upper()}{cure[1:]}." if cure else ""


def _lost(
    index: pd.DataFrame, splits: Mapping[str, str | None], rejects: Iterable[Reject]
) -> tuple[pd.DataFrame, Reject | None]:
    found = [each for each in rejects if not _is_no_patch(each)]
    meant = [place_in(PurePosixPath(each.file).name) for each in found]
    own = index[index["patient"].isin({name.patient for name in meant if name is not None})]
    kept = set(zip(own["patient"], own["x"], own["y"], strict=True))
    shapes = {shape_of(patient) for patient in splits}
    files = Counter(name.patient for name in meant if name is not None)
    rows: dict[object, tuple[str | None, int | None, str | None, str]] = {}
    lost: list[Reject] = []
    for each, name in zip(found, meant, strict=True):
        key = each.file if name is None else (name.patient, name.x, name.y)
        if key in kept:
            continue
        patient = _patient_of(each, splits, shapes) if name is None else name.patient
        if name is not None and name.patient not in splits and files[name.patient] == 1:
            # One name in the folder of another patient is a slip, and no patient.
            patient = _folder_of(each.file, splits) or patient
        label = _innermost(each.file, class_of) if name is None else name.label
        if key in rows and rows[key][1] != label:
            label = None  # two files say two labels
        split = splits.get(patient or "") or split_of_folders(each.file)
        rows[key] = patient, label, split, _WORDS.get(each.reason, each.reason)
        lost.append(each)
    columns = ["patient", "label", "split", "reason"]
    return pd.DataFrame(list(rows.values()), columns=columns), lost[0] if lost else None


def _is_no_patch(each: Reject) -> bool:
    """Whether nothing is lost with a file: a copy, a note, what a system left."""
    if each.reason in COPIES | NO_PATCHES:
        return True
    base = PurePosixPath(each.file).name
    return each.reason in _LOOKED_INTO and kind_of(base) == "no_patch" and place_in(base) is None


def _patient_of(each: Reject, splits: Collection[str], shapes: set[str]) -> str | None:
    """Whose patches a file may hold that does not say so: those of its folder, or of its name."""
    if (patient := _folder_of(each.file, splits)) is not None:
        return patient
    stem = PurePosixPath(each.file).stem
    whole = each.reason in ("archive", "symlink", "unreadable")
    return stem if whole and shape_of(stem) in shapes else None


def _folder_of(file: str, patients: Collection[str]) -> str | None:
    """The patient whose folder a file lies in."""
    return _innermost(file, lambda part: part if part in patients else None)


def _innermost(file: str, read: Callable[[str], Meaning | None]) -> Meaning | None:
    """What the innermost folder says that says anything."""
    found = (read(part) for part in reversed(PurePosixPath(file).parent.parts))
    return next((meaning for meaning in found if meaning is not None), None)
