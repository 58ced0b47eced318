"""What folders say of the patches in them: a patient, a class, a split, or nothing.

A word counts by where it stands: the patient's own name, and the innermost word for a class and for
a split. All else is a place to keep files in. The file's name says what a patch is; a folder that
says another class, or another patient's name where its own should stand, is a disagreement.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from idc_core.data import augmented, label_words
from idc_core.data.split_names import SPLIT_WORDS, split_of_words, split_word

MOSTLY = 0.75
"""Where fewer names agree with a word for a class that is no last folder, it means something else:
`IDC/8863/0` may be what the data set is called, `1/8863/0` a fold."""

NEITHER = -1
"""The label of a folder that stands where a class stands, and is neither 0 nor 1."""

Parts = tuple[str, ...]

is_augmented = cache(augmented.has_word_of_augmentation)


_COUNTED = re.compile(
    r"(area|region|patch|tile|cell|tissue|slide|part|roi)s?[\W_]*\d", re.IGNORECASE
)
_TITLES = frozenset(
    {
        "idc",
        "cancer",
        "carcinoma",
        "tumor",
        "tumour",
        "invasive",
        "ductal",
        "breast",
        "images",
        "patches",
        "data",
        "dataset",
        "set",
    }
)


@cache
def class_of(folder: str) -> int | None:
    """The label that a folder's name says, 1 or 0; None where it says none.

    >>> [class_of(name) for name in ("IDC", "non-IDC", "class_0", "1.0", "b", "region_1", "8863")]
    [1, 0, 0, 1, None, None, None]
    """
    name = folder.strip()
    if (len(name) == 1 and not name.isdigit()) or _COUNTED.match(name):
        return None  # a letter or a number of something is too little
    label = label_words.meaning(name)
    return label if label in (0, 1) else None


def split_of(folder: str) -> str | None:
    """The split that a folder's name says by itself; None where it says none."""
    return SPLIT_WORDS.get(split_word(folder))


@dataclass(frozen=True, slots=True)
class Said:
    """What a folder says of one patient's patches: label (`word` says it) and split, None where it
    says none; `stranger`, another patient's name in place of its own; `prefix`, the folders outside
    of all this; `augmented`, whether it is for augmented copies."""

    label: int | None
    word: str
    split: str | None
    stranger: str | None
    prefix: str
    augmented: bool


class Folders:
    """All folders of a source, read together, for a word means what it means in most of them."""

    def __init__(self, held: Mapping[str, Mapping[str, list[int]]], source_name: str) -> None:
        """`held`: folder → patient → how many patches of each label; `source_name` stands in where
        a patch lies less than two folders deep."""
        self._source_name = source_name
        self._said: dict[tuple[str, str], Said] = {}
        self._patients: set[str] = set().union(*held.values()) if held else set()
        self._below: dict[Parts, set[str]] = defaultdict(set)
        for folder, own in held.items():
            for above in _above(self._parts(folder)):
                self._below[above].update(own)
        self._no_class = self._other_meaning(held)
        words = {part: split_word(part) for path in self._below for part in path}
        known = split_of_words(words.values())
        self._splits = {part: known[word] for part, word in words.items() if word in known}

    def said(self, folder: str, patient: str) -> Said:
        """What `folder` says of a patch whose name says `patient`."""
        key = folder, patient
        if key not in self._said:
            self._said[key] = self._read(folder, patient)
        return self._said[key]

    def _read(self, folder: str, patient: str) -> Said:
        parts = self._parts(folder)
        own = _own_folder(parts, patient)
        others = [at for at in reversed(range(len(parts))) if at != own]
        class_at = next((at for at in others if self._says_class(parts[: at + 1])), None)
        label = None if class_at is None else class_of(parts[class_at])
        if class_at is None and own == len(parts) - 2 and parts[-1].isdigit():
            class_at, label = len(parts) - 1, NEITHER
        stood_in = len(parts) - len(_split(folder))
        split_at = next((at for at in others if at != class_at and parts[at] in self._splits), None)
        if class_at is None and split_at is not None and split_at < stood_in:
            split_at = None
        spoken = [at for at in (own, class_at, split_at) if at is not None]
        first = min(spoken, default=len(parts))
        strangers = (
            parts[at]
            for at in others
            if own is None and at not in spoken and self._is_stranger(parts[: at + 1], patient)
        )
        return Said(
            label=label,
            word="" if class_at is None else parts[class_at],
            split=None if split_at is None else self._splits[parts[split_at]],
            stranger=next(strangers, None),
            prefix="/".join(parts[stood_in:first]),
            augmented=any(is_augmented(parts[at]) for at in others if at >= stood_in),
        )

    def _parts(self, folder: str) -> Parts:
        parts = _split(folder)
        return (self._source_name, *parts) if len(parts) < 2 else parts

    def _says_class(self, path: Parts) -> bool:
        return path not in self._no_class and class_of(path[-1]) is not None

    def _is_stranger(self, path: Parts, patient: str) -> bool:
        if augmented.may_be_copy_of(patient, path[-1]):
            return False  # copies are written beside their originals
        if path[-1] in self._patients:
            return True
        return shape_of(path[-1]) == shape_of(patient) and self._below[path] == {patient}

    def _other_meaning(self, held: Mapping[str, Mapping[str, list[int]]]) -> set[Parts]:
        """Folders whose word for a class means something else, as most names below disagree."""
        agree: dict[Parts, list[int]] = defaultdict(lambda: [0, 0])
        doubtful: set[Parts] = set()
        for folder, own in held.items():
            parts = self._parts(folder)
            counts = [sum(labels[value] for labels in own.values()) for value in (0, 1)]
            for path in _above(parts):
                label = class_of(path[-1])
                if label is None:
                    continue
                level = agree[path[:-1]]
                level[0] += counts[label]
                level[1] += sum(counts)
                if len(path) < len(parts) or _may_be_a_title(path[-1]):
                    doubtful.add(path)
        return {path for path in doubtful if agree[path[:-1]][0] < MOSTLY * agree[path[:-1]][1]}


def _may_be_a_title(folder: str) -> bool:
    """Whether a word for IDC may as well be what a whole data set is called.

    >>> _may_be_a_title("IDC"), _may_be_a_title("Breast cancer"), _may_be_a_title("IDC positive")
    (True, True, False)
    """
    return set(re.findall(r"\w+?(?=_|\b)", folder.lower())) <= _TITLES


def _split(folder: str) -> Parts:
    return tuple(folder.split("/")) if folder else ()


def _above(parts: Parts) -> Iterator[Parts]:
    """Every folder on the way, the outermost first.

    >>> list(_above(("a", "b")))
    [('a',), ('a', 'b')]
    """
    return (parts[: at + 1] for at in range(len(parts)))


def _own_folder(parts: Parts, patient: str) -> int | None:
    """Where the patient's own folder stands. Of two of a patient called 0 or 1 the inner one is the
    class.

    >>> _own_folder(("a", "8863", "0"), "8863"), _own_folder(("1", "1"), "1")
    (1, 0)
    """
    wanted = patient.casefold()  # a system that knows no capitals may have changed either
    found = [at for at, part in enumerate(parts) if part.casefold() == wanted]
    if len(found) > 1 and found[-1] == len(parts) - 1 and class_of(patient) is not None:
        return found[-2]
    return found[-1] if found else None


@cache
def shape_of(name: str) -> str:
    """What a name is made of: 8863 and 08864 are alike, IDC_regular is not.

    >>> shape_of("demo-05"), shape_of("8863")
    ('a-9', '9')
    """
    return re.sub(r"\d+", "9", re.sub(r"[^\W\d_]+", "a", name))
