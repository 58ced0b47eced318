"""How a store's patches were cut and what its two classes are called: its raster.

The public set's is the one that is taken where nothing is said: 50 px side by side, IDC and no IDC.
A store and every run on it hold one, since a run is opened without its store too.
"""

import re
from collections.abc import Callable
from typing import Literal

from msgspec.structs import force_setattr

from idc_core.io.record import Content, Record
from idc_core.io.refusal import Refusal

Codec = Literal["jpeg", "png"]

SIDES = (16, 1024)
"""Smallest and largest side of a patch, in pixels."""

STRIDES = (1, 4096)
SCALES = (0.01, 100.0)
"""µm per pixel that a microscope's picture may have."""

LONGEST_WORD = 40

_CLASS = re.compile(
    r"\b(?:(?P<an>[Aa]n?) )?(?P<name>(?:[Nn]o (?!IDC patch))?IDC)\b(?! Review)|(?<=have )none\b"
)
"""A class of the public set in a text of ours, with its article; the product's name is none.

"No IDC patch" is not one of the other class, but none at all. Of patches predicted no IDC some
"have none": no IDC.
"""


class Raster(Record, frozen=True, kw_only=True):
    """Side and step of the patches, size of a pixel, names of the classes.

    Raises `Refusal` with the range where a number lies outside, or a word is none.
    """

    patch_px: int = 50
    """Side of a patch."""
    stride_px: int = 0
    """From one patch to the next, across and down; left out: `patch_px`, side by side."""
    um_per_px: float | None = None
    """Of the patches' pixels; none where nobody knows."""
    um_from: Literal["file", "given"] | None = None
    """Where `um_per_px` comes from: the slides' files, or somebody who said it."""
    positive: str = "IDC"
    """What is looked for: label 1."""
    negative: str = "no IDC"
    """The rest: label 0."""
    codec: Codec | None = None
    """What the pixels went through before a network saw them; none: they are as they were read."""

    def __post_init__(self) -> None:
        if self.stride_px == 0:
            force_setattr(self, "stride_px", self.patch_px)
        _refuse_outside("patch_px", self.patch_px, SIDES, "pixels")
        _refuse_outside("stride_px", self.stride_px, STRIDES, "pixels")
        if self.um_per_px is not None:
            _refuse_outside("um_per_px", self.um_per_px, SCALES, "µm")
        for name in ("positive", "negative"):
            _refuse_no_word(name, getattr(self, name))
        if self.positive == self.negative:
            raise Refusal(f"expected two names of classes: both are {self.positive!r}.")

    def __hash__(self) -> int:
        # What else a file says is a dictionary; a drawn chart is looked up by what is known.
        return hash((self.patch_px, self.stride_px, self.um_per_px, self.positive, self.negative))

    @property
    def overlaps(self) -> bool:
        """Whether neighbours share pixels."""
        return self.stride_px < self.patch_px

    @property
    def cut_as_usual(self) -> bool:
        """Whether the patches were cut as the public set's: 50 px side by side, scale not known."""
        return (self.patch_px, self.stride_px, self.um_per_px) == (50, 50, None)

    @property
    def is_like_public_set(self) -> bool:
        """Whether patches are of the public set's side and step, and its classes: what is published
        on that set may stand beside them."""
        names = ("patch_px", "stride_px", "positive", "negative")
        return all(getattr(self, name) == getattr(Raster(), name) for name in names)

    @property
    def named(self) -> tuple[str, str] | None:
        """What the two classes are called; None where as in the public set."""
        names = self.positive, self.negative
        return None if names == (Raster().positive, Raster().negative) else names

    def predicted(self, positive: bool) -> str:
        """What a patch is predicted to be: the name of its class.

        >>> Raster(positive="tumour", negative="stroma").predicted(True)
        'predicted tumour'
        """
        return f"predicted {self.positive if positive else self.negative}"

    def say(self, text: str, written: Callable[[str], str] = str) -> str:
        """A text of ours, written for the public set, with the names of these classes.

        Only for texts that are ours from end to end: what others wrote is never changed. `written`:
        how the names, which are text of others, are written where the text goes.

        >>> Raster(positive="tumour", negative="stroma").say("IDC by label, but predicted no IDC.")
        'tumour by label, but predicted stroma.'
        """
        first = self.negative[:1].upper() + self.negative[1:]
        names = {"IDC": self.positive, "no IDC": self.negative, "No IDC": first}

        def said(found: re.Match[str]) -> str:
            if found["name"] is None:
                is_usual = self.positive == Raster().positive
                return "none" if is_usual else f"no {written(self.positive)}"
            name, article = names[found["name"]], (found["an"] or "")[:1]
            if article:
                article += "n " if name[0].lower() in "aeiou" else " "
            return article + written(name)

        return _CLASS.sub(said, text)

    def words(self) -> str:
        """How it was cut.

        >>> Raster(patch_px=96, um_per_px=0.5, um_from="file").words()
        '96×96 px side by side, 0.5 µm per pixel (from the file)'
        """
        said = f"{self.patch_px}×{self.patch_px} px "
        said += "side by side" if self.stride_px == self.patch_px else f"every {self.stride_px} px"
        if self.um_per_px is None:
            return said
        origin = {"file": " (from the file)", "given": " (as given)", None: ""}[self.um_from]
        return f"{said}, {self.um_per_px:.4g} µm per pixel{origin}"


def with_raster(content: Content) -> Content:
    """A manifest or `run.json` from before there was a raster: the public set's, with the size of a
    pixel where one is said."""
    rest = {name: value for name, value in content.items() if name != "pixel_size_um"}
    um = content.get("pixel_size_um")
    return rest if um is None else {**rest, "raster": {"um_per_px": um}}


def _refuse_outside(name: str, value: float, limits: tuple[float, float], unit: str) -> None:
    low, high = limits
    if not low <= value <= high:
        raise Refusal(f"expected {name} from {low:,g} to {high:,g} {unit}: found {value:.6g}.")


def _refuse_no_word(name: str, word: str) -> None:
    if not (0 < len(word) <= LONGEST_WORD and word.isprintable() and word == word.strip()):
        raise Refusal(
            f"expected {name}, the name of a class, in 1 to {LONGEST_WORD} signs without space "
            f"around them: found {word[:60]!r}."
        )


USUAL = Raster()
"""The public set's."""
