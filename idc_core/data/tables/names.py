"""What the file names of a table say: patient, place and label; and how patients are named.

A patient's name is opaque text in any script. Names of files come with folders, as addresses, as
browser copies, resized or augmented: what stands around patient, place and label is put aside where
that is certain, and said.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from idc_core.data.patches import (
    INDEX,
    LABEL,
    MOST_SIGNS,
    composed,
    place,
    sign_of_none,
    without_index,
)
from idc_core.io import tabular
from idc_core.io.safe_csv import read_cell

_NAME = (
    rf"(?i)^\s*(?:(?P<folder>.*)[/\\])?(?P<patient>[^/\\]+?){INDEX}{place()}(?:{LABEL})?"
    r"(?P<rest>[ ._(\-].*)?$"
)

ROWS, OWN, FEWER = 50, 0.9, 0.5
"""From so many rows on, more patients than this share of them are no patients, if a part of their
names put aside leaves fewer than that share."""

_EATEN = r"^[A-Za-z]:[^/\\]"
_PUT_BEFORE = re.compile(
    r"(?:aug|augmented|augmentation|copy of|copy|flip|flipped|rot\d*|rotated|resized)"
    r"(?:[_ \-]+\d{1,3}(?=[_ \-]))?[_ \-]+(?=\S)|"
    r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}[_ \-]+(?=\S)",
    re.IGNORECASE,
)
_LONG_WORD = re.compile(r"^[A-Za-z]{12,}\d*")
NO_PLACE = "no place like 10253_idx5_x1001_y1051_class0.png"
NO_SLIDE = "no slide"
EATEN = "a path without its separators: where the patient's name begins cannot be told"


@dataclass(frozen=True, slots=True)
class Names:
    """`frame` (`patient` text or missing; `x`, `y`, `label` doubles or nan), why a row has no place
    (empty where it has one), and what to know."""

    frame: pd.DataFrame
    reasons: npt.NDArray[np.object_]
    notes: tuple[str, ...]


def of_files(texts: "pd.Series[str]", strip: str | None = None) -> Names:
    """Read patient, place and label from file names; `strip` is put aside where names begin so."""
    plain = _plain(texts.astype("str"))
    if strip:
        plain = plain.str.removeprefix(strip)
    array = pa.array(plain, type=pa.large_string())
    found = pc.extract_regex(array, pattern=_NAME)
    parts = {
        name: pc.struct_field(found, name).to_pandas() for name in ("folder", "patient", "rest")
    }
    numbers = {name: _whole(pc.struct_field(found, name)) for name in ("x", "y", "label")}
    lost = parts["patient"].isna().to_numpy()
    reasons = np.where(lost, NO_PLACE, "").astype(object)
    eaten = parts["patient"].str.contains(_EATEN, na=False).to_numpy(bool)
    reasons[eaten] = EATEN
    patient, notes = _whole_ids(parts["patient"], parts["folder"], numbers)
    patient, more = _without_what_is_put_before(patient)
    renamed = _readable(patient)
    reasons = np.where((reasons == "") & (renamed.reasons != ""), renamed.reasons, reasons)
    frame = pd.DataFrame({"patient": renamed.names, **numbers})
    rest = parts["rest"].fillna("").str.fullmatch(r"(?:\.[A-Za-z]{2,5})?").to_numpy(bool)
    behind = parts["rest"][~rest & ~lost]
    if len(behind):
        notes.append(
            f"{len(behind):,} file names go on behind the label, like "
            f"“{str(behind.iloc[0])[:40]}”: put aside."
        )
    return Names(frame, reasons, (*notes, *more, *renamed.notes))


def _whole(texts: pa.Array) -> npt.NDArray[np.float64]:
    filled = pc.if_else(pc.equal(texts, ""), None, texts)
    found: npt.NDArray[np.float64] = pc.cast(filled, pa.float64()).to_numpy(zero_copy_only=False)
    return found


def of_patients(texts: "pd.Series[str]", strip: str | None = None) -> Names:
    """Read a column of patients; `10253_idx5` is patient 10253."""
    plain = tabular.ids(texts, str(texts.name))
    if strip:
        plain = plain.str.removeprefix(strip)
    notes = []
    with_index = plain.str.contains(rf".+{INDEX}$", na=False)
    if with_index.any():
        plain = _each(plain, without_index)
        notes.append(
            f"{int(with_index.sum()):,} names of patients end like a file's, such as "
            f"“{str(texts[with_index].iloc[0])[:40]}”: patient “{plain[with_index].iloc[0]}”."
        )
    renamed = _readable(plain)
    return Names(
        pd.DataFrame({"patient": renamed.names}), renamed.reasons, (*notes, *renamed.notes)
    )


def of_slides(texts: "pd.Series[Any]") -> Names:
    """Read a column of slides: `frame` has `slide` alone, each name as it stands."""
    plain = tabular.ids(texts, str(texts.name))
    renamed = _readable(_each(plain, read_cell), "slide")
    return Names(pd.DataFrame({"slide": renamed.names}), renamed.reasons, renamed.notes)


def _plain(texts: "pd.Series[str]") -> "pd.Series[str]":
    """Addresses without query and with their signs; others as they are."""
    address = texts.str.match(r"^[a-z][a-z0-9+.\-]+://", na=False)
    if address.any():
        texts = texts.where(
            ~address, _each(texts, lambda text: unquote(re.split(r"[?#]", text)[0]))
        )
    return texts


def _whole_ids(
    patient: "pd.Series[str]",
    folder: "pd.Series[str]",
    numbers: dict[str, npt.NDArray[np.float64]],
) -> tuple["pd.Series[str]", list[str]]:
    """Names of patients that hold a slash themselves, as `S20-1000/2` does.

    Certain where names without their folder put patches of many folders into one place, and with it
    none: each folder then holds one patient, and there are far more folders than patients.
    """
    place = pd.DataFrame({"patient": patient, "x": numbers["x"], "y": numbers["y"]})
    known = patient.notna() & folder.notna()
    if not known.any() or not place[known].duplicated().any():
        return patient, []
    last = folder.str.extract(r"([^/\\]+)$", expand=False)
    whole = last + "/" + patient
    each = pd.DataFrame({"last": last, "patient": patient})[known]
    alone = (each.groupby("last")["patient"].nunique() == 1).all()
    many = whole[known].nunique() >= 3 * patient[known].nunique()
    again = place.assign(patient=whole)[known].duplicated().any()
    if not (alone and many) or again:
        return patient, []
    example = str(whole[known].iloc[0])
    return whole.where(known, patient), [
        f"Patients are named with the folder before them, like “{example[:60]}”: without it "
        "patches of different patients would be one."
    ]


def _without_what_is_put_before(
    patient: "pd.Series[str]",
) -> tuple["pd.Series[str]", list[str]]:
    """Names without `aug_`, `Copy of ` or an identifier that some program put before them."""
    changed = _each(patient, lambda name: _PUT_BEFORE.sub("", name, count=1))
    changed = _without_numbers(changed)
    moved = (changed != patient) & patient.notna()
    notes = []
    if moved.any():
        first = str(patient[moved].iloc[0])
        notes.append(
            f"{int(moved.sum()):,} names begin with something put before the patient, like "
            f"“{first[:60]}”: patient “{changed[moved].iloc[0]}”."
        )
    shared = _LONG_WORD.match(_shared_start(changed))
    if shared:
        notes.append(
            f"Every patient's name begins with “{shared[0]}”: if that is a path whose separators "
            "were lost, say what stands before the patient's name: --strip-prefix TEXT."
        )
    return changed, notes


def _without_numbers(patient: "pd.Series[str]") -> "pd.Series[str]":
    """Names without the running number of the row, `00017_10253`: where nearly every row would be
    a patient of its own, and without its first part few are."""
    rows = int(patient.notna().sum())
    if rows < ROWS or patient.nunique() < OWN * rows:
        return patient
    shorter = patient.str.replace(r"^[0-9A-Za-z]+[_-](?=.)", "", n=1, regex=True)
    return shorter if shorter.nunique() <= FEWER * rows else patient


def _shared_start(names: "pd.Series[str]") -> str:
    found = sorted(names.dropna().unique())
    if len(found) < 2:
        return ""
    first, last = str(found[0]), str(found[-1])
    same = next((at for at, sign in enumerate(first) if last[at : at + 1] != sign), len(first))
    return first[:same]


@dataclass(frozen=True, slots=True)
class _Readable:
    names: "pd.Series[Any]"
    reasons: npt.NDArray[np.object_]
    notes: tuple[str, ...]


def _readable(names: "pd.Series[str]", noun: str = "patient") -> _Readable:
    """Names in one spelling of their signs, and why some are none, the sign named."""
    spelled = _each(names, lambda name: composed(name.strip()))
    by_name = {name: _refused(name, noun) for name in spelled.dropna().unique()}
    reasons = spelled.map(by_name).fillna(f"no {noun}").to_numpy(object)
    return _Readable(spelled.astype("category"), reasons, ())


def _refused(name: str, noun: str = "patient") -> str:
    """Why this is no name of a patient, or of a slide; empty where it is one.

    >>> _refused("S20-1000/2"), _refused("a\\tb")
    ('', "the sign '\\\\t' in the patient's name")
    """
    if not name:
        return f"no {noun}"
    if len(name) > MOST_SIGNS:
        return f"a {noun}'s name of more than {MOST_SIGNS} signs"
    sign = sign_of_none(name)
    return "" if sign is None else f"the sign {sign!r} in the {noun}'s name"


def _each(names: "pd.Series[str]", change: Callable[[str], str]) -> "pd.Series[str]":
    """A change made once for every name there is."""
    changed = {name: change(str(name)) for name in names.dropna().unique()}
    return names.map(changed)
