"""Copies of patches that augmentation left on the disk: `aug_0_8863`, `8863_flip`, `rot90_8863`.

Such a copy has another name and other pixels than its original, so that it would be a patient of
its own; in another split it gives away what its original shows. It is known by its name:
what is left without the words and numbers of augmentation at either end is a patient of the same
data, and both have a patch at the same place.

What the name of a copy does not say cannot be known here; `near_duplicates` looks at the pixels.
"""

import re
from collections.abc import Collection, Mapping

import pandas as pd

_WORDS = (
    "augmentations",
    "augmentation",
    "augmented",
    "augment",
    "augm",
    "aug",
    "flipped",
    "flipping",
    "flips",
    "flip",
    "mirrored",
    "mirror",
    "reflected",
    "reflect",
    "horizontally",
    "horizontal",
    "vertically",
    "vertical",
    "rotated",
    "rotation",
    "rotate",
    "rot",
    "turned",
    "turn",
    "transposed",
    "transpose",
    "shifted",
    "shift",
    "translated",
    "translate",
    "zoomed",
    "zoom",
    "scaled",
    "cropped",
    "crop",
    "sheared",
    "shear",
    "elastic",
    "distorted",
    "warped",
    "noisy",
    "noise",
    "blurred",
    "blur",
    "gaussian",
    "brightness",
    "brighter",
    "bright",
    "darker",
    "dark",
    "contrast",
    "gamma",
    "jittered",
    "jitter",
    "colorjitter",
    "colourjitter",
    "hue",
    "saturation",
    "transformed",
)
_COPY_WORDS = ("copy", "copies", "duplicate")
"""In a patient's name they say the same; a folder of copies holds copies of any kind."""

_FILLERS = (
    "degrees",
    "degree",
    "deg",
    "left",
    "right",
    "lr",
    "ud",
    "hv",
    "vh",
    "color",
    "colour",
    "stain",
    "version",
    "ver",
    "no",
    "img",
    "image",
    "patch",
)
"""What may stand beside a word; alone it says nothing, as numbers and single letters do."""

_PART = re.compile(r"[^\W\d_]+|\d+")
_WORD = "|".join(_WORDS + _COPY_WORDS)
_LOOSE = re.compile(rf"\d+|[^\W\d_]|(?:{_WORD}|{'|'.join(_FILLERS)}|[hvxyd])+")
_HAS_WORD = re.compile(rf"{_WORD}|(?<!\d)(?:90|180|270)(?!\d)")  # a quarter turn is a word too
_SIGN = rf"[hvxyd]?(?:{_WORD})(?:{'|'.join(_FILLERS)}|[hvxyd])*"
_HEAD = re.compile(rf"^(?:{_SIGN}(?![^\W\d_])\d*[\W_]*(?:\d{{1,2}}[\W_]+)?)+", re.IGNORECASE)
_TAIL = re.compile(
    rf"(?:[\W_]*(?<![^\W\d_]){_SIGN}(?![^\W\d_])\d*(?:[\W_]+\d{{1,2}}(?!\d))?)+$", re.IGNORECASE
)


def augmented_copies(index: pd.DataFrame) -> dict[str, str]:
    """Copy → original, both patients of the index (columns `patient`, `x`, `y`).

    Where the original of several copies is not there itself, the one of the shortest name stands
    in for it.

    >>> rows = [(name, 1, 51) for name in ("8863", "aug_0_8863", "8864", "8864b")]
    >>> augmented_copies(pd.DataFrame(rows, columns=["patient", "x", "y"]))
    {'aug_0_8863': '8863'}
    """
    patients = {str(name) for name in index["patient"].unique()}
    remains = {
        name: stems
        for name in sorted(patients, key=lambda name: (len(name), name))
        if _HAS_WORD.search(name.lower()) and (stems := _remains(name))
    }
    if not remains:
        return {}
    bare = {copy: _bare(copy) for copy in remains}
    stands_in: dict[str, str] = {}
    for copy, stem in bare.items():
        stands_in.setdefault(stem, copy)
    originals = {
        copy: [stem for stem in stems if stem in patients] + [stands_in[bare[copy]]]
        for copy, stems in remains.items()
    }
    places = _places(index, {*remains, *(one for some in originals.values() for one in some)})
    found: dict[str, str] = {}
    for copy, some in originals.items():
        shared = (one for one in some if one != copy and places[copy] & places[one])
        if (original := next(shared, None)) is not None:
            found[copy] = original
    return {copy: _root(copy, found) for copy in sorted(found)}


