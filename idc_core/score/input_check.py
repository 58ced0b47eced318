"""The input check over many patches at once: whatever is scored is looked at, whence it may come.

A patch is odd where `gate` says something of it. All patches of a zip, a folder or a slide are
measured together, which costs a fraction of scoring them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from idc_core.data.stores.pixels import PatchRows
from idc_core.data.stores.writer import rows_at_once
from idc_core.data.whole_set import FEWEST, MOSTLY, SetLook, Sizes, look_at, together
from idc_core.score.training_range import BLANK_STD, REFERENCE, SHORT, Profile, figures, outside

CHUNK = 500
MOST_ODD = 0.5
"""From this share of odd patches on, the whole set counts as out of distribution."""

Codes = tuple[str, ...]  # of `gate.SHORT`


@dataclass(frozen=True)
class Checked:
    """`codes` of each patch, in order; `compared`: patches of the profile, None without one;
    `look`: what was seen of them as a set."""

    codes: tuple[Codes, ...]
    compared: int | None
    look: SetLook = field(default_factory=SetLook)

    def of(self, at: npt.NDArray[np.int64]) -> "Checked":
        """The same of some of the patches; what was seen of the set stays that of all."""
        return replace(self, codes=tuple(self.codes[each] for each in at.tolist()))

    @property
    def odd(self) -> npt.NDArray[np.bool_]:
        """Which patches something is said of, (n,)."""
        return np.array([bool(each) for each in self.codes], bool)

    @property
    def count(self) -> int:
        return int(self.odd.sum())

    @property
    def mostly(self) -> bool:
        """Whether most of it is odd."""
        return bool(self.codes) and self.count >= MOST_ODD * len(self.codes)

    def of_the_set(self, reference: str = REFERENCE) -> list[str]:
        """What is odd about the set as a whole, with the likely cause; nothing of a usual one."""
        said = self.look.sentences()
        alike = [kind for kind, many in self._kinds() if many >= MOSTLY * len(self.codes)]
        if said or not alike or self.compared is None or len(self.codes) < FEWEST:
            return said
        return [
            f"The set as a whole is unlike the {self.compared:,} {reference} ({alike[0]}): another "
            "scanner, stain, magnification or file format, rather than odd patches."
        ]

    def words(self) -> list[str]:
        """What is odd about each patch, in two words a figure; "" where nothing is."""
        return [", ".join(sorted({SHORT[code] for code in each})) for each in self.codes]

    def record(self) -> dict[str, Any]:
        """Counts, as a run keeps them."""
        return {
            "patches": len(self.codes),
            "odd": self.count,
            "kinds": dict(self._kinds()),
            "compared_with": self.compared,
            "set": self.of_the_set(),
        }

    def sentence(self, noun: str = "patches", reference: str = REFERENCE) -> str:
        """How many are odd and in what, and what they were compared with."""
        compared = (
            "compared with no training patch, as none is on this machine: only size and blankness "
            "are checked"
            if self.compared is None
            else f"compared with {self.compared:,} {reference}"
        )
        if not self.count:
            return f"Input check: none of {len(self.codes):,} {noun} is odd ({compared})."
        kinds = ", ".join(f"{many:,} {kind}" for kind, many in self._kinds())
        return (
            f"Input check: {self.count:,} of {len(self.codes):,} {noun} are odd – {kinds} "
            f"({compared}). Their scores are not covered by what was measured."
        )

    def _kinds(self) -> list[tuple[str, int]]:
        named = [{SHORT[code] for code in each} for each in self.codes]
        return Counter(kind for each in named for kind in sorted(each)).most_common()


def check(patches: PatchRows, profile: Profile | None, sizes: Sizes | None = None) -> Checked:
    """Look at patches (n, side, side, 3); `sizes` (n, 2): their width and height before they were
    padded with white, since the figures of small ones would be those of the padding."""
    padded = np.zeros(len(patches), bool)
    if sizes is not None:
        padded = np.any(np.asarray(sizes) < patches.shape[1], axis=1)
    codes: list[Codes] = []
    step = min(CHUNK, rows_at_once(patches.shape[1]))
    for at in range(0, len(patches), step):
        codes += _codes(np.asarray(patches[at : at + step]), profile, padded[at : at + step])
    compared = None if profile is None else profile.patches
    return Checked(tuple(codes), compared, look_at(patches, sizes))


def joined(parts: Sequence[Checked]) -> Checked:
    """Several parts as one."""
    compared = parts[0].compared if parts else None
    return Checked(
        tuple(codes for part in parts for codes in part.codes),
        compared,
        together([part.look for part in parts]),
    )


def _codes(
    patches: npt.NDArray[np.uint8], profile: Profile | None, padded: npt.NDArray[np.bool_]
) -> list[Codes]:
    blank = patches.reshape(len(patches), -1, 3).std(axis=1).max(axis=1) < BLANK_STD
    found: list[Codes] = [
        ("small",) if small else ("blank",) if empty else ()
        for small, empty in zip(padded, blank, strict=True)
    ]
    plain = np.flatnonzero(~blank & ~padded)
    if profile is not None and len(plain):
        for at, values in zip(plain, figures(patches[plain]), strict=True):
            found[int(at)] = tuple(each.code for each in outside(values, profile))
    return found
