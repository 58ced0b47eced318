"""The name of a patch file says everything that is known about it.

`10253_idx5_x1001_y1051_class0.png` is patient 10253, column 1001, row 1051 (top-left corner in
pixels of the slide as it was cut, from 1, on a grid of 50), label 0 (no IDC). A patient's name is
an opaque string, never a number ("08863" is not "8863") and never part of a path.
"""

import re
import unicodedata
from dataclasses import dataclass

from idc_core.io.refusal import Refusal

INDEX, LABEL = r"_idx[0-9]{1,3}", r"_class(?P<label>[01])"
"""Parts of a patch's name, as patterns: whoever reads one says what stands before and behind."""


MOST_SIGNS = 128
"""Of a patient's name in a table or a split; a file's has fewer."""


def place(most: int = 6) -> str:
    """The part that says where, with at most so many digits."""
    return rf"_x(?P<x>[0-9]{{1,{most}}})_y(?P<y>[0-9]{{1,{most}}})"


_WITH_INDEX = re.compile(rf"(?<=.){INDEX}$", re.IGNORECASE)
_NAME = re.compile(rf"(?P<patient>[A-Za-z0-9-][A-Za-z0-9_-]{{0,63}}?){INDEX}{place()}{LABEL}\.png")


@dataclass(frozen=True, slots=True)
class PatchName:
    """What a patch file's name says."""

    patient: str
    x: int
    y: int
    label: int

    def __str__(self) -> str:
        return f"{self.patient}_idx5_x{self.x}_y{self.y}_class{self.label}.png"


def parse_name(name: str) -> PatchName:
    """Read a file name (no folder).

    >>> parse_name("10253_idx5_x1001_y1051_class0.png")
    PatchName(patient='10253', x=1001, y=1051, label=0)

    Raises `Refusal` for any other name; nothing is guessed.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise Refusal(
            f"expected a name like 10253_idx5_x1001_y1051_class0.png: found {name[:80]!r}."
        )
    return PatchName(match["patient"], int(match["x"]), int(match["y"]), int(match["label"]))


def without_index(name: str) -> str:
    """The patient of a name that ends like a file's.

    >>> without_index("10253_idx5"), without_index("_idx5")
    ('10253', '_idx5')
    """
    return _WITH_INDEX.sub("", name)


def composed(name: str) -> str:
    """The one spelling of its signs: `ü` is one sign, and not a `u` with dots put over it."""
    return unicodedata.normalize("NFC", name)


def sign_of_none(name: str) -> str | None:
    """The first sign that no name has; None where there is none.

    >>> sign_of_none("S20-1000/2"), sign_of_none("a\\tb")
    (None, '\\t')
    """
    return next((sign for sign in name if not sign.isprintable()), None)
