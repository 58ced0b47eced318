"""The sides of a split, the words people use for them, and the one rule about them."""

import re
from collections.abc import Collection, Iterable, Mapping

from idc_core.refusal import Refusal

SPLITS = ("train", "validation", "test", "unused")
"""Every value of an index's `split` column; "unused" is no side: not trained on, not tested."""

SIDES = SPLITS[:3]

WORDS = {
    "train": "train",
    "training": "train",
    "trn": "train",
    "val": "validation",
    "valid": "validation",
    "validate": "validation",
    "validation": "validation",
    "dev": "validation",
    "tune": "validation",
    "tuning": "validation",
    "test": "test",
    "testing": "test",
    "tst": "test",
    "holdout": "test",
    "hold-out": "test",
    "hold_out": "test",
    "heldout": "test",
    "held-out": "test",
    "held_out": "test",
    "unused": "unused",
}
"""What folders, tables and lists call a side, in lower case, and what we call it."""

EITHER = frozenset(("eval", "evaluation", "evaluate"))
"""The side beside the one that another word names: validation beside test, test beside dev."""

_FILLERS = frozenset(
    {"set", "sets", "data", "dataset", "split", "images", "image", "imgs", "patches", "patch",
     "folder", "dir", "original", "orig", "aug", "augmented", "augmentation"}
)  # fmt: skip
_PART = re.compile(r"[^\W\d_]+")


def side_of(word: str) -> str | None:
    """The side that a folder's name says, in any case and beside words like "set"; else None.

    >>> [side_of(word) for word in ("Train", "test_set", "01-validate", "hold out", "latest")]
    ['train', 'test', 'validation', 'test', None]
    """
    text = word.strip().lower()
    if (known := WORDS.get(text)) is not None:
        return known
    parts = [part for part in _PART.findall(text.replace("hold", "hold ")) if part not in _FILLERS]
    return WORDS.get("_".join(parts))


def sides_of_words(words: Iterable[str]) -> dict[str, str]:
    """Word → side for the words of one split; a word that names no side is left out, as is "eval"
    where nothing tells whether it is validation or test.

    >>> sides_of_words(["Train", "eval", "TEST "])
    {'Train': 'train', 'TEST ': 'test', 'eval': 'validation'}
    >>> sides_of_words(["train", "eval"])
    {'train': 'train'}
    """
    words = list(dict.fromkeys(words))
    found = {word: side for word in words if (side := side_of(word)) is not None}
    taken = {"validation", "test"} & set(found.values())
    if len(taken) == 1:
        other = "test" if taken == {"validation"} else "validation"
        found |= {word: other for word in words if word.strip().lower() in EITHER}
    return found


def refuse_patients_on_two_sides(leaks: Mapping[str, Collection[str]], source: str) -> None:
    """Raise `Refusal`, naming a patient, if there are leaks: patient → its sides."""
    if not leaks:
        return
    patient = min(leaks)
    more = len(leaks) - 1
    others = f" ({more:,} more patient{'s do' if more > 1 else ' does'} too)" if more else ""
    raise Refusal(
        f"expected every patient on one side of {source}: patient {patient} stands in "
        f"{' and '.join(leaks[patient])}{others}. Use a fresh split by patient instead."
    )
