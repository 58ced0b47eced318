"""The name of a patch file says everything that is known about it.

`10253_idx5_x1001_y1051_class0.png` is patient 10253, column 1001, row 1051 (top-left corner in
pixels of the reduced slide, 1-based, stride 50), label 0 (no IDC). A patient's name is an opaque
string, never a number ("08863" is not "8863") and never part of a path.
"""

import re
from dataclasses import dataclass

from idc_core.io.refusal import Refusal

PATCH_PX = 50
"""Side of a patch and stride of the grid, in pixels."""

_NAME = re.compile(
    r"(?P<patient>[A-Za-z0-9-][A-Za-z0-9_-]{0,63}?)_idx\d{1,3}_x(?P<x>\d{1,6})_y(?P<y>\d{1,6})_class(?P<label>[01])\.png",
    re.ASCII,
)


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
