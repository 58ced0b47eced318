"""A given split held against the patients there are: who is meant, who is not named, who is absent.

Names are compared as they are; then, where both sides agree on one, without regard to case, to
zeros in front (a spreadsheet eats them) or to folders. Every such match is told.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from idc_core.given_split import GivenSplit
from idc_core.refusal import Refusal
from idc_core.sides import SIDES

_LOOSE: Mapping[str, Callable[[str], str]] = {
    "without regard to case": lambda name: name,
    "without the zeros in front": lambda name: name.lstrip("0"),
    "without folders": lambda name: name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1],
}


@dataclass(frozen=True, slots=True)
class Matched:
    """`sides`: patient → side for every patient there is, "unused" where the split names none;
    `absent`: names in the split that no patient has; `notes` for whoever splits."""

    sides: dict[str, str]
    unnamed: tuple[str, ...]
    absent: tuple[str, ...]
    notes: tuple[str, ...]


def match(rule: GivenSplit, patients: Collection[str]) -> Matched:
    """Give the patients their sides; raises `Refusal` where the split names none of them, and,
    unless the loss is accepted, where nobody of one of its sides is here."""
    names = [str(patient) for patient in patients]
    meant = {name: name for name in names if name in rule.patients}
    notes = []
    for how, loosen in _LOOSE.items():
        found = _loosely(names, rule.patients, meant, loosen)
        meant |= found
        if found:
            patient, entry = next(iter(found.items()))
            many = f"{len(found):,} patients are" if len(found) > 1 else "One patient is"
            notes.append(f"{many} found {how}: {entry!r} in the split is patient {patient!r}.")
    if not meant:
        entry = next(iter(rule.patients), "")
        raise Refusal(
            f"expected a split of these {len(names)} patients in {rule.source}: it names none of "
            f"them (they are called like {names[0]!r}, those in the split like {entry!r})."
        )
    sides = {name: rule.patients[meant[name]] if name in meant else "unused" for name in names}
    unnamed = tuple(name for name in names if name not in meant)
    absent = tuple(sorted(set(rule.patients) - set(meant.values())))
    _refuse_lost_sides(rule, sides, accepted=rule.accept_loss)
    if unnamed:
        notes.append(_counted(unnamed, len(names), f"not named in {rule.source}: unused"))
    if absent:
        notes.append(_counted(absent, len(rule.patients), f"named in {rule.source} and not here"))
    return Matched(sides, unnamed, absent, tuple(notes))


def _loosely(
    names: Collection[str], entries: Mapping[str, str], meant: Mapping[str, str],
    loosen: Callable[[str], str],
) -> dict[str, str]:  # fmt: skip
    """Patient → entry, for those not yet found of whom there is one on both sides."""

    def fold(name: str) -> str:
        return unicodedata.normalize("NFKC", loosen(name)).strip().casefold()

    used = set(meant.values())
    left = [entry for entry in entries if entry not in used]
    by_fold: dict[str, list[str]] = {}
    for entry in left:
        by_fold.setdefault(fold(entry), []).append(entry)
    open_ = [name for name in names if name not in meant]
    counts = Counter(map(fold, open_))
    return {
        name: by_fold[key][0]
        for name in open_
        if (key := fold(name)) and counts[key] == 1 and len(by_fold.get(key, ())) == 1
    }


def _refuse_lost_sides(rule: GivenSplit, sides: Mapping[str, str], *, accepted: bool) -> None:
    for side in SIDES:
        named = [patient for patient, said in rule.patients.items() if said == side]
        if named and side not in sides.values() and not accepted:
            raise Refusal(
                f"expected patients of every side that {rule.source} names: none of the "
                f"{len(named):,} of {side} is here ({', '.join(named[:3])}). Go on without that "
                "side: --accept-loss."
            )


def _counted(names: Collection[str], total: int, what: str) -> str:
    first = ", ".join(list(names)[:3]) + ", …" * (len(names) > 3)
    are = "is" if len(names) == 1 else "are"
    return f"{len(names):,} of {total:,} patients ({first}) {are} {what}."
