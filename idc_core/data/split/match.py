"""A given split held against the patients there are: who is meant, who is not named, who is absent.

A patient may be spelt otherwise there (`patient_names`); every such match is told.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from idc_core.data.augmented import augmented_copies
from idc_core.data.known_labels import in_words
from idc_core.data.places import SLIDE
from idc_core.data.split.given_split import GivenSplit
from idc_core.data.split_names import SPLITS, USED_SPLITS, refuse_patients_in_two_splits
from idc_core.data.tables.patient_names import who_is_meant
from idc_core.data.tables.slide_column import without_ending
from idc_core.io.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Matched:
    """`splits`: patient → split for every patient there is, "unused" where the split names none;
    `absent`: names in the split that no patient has; `notes` for whoever splits."""

    splits: dict[str, str]
    unnamed: tuple[str, ...]
    absent: tuple[str, ...]
    notes: tuple[str, ...]


def match(rule: GivenSplit, patients: Collection[str]) -> Matched:
    """Give the patients their splits; raises `Refusal` where the split names none of them, and,
    unless the loss is accepted, where nobody of one of its splits is here."""
    names = [str(patient) for patient in patients]
    meant, notes = who_is_meant(names, list(rule.patients))
    copies = _copies(names, set(rule.patients) - set(meant.values()))
    _refuse_parted(rule, meant, copies)
    meant = {original: copy for copy, original in copies.items()} | meant
    if copies:
        copy, original = next(iter(copies.items()))
        many = (
            f"{len(copies):,} names in the split are copies"
            if len(copies) > 1
            else ("One name in the split is a copy")
        )
        notes.append(f"{many} made by augmentation: {copy!r} is patient {original!r}.")
    if not meant:
        entry = next(iter(rule.patients), "")
        raise Refusal(
            f"expected a split of these {len(names)} patients in {rule.source}: it names none of "
            f"them (they are called like {names[0]!r}, those in the split like {entry!r})."
        )
    splits = {name: rule.patients[meant[name]] if name in meant else "unused" for name in names}
    unnamed = tuple(name for name in names if name not in meant)
    absent = tuple(sorted(set(rule.patients) - set(meant.values()) - set(copies)))
    _refuse_lost_splits(rule, splits, accepted=rule.accept_loss)
    if unnamed:
        notes.append(_counted(unnamed, len(names), f"not named in {rule.source}: unused"))
    if absent:
        notes.append(_counted(absent, len(rule.patients), f"named in {rule.source} and not here"))
    return Matched(splits, unnamed, absent, tuple(notes))


def by_patient(rule: GivenSplit, index: pd.DataFrame) -> GivenSplit:
    """The split with patients in place of slides that it names (`index`: columns patient, slide
    where slides have names); raises `Refusal` where slides of a patient stand in two splits.

    A name that a patient has is the patient's; one that slides of two patients have is nobody's.
    """
    if SLIDE not in index:
        return rule
    pairs = index[["patient", SLIDE]].astype(str).drop_duplicates()
    owner = pairs[~pairs[SLIDE].duplicated(keep=False)].set_index(SLIDE)["patient"].to_dict()
    meant = who_is_meant(list(pairs["patient"].unique()), list(rule.patients))[0]
    patients = {entry: patient for patient, entry in meant.items()}
    others = [entry for entry in rule.patients if entry not in patients]
    stems = {entry: entry if entry in owner else without_ending(entry) for entry in others}
    slides = {entry: owner[stem] for entry, stem in stems.items() if stem in owner}
    if not slides:
        return rule
    said: dict[str, set[str]] = {}
    for entry, split in rule.patients.items():
        said.setdefault((slides | patients).get(entry, entry), set()).add(split)
    leaks = {
        patient: sorted(splits, key=SPLITS.index)
        for patient, splits in said.items()
        if len(splits) > 1
    }
    refuse_patients_in_two_splits(
        leaks,
        f"the split {rule.source}, which names slides",
        "Put all slides of a patient into one split, or use a fresh split by patient.",
    )
    many = f"{len(slides):,} slides are" if len(slides) > 1 else "One slide is"
    entry, patient = next(iter(slides.items()))
    note = f"{many} named in {rule.source}, like {entry!r}: the split of patient {patient!r}."
    splits = {patient: next(iter(split)) for patient, split in said.items()}
    return replace(rule, patients=splits, notes=(*rule.notes, note))


def _copies(names: Collection[str], others: Collection[str]) -> dict[str, str]:
    """Names in the split that are augmented copies of patients here: copy → original."""
    if not others:
        return {}
    called = pd.DataFrame({"patient": [*names, *others], "x": 0, "y": 0})
    found = augmented_copies(called)
    return {
        copy: original
        for copy, original in found.items()
        if copy in others and original in set(names)
    }


def _refuse_parted(rule: GivenSplit, meant: Mapping[str, str], copies: Mapping[str, str]) -> None:
    """A copy in another split than its original gives away what the original shows."""
    splits: dict[str, set[str]] = {}
    for copy, original in copies.items():
        said = {rule.patients[copy]}
        if original in meant:
            said.add(rule.patients[meant[original]])
        splits[original] = splits.get(original, set()) | said
    leaks = {
        original: sorted(said, key=SPLITS.index)
        for original, said in splits.items()
        if len(said) > 1
    }
    refuse_patients_in_two_splits(leaks, f"the split {rule.source}, augmented copies among them")


def _refuse_lost_splits(rule: GivenSplit, splits: Mapping[str, str], *, accepted: bool) -> None:
    for split in USED_SPLITS:
        named = [patient for patient, said in rule.patients.items() if said == split]
        if named and split not in splits.values() and not accepted:
            raise Refusal(
                f"expected patients of every split that {rule.source} names: none of the "
                f"{len(named):,} of {split} is here ({', '.join(named[:3])}). Go on without that "
                "split: --accept-loss."
            )


def refuse_lost_class(rule: GivenSplit, index: pd.DataFrame, splits: Mapping[str, str]) -> None:
    """Raise `Refusal` where the split names no patient with a patch of a class that is there, and
    the loss is not accepted; `index` has the columns patient and label."""
    unused = index["patient"].astype(str).map(dict(splits)) == "unused"
    for label in (1, 0):
        mine = index["label"] == label
        if mine.any() and unused[mine].all() and not rule.accept_loss:
            raise Refusal(
                f"expected both classes among the patients that {rule.source} names: all "
                f"{int(mine.sum()):,} patches labelled {in_words(label)} are of patients it does "
                "not name. Go on without them: --accept-loss."
            )


def _counted(names: Collection[str], total: int, what: str) -> str:
    first = ", ".join(list(names)[:3]) + ", …" * (len(names) > 3)
    are = "is" if len(names) == 1 else "are"
    return f"{len(names):,} of {total:,} patients ({first}) {are} {what}."
