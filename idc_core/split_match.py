"""A given split held against the patients there are: who is meant, who is not named, who is absent.

A patient may be spelt otherwise there (`patient_names`); every such match is told.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from idc_core.given_split import GivenSplit
from idc_core.patient_names import who_is_meant
from idc_core.refusal import Refusal
from idc_core.sides import SIDES


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
    meant, notes = who_is_meant(names, list(rule.patients))
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
