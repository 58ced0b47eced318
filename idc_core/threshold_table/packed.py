"""Many texts that differ in their numbers alone: few skeletons, and a row of numbers each."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_NUMBER = re.compile(r"\d[\d,.]*|#")
"""A `#` that is one counts as a number: what stands for a number is known by it."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A text's `skeletons`, `#` for each number, and `rows`: the number of a skeleton and what
    stands for each `#`, by `;`; empty where the text is that of the row before."""

    skeletons: list[str]
    rows: list[str]

    def texts(self) -> list[str]:
        """The texts, a row each.

        >>> packed(["1 of 9", "1 of 9", "none"]).texts()
        ['1 of 9', '1 of 9', 'none']
        """
        found: list[str] = []
        for row in self.rows:
            if not row:
                found.append(found[-1])
                continue
            skeleton, *numbers = row.split(";")
            parts = iter(numbers)
            text = re.sub("#", lambda _, parts=parts: next(parts), self.skeletons[int(skeleton)])  # type: ignore[misc]
            found.append(text)
        return found


def packed(texts: Iterable[str]) -> Packed:
    """Texts, a row each.

    >>> packed(["0.83 [0.78–0.88]", "0.84 [0.79–0.88]", "0.84 [0.79–0.88]", "–"])
    Packed(skeletons=['# [#–#]', '–'], rows=['0;0.83;0.78;0.88', '0;0.84;0.79;0.88', '', '1'])
    """
    known: dict[str, int] = {}
    rows, before = [], None
    for text in texts:
        if text == before:
            rows.append("")
            continue
        skeleton = known.setdefault(_NUMBER.sub("#", text), len(known))
        rows.append(";".join([str(skeleton), *_NUMBER.findall(text)]))
        before = text
    return Packed(list(known), rows)
