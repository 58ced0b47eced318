"""Patients of a table held against the patients there are: the same name in another spelling."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Mapping

_LOOSE: Mapping[str, Callable[[str], str]] = {
    "without regard to case": lambda name: name,
    "without the zeros in front": lambda name: name.lstrip("0"),
    "without folders": lambda name: name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1],
}
"""A spreadsheet eats zeros; each way is tried where the ones before it found nobody."""


def who_is_meant(
    names: Collection[str], entries: Collection[str]
) -> tuple[dict[str, str], list[str]]:
    """Patient → the entry that means them: equal, or alike where only one is in both lists; and
    every such match in words.

    >>> who_is_meant(["8863", "A1"], ["a1", "08863"])[0]
    {'A1': 'a1', '8863': '08863'}
    """
    there = set(entries)
    meant = {name: name for name in names if name in there}
    notes = []
    for how, loosen in _LOOSE.items():
        found = _alike(names, entries, meant, loosen)
        meant |= found
        if found:
            patient, entry = next(iter(found.items()))
            many = f"{len(found):,} patients are" if len(found) > 1 else "One patient is"
            notes.append(f"{many} found {how}: {entry!r} is patient {patient!r}.")
    return meant, notes


def _alike(
    names: Collection[str],
    entries: Collection[str],
    meant: Mapping[str, str],
    loosen: Callable[[str], str],
) -> dict[str, str]:
    """Patient → entry, for those not yet found of whom there is one in both lists."""

    def fold(name: str) -> str:
        return unicodedata.normalize("NFKC", loosen(name)).strip().casefold()

    used = set(meant.values())
    by_fold: dict[str, list[str]] = {}
    for entry in entries:
        if entry not in used:
            by_fold.setdefault(fold(entry), []).append(entry)
    open_ = [name for name in names if name not in meant]
    counts = Counter(map(fold, open_))
    return {
        name: by_fold[key][0]
        for name in open_
        if (key := fold(name)) and counts[key] == 1 and len(by_fold.get(key, ())) == 1
    }
