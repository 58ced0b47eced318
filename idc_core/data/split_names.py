"""The splits, the words people use for them, and the one rule about them."""

import re
from collections.abc import Collection, Iterable, Mapping

from idc_core.io.refusal import Refusal

SPLITS = ("train", "validation", "test", "unused")
"""Every value of an index's `split` column; "unused" is no split: not trained on, not tested."""

USED_SPLITS = SPLITS[:3]

SPLIT_WORDS = {
    **dict.fromkeys(("train", "training", "trainset", "trn"), "train"),
    **dict.fromkeys(
        (
            "val",
            "valid",
            "validation",
            "validate",
            "validating",
            "valset",
            "dev",
            "devset",
            "tune",
            "tuning",
        ),
        "validation",
    ),
    **dict.fromkeys(
        (
            "test",
            "testing",
            "testset",
            "tst",
            "holdout",
            "hold-out",
            "hold_out",
            "heldout",
            "held-out",
            "held_out",
        ),
        "test",
    ),
    "unused": "unused",
}
"""What folders, tables and lists call a split, in lower case, and what we call it."""

EITHER = ("eval", "evaluation", "evaluate")
"""The split beside the one that another word names: validation beside test, test beside dev."""


def split_of_words(words: Iterable[str]) -> dict[str, str]:
    """Word → split for the words of one split, in any case and with spaces around; a word that
    names no split is left out, as is "eval" where nothing tells whether it is validation or test.

    >>> split_of_words(["Train", "eval", "TEST "])
    {'Train': 'train', 'TEST ': 'test', 'eval': 'validation'}
    >>> split_of_words(["train", "eval"])
    {'train': 'train'}
    """
    words = list(dict.fromkeys(words))
    found = {
        word: SPLIT_WORDS[key] for word in words if (key := word.strip().lower()) in SPLIT_WORDS
    }
    taken = {"validation", "test"} & set(found.values())
    if len(taken) == 1:
        other = "test" if taken == {"validation"} else "validation"
        found |= {word: other for word in words if word.strip().lower() in EITHER}
    return found


_FILLERS = frozenset(
    {
        "set",
        "sets",
        "data",
        "dataset",
        "split",
        "images",
        "image",
        "imgs",
        "patches",
        "patch",
        "folder",
        "dir",
        "original",
        "orig",
        "aug",
        "augmented",
        "augmentation",
    }
)
"""What stands beside the word in the name of a folder."""


def split_word(folder: str) -> str:
    """What a folder's name says beside words like "set", numbers and in any case: perhaps a split.

    >>> [split_word(name) for name in ("Train", "test_set", "01-validate", "hold out")]
    ['train', 'test', 'validate', 'hold_out']
    """
    parts = re.findall(r"[^\W\d_]+", folder.lower())
    return "_".join(part for part in parts if part not in _FILLERS)


def refuse_patients_in_two_splits(
    leaks: Mapping[str, Collection[str]],
    source: str,
    cure: str = "Use a fresh split by patient instead.",
) -> None:
    """Raise `Refusal`, naming a patient and the cure, if there are leaks: patient → its splits."""
    if not leaks:
        return
    patient = min(leaks)
    more = len(leaks) - 1
    others = f" ({more:,} more patient{'s do' if more > 1 else ' does'} too)" if more else ""
    raise Refusal(
        f"expected every patient in one split of {source}: patient {patient} stands in "
        f"{' and '.join(leaks[patient])}{others}. {cure}"
    )
