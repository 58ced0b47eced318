"""What a patch is: one value of each attribute, or not known.

Rows are predictions or patches: tables with `patient, x, y, label`. An attribute numbers each row's
value from 0; `UNKNOWN` where it has none, and such rows are in no slice of the attribute.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from idc_core.data.places import place_of
from idc_core.data.slides import whole_patients
from idc_core.data.stores.store import PatchStore
from idc_core.evaluate.spatial.neighbours import NONE, neighbours_of
from idc_core.records.raster import USUAL, Raster

Codes = npt.NDArray[np.int8]

UNKNOWN = -1

BURDEN_EDGES = (0.1, 0.3, 0.6)
STRATA = ("0 %", "up to 10 %", "10–30 %", "30–60 %", "over 60 %")
WHITE_EDGES = (0.05, 0.3, 0.6)
QUARTERS = ("lowest quarter", "second quarter", "third quarter", "highest quarter")


@dataclass(frozen=True)
class Attribute:
    """One attribute of many patches.

    `codes` (n,) number the `values`; `ranges` say what each value spans, where its name does not;
    `note` says how the attribute was made.
    """

    name: str
    title: str
    values: tuple[str, ...]
    codes: Codes
    note: str
    ranges: tuple[str, ...] = ()

    @property
    def unknown(self) -> int:
        """How many patches have no value."""
        return int((self.codes == UNKNOWN).sum())

    def label(self, value: int) -> str:
        """A value with its range.

        >>> Attribute("a", "A", ("low", "high"), np.int8([0]), "", ("< 2", "≥ 2")).label(1)
        'high (≥ 2)'
        """
        said = self.ranges[value] if self.ranges else ""
        return f"{self.values[value]} ({said})" if said else self.values[value]


def burden(rows: pd.DataFrame, sampled: int = 0, raster: Raster = USUAL) -> Attribute:
    """Each patch by how much of its patient's patches are labelled IDC.

    `sampled`: how many of the patients are samples, to be said in the note.
    """
    owner, patients = pd.factorize(rows["patient"])
    idc = np.bincount(owner, weights=rows["label"].to_numpy(), minlength=len(patients))
    note = f"Share of the patient's patches that are labelled {raster.positive}."
    if sampled:
        note += f" {sampled} patients are samples: theirs is the share in the sample."
    strata = strata_of(idc, np.bincount(owner, minlength=len(patients)))
    return of_strata(strata[owner], note, raster)


def strata_of(idc: npt.ArrayLike, patches: npt.ArrayLike) -> Codes:
    """The stratum of each patient, by patches with IDC and all patches.

    Upper ends belong to the stratum: "up to 10 %" holds exactly 10 %.
    """
    share = np.asarray(idc) / np.maximum(patches, 1)
    found: Codes = np.where(share == 0, 0, 1 + np.digitize(share, BURDEN_EDGES, right=True))
    return found.astype(np.int8)


def of_strata(codes: Codes, note: str, raster: Raster = USUAL) -> Attribute:
    """The attribute `burden` of patches whose patients are of these strata."""
    return Attribute("burden", f"Patient's share of {raster.positive}", STRATA, codes, note)


def border(rows: pd.DataFrame, whole: Collection[str], stride: int = USUAL.stride_px) -> Attribute:
    """Border where one of the 8 neighbour patches holds the other label, interior elsewhere.

    Not known for patients that are not `whole`: there neighbours are missing, not alike. A
    neighbour that was never exported is background and holds no label.
    """
    owner, patients = pd.factorize(rows["patient"])
    is_whole = np.array([str(patient) in whole for patient in patients], bool)[owner]
    near, label = neighbours_of(rows, stride), rows["label"].to_numpy()
    mixed = ((near != NONE) & (label[near] != label[:, None])).any(axis=1)
    codes = np.where(is_whole, np.where(mixed, 0, 1), UNKNOWN).astype(np.int8)
    return Attribute(
        "place",
        "Place in the labelled area",
        ("border", "interior"),
        codes,
        "Border: one of the 8 neighbour patches holds the other label. Whole patients only.",
    )


def cut_off(width: npt.ArrayLike, height: npt.ArrayLike, side: int = USUAL.patch_px) -> Attribute:
    """Patches smaller than `side`, at the rim of the slide; a size of 0 is not known."""
    wide, high = np.asarray(width), np.asarray(height)
    cut = (wide < side) | (high < side)
    codes = np.where((wide == 0) | (high == 0), UNKNOWN, np.where(cut, 0, 1)).astype(np.int8)
    return Attribute(
        "edge",
        "Size of the patch",
        ("cut off", f"full {side}×{side}"),
        codes,
        f"Patches at the rim of the slide are smaller than {side}×{side}.",
    )


def without_pixels(
    rows: pd.DataFrame,
    patients: Iterable[object],
    store: PatchStore | None,
    raster: Raster = USUAL,
    *,
    sampled_labels: bool = False,
) -> list[Attribute]:
    """What is known of patches by where they lie, and, with their store, by how large they are;
    `raster`: how they were cut. `sampled_labels`: a sample of the tissue has a label, although the
    store has all of it (`RunInfo.sampled_labels`)."""
    whole = (
        frozenset()
        if sampled_labels
        else store.whole_patients
        if store is not None
        else frozenset(whole_patients(rows, None, raster.stride_px))
    )
    sampled = len(set(map(str, patients)) - set(whole))
    known = [burden(rows, sampled, raster), border(rows, whole, raster.stride_px)]
    if store is not None:
        size = aligned(rows, store.index, ("width", "height")).fillna(0)
        known.append(cut_off(size["width"], size["height"], raster.patch_px))
    return known


def white(share: npt.ArrayLike) -> Attribute:
    """Patches by their share of white pixels; `nan` is not known."""
    given = np.asarray(share, np.float64)
    codes = np.where(np.isnan(given), UNKNOWN, np.digitize(given, WHITE_EDGES, right=True))
    return Attribute(
        "white",
        "White share",
        ("up to 5 %", "5–30 %", "30–60 %", "over 60 %"),
        codes.astype(np.int8),
        "Share of pixels that are white: all three colours at least 220.",
    )


def quarters(
    name: str,
    title: str,
    given: npt.ArrayLike,
    reference: npt.ArrayLike,
    note: str,
    digits: int = 2,
) -> Attribute:
    """Patches by quarters of the `reference`; `nan` is not known.

    A value on an edge belongs to the quarter above. Quarters that the reference cannot tell apart
    (equal edges) stay empty.
    """
    values = np.asarray(given, np.float64)
    known = np.asarray(reference, np.float64)
    known = known[np.isfinite(known)]
    edges = np.quantile(known, (0.25, 0.5, 0.75)) if len(known) else np.zeros(3)
    codes = np.where(np.isnan(values), UNKNOWN, np.digitize(values, edges))
    return Attribute(
        name, title, QUARTERS, codes.astype(np.int8), note, _ranges(edges.tolist(), digits)
    )


def crossed(a: Attribute, b: Attribute) -> Attribute:
    """Every value of `a` with every value of `b`, `b` changing fastest."""
    codes = a.codes.astype(np.int16) * len(b.values) + b.codes
    known = (a.codes != UNKNOWN) & (b.codes != UNKNOWN)
    return Attribute(
        f"{a.name}×{b.name}",
        f"{a.title} × {b.title}",
        tuple(f"{one}, {other}" for one in a.values for other in b.values),
        np.where(known, codes, UNKNOWN).astype(np.int8),
        f"{a.note} {b.note}",
    )


def aligned(rows: pd.DataFrame, table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The `columns` of `table` for each of `rows`, by patient and place; `nan` where it has none.

    Of patches named twice in the table the first counts.
    """
    key = place_of(rows, table)
    own = table.assign(patient=table["patient"].astype(str)).drop_duplicates(key)
    wanted = pd.MultiIndex.from_frame(rows[key].astype({"patient": str}))
    at = pd.MultiIndex.from_frame(own[key]).get_indexer(wanted)
    found = own[list(columns)].astype(np.float64).to_numpy()[at]
    found[at < 0] = np.nan
    return pd.DataFrame(found, columns=list(columns))


def _ranges(edges: Sequence[float], digits: int) -> tuple[str, ...]:
    """What quarters span, in words.

    >>> _ranges([1, 2, 3], 0)
    ('below 1', '1–2', '2–3', '3 and more')
    """
    low, middle, high = (f"{edge:.{digits}f}".replace("-", "−") for edge in edges)
    return f"below {low}", f"{low}–{middle}", f"{middle}–{high}", f"{high} and more"
