"""Who is who in stores that are joined: one patient may be in two, two patients may share a name.

Only somebody who knows the stores can tell, so a name that is in two stores is refused until it is
said. `together`: it is the same patient, who stands in one split. `apart`: names say nothing beyond
their store, and every patient is called STORE-PATIENT. A slide whose name is in two stores is
called STORE-SLIDE either way.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import pandas as pd

from idc_core.data.places import SLIDE, slide_of
from idc_core.data.stores.store import SLIDES, PatchStore
from idc_core.io.files import read_parquet
from idc_core.io.refusal import Refusal

SameName = Literal["refuse", "apart", "together"]
MEANINGS: tuple[SameName, ...] = get_args(SameName)


@dataclass(frozen=True, slots=True)
class Names:
    """What the patients and slides of a store are called in the joined one, by their names in it;
    no slides where none has a name of its own."""

    patients: Mapping[str, str]
    slides: Mapping[str, str]

    def given_to(self, index: pd.DataFrame) -> pd.DataFrame:
        """An index of the store with these names, its slide behind the patient."""
        patient = index["patient"].astype(str)
        named = index.assign(patient=patient.map(self.patients).astype("str"))
        if not self.slides:
            return named
        slide = slide_of(index).astype(str).map(self.slides).astype("str")
        rest = [name for name in index if name not in ("patient", SLIDE)]
        return named.assign(**{SLIDE: slide})[["patient", SLIDE, *rest]]


def names_in(stores: Sequence[PatchStore], rule: SameName) -> list[Names]:
    """The names of each store's patients and slides under a rule.

    Raises `Refusal` where patients of two stores have one name and the rule does not say what that
    means, and where a new name is taken.
    """
    patients = [_unique(store.index["patient"]) for store in stores]
    shared = _in_two(patients)
    if shared and rule == "refuse":
        raise _same_name(stores, patients, shared)
    has_slides = any(SLIDE in store.index for store in stores) or (bool(shared) and rule != "apart")
    slides = [_slides_of(store) if has_slides else [] for store in stores]
    twice = _in_two(slides)
    found = []
    for store, own, lying in zip(stores, patients, slides, strict=True):
        front = store.path.name
        found.append(
            Names(
                {each: f"{front}-{each}" if rule == "apart" else each for each in own},
                {each: f"{front}-{each}" if each in twice else each for each in lying},
            )
        )
    if rule == "apart":
        _refuse_taken("patient", [each.patients.values() for each in found])
    _refuse_taken("slide", [each.slides.values() for each in found])
    return found


def _slides_of(store: PatchStore) -> list[str]:
    """Also those that left no patch."""
    known = _unique(slide_of(store.index))
    file = store.path / SLIDES
    if file.is_file() and SLIDE in (table := read_parquet(file)):
        known = sorted({*known, *_unique(table[SLIDE])})
    return known


def _unique(column: "pd.Series[str]") -> list[str]:
    return sorted(column.astype(str).unique().tolist())


def _in_two(names: Sequence[Collection[str]]) -> set[str]:
    counts = Counter(name for own in names for name in own)
    return {name for name, count in counts.items() if count > 1}


def _same_name(
    stores: Sequence[PatchStore], patients: Sequence[Collection[str]], shared: set[str]
) -> Refusal:
    first = min(shared)
    holding = [store.path.name for store, own in zip(stores, patients, strict=True) if first in own]
    more = f" and {len(shared) - 1:,} more" if len(shared) > 1 else ""
    return Refusal(
        f"expected patients of other names in every store: {first[:64]}{more} in {holding[0]} and "
        f"in {holding[1]}. If it is the same patient, say --same-name together; if another, "
        "--same-name apart, and each is called STORE-PATIENT."
    )


def _refuse_taken(what: str, names: Sequence[Collection[str]]) -> None:
    if taken := _in_two(names):
        raise Refusal(
            f"expected another name for each {what}: two would be called {min(taken)[:80]}. Rename "
            "one of the stores: python train_cli.py rename NEW --data STORE."
        )
