"""Which column of a table names the slide beside the patient.

A slide's name counts only where it says more than the patient's: where a patient has several slides
in the table, or in a store that is here. Elsewhere the patient's name is the slide's, as in tables
of before, and a column of slides alone names patients.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from idc_core.data.places import SLIDE
from idc_core.data.tables.column_names import KNOWN, all_of, first

NONE = "none"
"""In place of a column: the table's slides are not used."""

OPTION = "--slide-column"

PATIENTS = tuple(name for name in KNOWN["patient"] if name not in KNOWN["slide"])
"""What columns of patients are called that are none of slides."""

_PERHAPS = ("imageid", "imagename", "image", "img", "scan", "scanid", "scanname")
"""Names that are as often those of patches, or of anything else."""

_ENDING = re.compile(
    r"(\.ome)?\.(svs|ndpi?|mrxs|scn|bif|czi|vms|vmu|tiff?|dcm|png|jpe?g)$", re.IGNORECASE
)

Read = Callable[[str], "pd.Series[Any]"]


@dataclass(frozen=True, slots=True)
class Whose:
    """The columns that name the patient and the slide; None where there is none."""

    patient: str | None
    slide: str | None


def slide_beside(
    read: Read,
    names: Sequence[str],
    patient: str | None,
    place: Collection[str],
    several: Callable[["pd.Series[Any]"], bool] = lambda _: False,
    *,
    sure: bool = False,
) -> Whose:
    """The columns of patient and slide, where the slide says more than the patient.

    `read` gives a column; `patient`: what names the patient so far, which may be a column of slides
    unless somebody is `sure` of it; `place`: the columns that say the place on the slide;
    `several`: whether one of these patients has several slides in the data that is here.
    """
    found = Whose(patient, None)
    if not sure and patient in all_of(names, KNOWN["slide"]):
        patient = first(names, PATIENTS)
    if patient is None:
        return found
    who = read(patient)
    for name in all_of(names, KNOWN["slide"]):
        if name not in (patient, *place) and (tells_apart(who, read(name)) or several(who)):
            return Whose(patient, name)
    for name in all_of(names, _PERHAPS):
        if name not in (patient, *place) and _holds_slides(who, read(name), map(read, place)):
            return Whose(patient, name)
    return found


def without_ending(name: str) -> str:
    """A slide's name without the ending of its file.

    >>> without_ending("S20-7.1.svs"), without_ending("S20-7.1"), without_ending("a.ome.tif")
    ('S20-7.1', 'S20-7.1', 'a')
    """
    return _ENDING.sub("", name)


def may_name_slides(name: str) -> bool:
    """Whether a column so called may hold the names of slides.

    >>> may_name_slides("Slide ID"), may_name_slides("image_id"), may_name_slides("model")
    (True, True, False)
    """
    return bool(all_of([name], (*KNOWN["slide"], *_PERHAPS)))


def patients_with_several(tables: Iterable[pd.DataFrame]) -> frozenset[str]:
    """Patients who have several slides in one of the tables (columns patient, slide)."""
    found: set[str] = set()
    for table in tables:
        pairs = table[["patient", SLIDE]].astype(str).drop_duplicates()
        found |= set(pairs.loc[pairs["patient"].duplicated(), "patient"])
    return frozenset(found)


def tells_apart(patient: "pd.Series[Any]", slide: "pd.Series[Any]") -> bool:
    """Whether a patient has several slides."""
    pairs = pd.DataFrame({"patient": patient, "slide": slide}).dropna().drop_duplicates()
    return bool(pairs["patient"].duplicated().any())


def _holds_slides(
    patient: "pd.Series[Any]", slide: "pd.Series[Any]", place: Iterable["pd.Series[Any]"]
) -> bool:
    """Whether a column of any content can only name slides: without it places come twice, with it
    none does; each value has one patient, of several, and several places. Numbers of copies or of
    models belong to every patient, and a patch's own name has one place."""
    table = pd.DataFrame({"patient": patient, "slide": slide})
    pairs = table.drop_duplicates()
    if table.isna().any(axis=None) or pairs["slide"].duplicated().any():
        return False
    if pairs["patient"].nunique() < 2 or not pairs["patient"].duplicated().any():
        return False
    placed = table.assign(**{f"place {at}": each for at, each in enumerate(place)})
    twice = placed.drop(columns="slide").duplicated().any() and not placed.duplicated().any()
    return bool(twice and (placed.groupby("slide").size() >= 2).all())