def may_be_copy_of(name: str, original: str) -> bool:
    """Whether a patient's name says an augmented copy of another.

    >>> may_be_copy_of("aug_0_8863", "8863"), may_be_copy_of("8864", "8863")
    (True, False)
    """
    return original in name and original in _remains(name)


def groups_of(copies: Mapping[str, str]) -> list[list[str]]:
    """Each original with its copies: who belongs in one split."""
    members: dict[str, list[str]] = {}
    for copy, original in copies.items():
        members.setdefault(original, [original]).append(copy)
    return list(members.values())


def _remains(name: str) -> list[str]:
    """What may be left of a name without parts of augmentation at its ends, the likeliest first:
    where a word of augmentation stands at each end that is cut, then the longest.

    >>> _remains("aug_0_8863"), _remains("8863flipLR"), _remains("8863_2")
    (['0_8863', '8863', '0'], ['8863'], [])
    """
    parts, loose, word = _parts(name)
    count = len(parts)
    head = next((at for at in range(count) if not loose[at]), count - 1)
    tail = next((at for at in range(count) if not loose[-1 - at]), count - 1)
    cuts = []
    for start in range(head + 1):
        for end in range(min(tail, count - 1 - start) + 1):
            runs = [run for run in (word[:start], word[count - end :]) if run]
            named = sum(map(any, runs))
            if named:
                cuts.append((len(runs) - named, start + end, start, end))
    return [name[parts[start][0] : parts[-1 - end][1]] for _, _, start, end in sorted(cuts)]


def _bare(name: str) -> str:
    """A name without words of augmentation at its ends, and without the short numbers beside them:
    what several copies of one original have in common.

    >>> _bare("aug_0_8863"), _bare("8863_hflip_rot90"), _bare("rot_8863_2"), _bare("aug_1")
    ('8863', '8863', '8863_2', '1')
    """
    for end in (_HEAD, _TAIL):
        name = end.sub("", name) or name
    return name


def _parts(name: str) -> tuple[list[tuple[int, int]], list[bool], list[bool]]:
    """Runs of letters and of digits in a name (start, end); which augmentation may have added, and
    which of them are its words."""
    found = list(_PART.finditer(name))
    texts = [part.group().lower() for part in found]
    loose = [_LOOSE.fullmatch(text) is not None for text in texts]
    word = [
        may and _HAS_WORD.search(text) is not None for text, may in zip(texts, loose, strict=True)
    ]
    return [part.span() for part in found], loose, word


def _places(index: pd.DataFrame, patients: Collection[str]) -> dict[str, set[tuple[int, int]]]:
    rows = index.loc[index["patient"].isin(list(patients)), ["patient", "x", "y"]]
    return {
        str(patient): set(zip(own["x"], own["y"], strict=True))
        for patient, own in rows.groupby("patient", observed=True)
    }


def _root(copy: str, found: Mapping[str, str]) -> str:
    original = found[copy]
    while original in found:
        original = found[original]
    return original


def is_of_augmentation(text: str, *, needs_word: bool = False) -> bool:
    """Whether everything in a text may come from augmentation: its words, or, unless `needs_word`,
    numbers alone.

    >>> [is_of_augmentation(text) for text in ("_flip", "-rot90", "_0_8372", "-checkpoint", "_b")]
    [True, True, True, False, False]
    """
    parts, loose, word = _parts(text)
    numbers = all(text[start:end].isdigit() for start, end in parts)
    return bool(parts) and all(loose) and (any(word) or (numbers and not needs_word))


def has_word_of_augmentation(text: str) -> bool:
    """Whether one of a text's words is of augmentation.

    >>> [has_word_of_augmentation(text) for text in ("train_augmented", "copies", "fold_90")]
    [True, False, False]
    """
    parts, _, word = _parts(text)
    return any(
        is_word and not text[start:end].isdigit() and text[start:end].lower() not in _COPY_WORDS
        for (start, end), is_word in zip(parts, word, strict=True)
    )
